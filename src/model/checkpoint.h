// A model on disk: the Hugging Face layout, float or int8 (compressed-tensors).
#pragma once

#include <filesystem>

#include "model/exaone_moe.h"

namespace moru::model {

/// Writes config.json, model.safetensors (bf16, or int8 with bf16 for the rest; router biases f32) and
/// generation_config.json. Tokenizer files are not its business.
void save_model(ExaoneMoe& model, const std::filesystem::path& folder);

/// Model::load with the family's own type: in bf16 where the processor multiplies it, else f32.
std::unique_ptr<ExaoneMoe> load_model(const std::filesystem::path& folder);

/// The name of the scales that belong to an int8 weight, as compressed-tensors names them.
std::string scale_name(std::string_view weight_name);

}  // namespace moru::model
