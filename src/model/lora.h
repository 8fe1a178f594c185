// LoRA adapters of a model: put on, trained beside it, kept in PEFT's files, merged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/safetensors.h"
#include "tensor/adapter.h"

namespace moru::model {

struct Part;

/// Hu et al., "LoRA: Low-rank adaptation of large language models", 2021. An adapter adds alpha / rank · (x aᵀ) bᵀ.
struct LoraOptions {
  int rank = 16;
  double alpha = 32;
  /// Last names of the weights that get one ("q_proj", "down_proj"); empty: every matrix of the layers but routers and
  /// routed experts.
  std::vector<std::string> targets;
  double dropout = 0;
};

/// An adapter with its weight's name in the model's files, without ".weight".
struct NamedAdapter {
  std::string module;
  tensor::Adapter* adapter = nullptr;
};

/// Puts fresh adapters on the weights: a normal with deviation 1/√(3 in) from seed and name, b zero, so that at first
/// nothing changes. `type`: the computation's. Throws Error if a target names no weight, or a weight has an adapter.
void attach_adapters(const std::vector<Part>& parts, const LoraOptions& options, tensor::DType type, uint64_t seed);

/// All adapters in the order of the parts.
std::vector<NamedAdapter> adapters_of(const std::vector<Part>& parts);

/// Adds each adapter to its weight and removes it.
void merge_adapters(const std::vector<Part>& parts);

/// Writes adapter_config.json and adapter_model.safetensors as PEFT has them: base_model.model.MODULE.lora_A.weight
/// [r, in] and lora_B.weight [out, r], f32. `base`: the model folder that they belong to.
void save_adapters(const std::vector<Part>& parts, const LoraOptions& options, const std::string& base,
                   const std::filesystem::path& folder);

/// Reads and puts on what save_adapters or PEFT wrote. Throws Error naming the file for what is not LoRA, for a module
/// or shape that the model has not, and for what PEFT can say and this cannot do (DoRA, biases, further modules).
void load_adapters(const std::vector<Part>& parts, const std::filesystem::path& folder, tensor::DType type);

/// Whether the folder holds an adapter instead of a model.
bool is_adapter_folder(const std::filesystem::path& folder);
/// The folder of the model that an adapter belongs to. Throws Error if adapter_config.json names none that exists.
std::filesystem::path adapter_base(const std::filesystem::path& folder);

}  // namespace moru::model
