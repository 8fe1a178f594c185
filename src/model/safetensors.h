// Safetensors: reading (memory-mapped, distrustful) and writing (whole or not at all).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "tensor/tensor.h"

namespace moru::model {

/// One tensor of a file.
struct TensorEntry {
  std::string dtype;  ///< "F32", "BF16", "I8", …, as the file says.
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
  int64_t count() const;
};

/// A mapped file. Every length in it is checked before it is believed: the header's size, each tensor's range, type and
/// shape against each other, overlaps and gaps.
class SafetensorsFile {
 public:
  /// Throws Error naming the file and the tensor.
  explicit SafetensorsFile(const std::filesystem::path& path);
  /// The file's bytes, which must outlive it; errors name `place`.
  SafetensorsFile(std::string_view bytes, std::string place);
  const std::map<std::string, TensorEntry, std::less<>>& tensors() const { return tensors_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// Throws Error if there is no such tensor.
  const TensorEntry& at(std::string_view name) const;
  const std::string& place() const { return place_; }

 private:
  void parse(std::string_view bytes);
  std::string place_;
  std::optional<MappedFile> file_;
  std::map<std::string, TensorEntry, std::less<>> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// The elements in `target`, of the same shape: F32 and BF16 as f32 or bf16, I8 as i8. Throws Error naming `place` for
/// another shape or a type that cannot be converted.
void copy_into(const TensorEntry& entry, const tensor::Tensor& target, const std::string& place);

struct NamedTensor {
  std::string name;
  tensor::Tensor value;
};

/// Writes tensors in the order given, atomically. Types as they are: f32, bf16, i8, i32.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace moru::model
