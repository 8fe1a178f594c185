// A model's configuration and weights, from a folder or from a GGUF file, under Hugging Face's names.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/tensor_names.h"
#include "model/weights.h"

namespace moru::model {

class DecoderModel;

/// Whether the path is a file of that name, which open_model_files() opens as a model.
bool is_gguf_file(const std::filesystem::path& path);

/// SHA-256 of the file, or of a model folder's whole tree (core/hash.h).
std::string hash_of(const std::filesystem::path& model);

/// What the model says of text, in a folder's files: tokenizer.json, tokenizer_config.json, special_tokens_map.json and
/// chat_template.jinja, those that it has. Throws Error if it has no tokenizer.
void write_text_files(const std::filesystem::path& model, const std::filesystem::path& folder);

struct ModelFiles {
  ModelConfig config;
  WeightSource weights;
};

/// `path`: a model folder, or a .gguf file, whose tensors are given out under the names, with the shapes, row orders
/// and offsets that a folder has. Throws Error naming file and tensor if one is missing or has another shape.
ModelFiles open_model_files(const std::filesystem::path& path);

/// As model/checkpoint.h's, of files that are open.
std::unique_ptr<DecoderModel> load_model(const ModelFiles& files, std::optional<tensor::DType> type = std::nullopt);

/// Reads the weights of a model, float or quantized.
void read_weights(DecoderModel& model, const WeightSource& weights);

/// The weights under the names that the model's family has in a folder: those of a GGUF file, and those that published
/// folders call otherwise.
WeightSource hugging_face_weights(WeightSource weights, const ModelConfig& config);

/// A tensor of a GGUF file and what it is made of.
struct GgufTensor {
  PlannedTensor plan;
  TensorRole role = TensorRole::embedding;
  std::vector<std::string> sources;  ///< Hugging Face's names: one, or a layer's experts in order.
  int64_t interleaved_heads = 0;     ///< Above 0: each head's rows are to be written as rotary pairs side by side.
  float shift = 0;                   ///< To be added to every value.
};

/// The tensors of a model in GGUF, in the file's order. Matrices are planned in `type` ("BF16", "Q4_K", …), and where a
/// row holds no whole number of its blocks in Q5_0 or F16; norms and routers in F32; of 4-bit types the output in Q8_0.
std::vector<GgufTensor> gguf_tensors(const ModelConfig& config, const std::string& type);

/// "BF16" for "bf16"; Throws Error for a type that cannot be written.
std::string writable_type(std::string_view name);

}  // namespace moru::model
