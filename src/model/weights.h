// A model's weights, wherever they lie: safetensors (one file, or shards with an index) or GGUF.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf.h"
#include "model/safetensors.h"
#include "model/tensor_entry.h"

namespace moru::model {

/// Tensors by name, memory-mapped. Move-only.
class WeightSource {
 public:
  /// A folder with model.safetensors or model.safetensors.index.json and its shards; a .safetensors file; an index
  /// file; a .gguf file, or the first of a split GGUF ("…-00001-of-00003.gguf"). Names are the files' own. Throws Error
  /// naming file and problem: also for an index that names a file outside its folder, or a tensor that is not where it
  /// says.
  static WeightSource open(const std::filesystem::path& path);

  const std::map<std::string, TensorEntry, std::less<>>& tensors() const { return tensors_; }
  /// nullptr if there is no such tensor.
  const TensorEntry* find(std::string_view name) const;
  /// Throws Error if there is no such tensor.
  const TensorEntry& at(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  /// The file that was opened (of a folder: model.safetensors or its index); for errors, also with a tensor's name.
  const std::string& place() const { return place_; }
  std::string place_of(std::string_view name) const { return place_ + ": " + std::string(name); }
  /// The files that hold the weights (the index, if there is one, first).
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /// Bytes and elements of all tensors.
  uint64_t bytes() const;
  uint64_t elements() const;
  /// The (first) GGUF file, for its metadata; nullptr for safetensors.
  const GgufFile* gguf() const { return gguf_.empty() ? nullptr : &gguf_.front(); }
  /// safetensors' `__metadata__` of the first file.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// The same files under other names: each entry must lie in this source's files (a part or another order of its
  /// tensors).
  WeightSource renamed(std::map<std::string, TensorEntry, std::less<>> tensors) &&;
  /// What was read of the tensor counts no more as this process's memory.
  void release(const TensorEntry& entry) const { release_mapped_pages(entry.bytes); }

 private:
  void add_safetensors(const std::filesystem::path& path, const std::map<std::string, std::string>* index);
  void open_index(const std::filesystem::path& index);
  void open_gguf(const std::filesystem::path& path);
  std::string place_;
  std::vector<std::filesystem::path> files_;
  std::vector<SafetensorsFile> safetensors_;
  std::vector<GgufFile> gguf_;
  std::map<std::string, std::string> metadata_;
  std::map<std::string, TensorEntry, std::less<>> tensors_;
};

/// A model.safetensors.index.json: which file holds which tensor.
struct SafetensorsIndex {
  std::map<std::string, std::string> files;  ///< By tensor; plain names of files in the index's folder.
};

/// Throws Error naming `place` for text that is no index, or a file name that is not a plain name ending in
/// ".safetensors".
SafetensorsIndex read_safetensors_index(std::string_view text, std::string_view place);

/// Writes model.safetensors, or, where the tensors are more than `shard_size` bytes, model-00001-of-0000N.safetensors
/// and their index. A tensor is never split: a shard holds at least one. Shards appear one by one, the index last.
class ShardedWriter {
 public:
  ShardedWriter(std::filesystem::path folder, std::vector<PlannedTensor> tensors, uint64_t shard_size,
                std::map<std::string, std::string> metadata = {});
  /// The next bytes of the tensors, in their order; a piece must not reach over the end of a tensor.
  void write(std::span<const std::byte> bytes);
  void commit();
  size_t shards() const { return ends_.size(); }

 private:
  std::string name_of(size_t shard) const;
  void next_shard();
  std::filesystem::path folder_;
  std::vector<PlannedTensor> tensors_;
  std::map<std::string, std::string> metadata_;
  std::vector<size_t> ends_;  ///< By shard: one past its last tensor.
  size_t shard_ = 0;
  uint64_t left_ = 0;  ///< Bytes of the current shard that are still to come.
  std::unique_ptr<SafetensorsWriter> writer_;
};

}  // namespace moru::model
