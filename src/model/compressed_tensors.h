// Quantized weights on disk, in the layout of compressed-tensors (github.com/vllm-project/compressed-tensors), which
// vLLM and transformers read. Written: "pack-quantized", symmetric, in groups. For a module X and b bits:
//   X.weight_packed  I32 [N, K b / 32]  codes + 2^(b-1), the first column in the lowest bits
//   X.weight_scale   BF16 [N, K / group]
//   X.weight_shape   I32 [2]            N, K
// and `quantization_config` in config.json. Read as well: "int-quantized" (X.weight I8, X.weight_scale F32 or BF16).
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "model/decoder.h"
#include "model/weights.h"

namespace moru::model {

class CompressedTensorsWriter {
 public:
  /// If the part's parameter is quantized: appends its tensors and returns true. Otherwise remembers that it is not.
  bool add(const Part& part, std::vector<NamedTensor>& tensors);
  bool any() const { return !modules_.empty(); }
  /// The `quantization_config`: one group if all modules have the same bits and group, else one for each pair, which
  /// names its modules.
  Json config() const;

 private:
  std::map<std::pair<int, int>, std::vector<std::string>> modules_;  ///< By bits and group.
  std::vector<std::string> kept_;
  bool embedding_ = false;
};

/// The source with one entry of values, X.weight, in the place of each module's codes, scales and shape; for
/// converting. Throws Error naming file and tensor for codes that cannot be read.
WeightSource with_values(WeightSource source);

class CompressedTensorsReader {
 public:
  /// The source must outlive the reader.
  explicit CompressedTensorsReader(const WeightSource& file) : file_(file) {}
  /// If the source holds the part quantized: reads it and returns true; after its last part a parameter is packed.
  /// Parts of a parameter come one after the other. Throws Error naming file and tensor.
  bool read(const Part& part);

 private:
  const WeightSource& file_;
  tensor::QuantizedRows rows_;  ///< Of the parameter that is being read.
  int bits_ = 0;
};

}  // namespace moru::model
