// A model folder opened for answering: weights, tokenizer, and how the model is meant to be sampled.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "infer/engine.h"
#include "model/model.h"
#include "text/model_chat.h"
#include "text/tokenizer.h"

namespace moru::infer {

/// What generation_config.json says about sampling. Greedy if there is no file, or if `do_sample` is not true.
struct GenerationDefaults {
  double temperature = 0;
  double top_p = 1;
  std::optional<int> max_tokens;  ///< `max_new_tokens`; without it an answer may fill the context.
};

/// Throws Error naming the file if a value is of another type or out of range. No file: the defaults above.
GenerationDefaults load_generation_defaults(const std::filesystem::path& model_folder);

struct ModelFolder {
  std::filesystem::path path;
  std::string name;  ///< The name that its bill of materials gives it, else the folder's own.
  std::unique_ptr<model::Model> model;
  text::Tokenizer tokenizer;
  text::ModelChat chat;
  GenerationDefaults defaults;
};

/// A model folder, an adapter folder in PEFT's layout (whose adapter_config.json names its base, from which comes what
/// the adapter folder does not have: tokenizer, template, sampling), or a .gguf file.
/// Throws Error if the folder is missing or not a model, or if its tokenizer has more tokens than the model.
ModelFolder open_model_folder(const std::filesystem::path& path);

}  // namespace moru::infer
