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
#include "model/tensor_entry.h"
#include "tensor/tensor.h"

namespace moru::model {

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

/// Writes the tensors' descriptions at once, then their bytes as they come. Atomic.
class SafetensorsWriter {
 public:
  SafetensorsWriter(const std::filesystem::path& path, std::span<const PlannedTensor> tensors,
                    const std::map<std::string, std::string>& metadata = {});
  /// The next bytes of the tensors, in their order, in pieces of any size.
  void write(std::span<const std::byte> bytes) { file_.write(bytes); }
  /// All bytes must have been written.
  void commit();

 private:
  AtomicFile file_;
  uint64_t end_ = 0;
};

struct NamedTensor {
  std::string name;
  tensor::Tensor value;
};

/// Writes tensors in the order given, atomically. Types as they are: f32, bf16, i8, i32.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace moru::model
