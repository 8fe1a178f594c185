// A model on disk: the Hugging Face layout, float or in few bits (compressed-tensors).
#pragma once

#include <filesystem>
#include <optional>

#include "model/decoder.h"

namespace moru::model {

/// Writes config.json, model.safetensors (bf16, 4 or 8 bits where the model is held so; router biases f32) and
/// generation_config.json. Tokenizer files are not its business.
void save_model(DecoderModel& model, const std::filesystem::path& folder);

/// Model::load with the family's own type. Computes in `type`; unless given, in bf16 where the processor multiplies it,
/// else f32. A folder with an adapter (PEFT's files) gives its base model with the adapter put on.
std::unique_ptr<DecoderModel> load_model(const std::filesystem::path& folder,
                                         std::optional<tensor::DType> type = std::nullopt);

}  // namespace moru::model
