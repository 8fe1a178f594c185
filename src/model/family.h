// Model families: one file each under model/families, one line each in the list of family.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"
#include "model/config_reader.h"
#include "model/tensor_names.h"

namespace moru::model {

struct Family {
  std::string_view model_type;         ///< In config.json.
  std::string_view architecture;       ///< The class that config.json's "architectures" names.
  std::string_view gguf_architecture;  ///< `general.architecture` of a GGUF file.
  /// Reads the family's keys into a configuration that has the family's model_type and defaults of ModelConfig.
  void (*read)(ConfigReader& reader, ModelConfig& config);
  /// Adds the family's keys; `json` already has those that all families write alike (common_json).
  void (*write)(const ModelConfig& config, Json& json);
  /// The Hugging Face name of a tensor where it is not tensor_names.h's usual one; empty: the usual one. "{}" stands
  /// for the layer, a second one for the expert.
  std::string_view (*pattern)(TensorRole role) = [](TensorRole) { return std::string_view(); };
  /// Further model types that are read as this one, such as the text part of a model that sees.
  std::vector<std::string_view> also = {};
  /// GGUF holds query and key rows with the halves of each head interleaved (pairs 2i, 2i+1 instead of i, i + d/2).
  bool gguf_interleaved = false;
};

/// In the order of their names.
std::span<const Family> families();
/// Null if there is none. `model_type` may be one of those that are read as another.
const Family* find_family(std::string_view model_type);
const Family* find_gguf_family(std::string_view architecture);
/// "use a model of one of these types: …", for errors.
std::string known_families();
/// Of a configuration that config_from_json or a recipe made. Throws Error if the type is not known.
const Family& family_of(const ModelConfig& config);

}  // namespace moru::model
