// GGUF: reading (memory-mapped, distrustful; versions 2 and 3, little-endian) and writing (streamed, whole or not at
// all; version 3). The format: ggml's docs/gguf.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/file.h"
#include "model/tensor_entry.h"

namespace moru::model {

/// The types of metadata values, with the format's numbers.
enum class GgufType : uint32_t {
  u8 = 0,
  i8 = 1,
  u16 = 2,
  i16 = 3,
  u32 = 4,
  i32 = 5,
  f32 = 6,
  boolean = 7,
  string = 8,
  array = 9,
  u64 = 10,
  i64 = 11,
  f64 = 12
};

/// A metadata value: one element, or an array of elements of one type.
struct GgufValue {
  GgufType type = GgufType::u32;  ///< Of the elements; never `array`: arrays of arrays are refused.
  bool array = false;
  std::variant<std::vector<int64_t>, std::vector<double>, std::vector<std::string>> elements;

  static GgufValue text(std::string value);
  static GgufValue u32(uint32_t value);
  static GgufValue f32(float value);
  static GgufValue boolean(bool value);
  static GgufValue texts(std::vector<std::string> values);
  static GgufValue integers(GgufType type, std::vector<int64_t> values);
  static GgufValue floats(std::vector<double> values);

  bool is_text() const { return type == GgufType::string; }
  bool is_number() const { return !is_text(); }
  size_t size() const;
};

using GgufMetadata = std::map<std::string, GgufValue, std::less<>>;

/// A mapped file. Every count and length in it is checked before it is believed: metadata, each tensor's name, shape,
/// type, alignment and range, overlaps.
class GgufFile {
 public:
  /// Throws Error naming the file and the place in it.
  explicit GgufFile(const std::filesystem::path& path);
  /// The file's bytes, which must outlive it; errors name `place`.
  GgufFile(std::string_view bytes, std::string place);

  const GgufMetadata& metadata() const { return metadata_; }
  /// Shapes are row-major: the reverse of the file's.
  const std::map<std::string, TensorEntry, std::less<>>& tensors() const { return tensors_; }
  const std::string& place() const { return place_; }

  /// The value, or an Error naming file and key if it is missing or of another type. An integer may also be asked for
  /// where the file has a boolean, a number where it has an integer.
  const std::string& text(std::string_view key) const;
  int64_t integer(std::string_view key) const;
  double number(std::string_view key) const;
  const std::vector<std::string>& texts(std::string_view key) const;
  /// One element counts as an array of one.
  const std::vector<int64_t>& integers(std::string_view key) const;
  bool has(std::string_view key) const { return metadata_.contains(key); }
  int64_t integer_or(std::string_view key, int64_t fallback) const { return has(key) ? integer(key) : fallback; }
  double number_or(std::string_view key, double fallback) const { return has(key) ? number(key) : fallback; }
  std::string text_or(std::string_view key, std::string_view fallback) const {
    return has(key) ? text(key) : std::string(fallback);
  }

 private:
  void parse(std::string_view bytes);
  const GgufValue& at(std::string_view key) const;
  [[noreturn]] void wrong_type(std::string_view key, std::string_view expected) const;
  std::string place_;
  std::optional<MappedFile> file_;
  GgufMetadata metadata_;
  std::map<std::string, TensorEntry, std::less<>> tensors_;
};

/// Writes metadata and tensor descriptions at once, then the tensors' bytes as they come.
class GgufWriter {
 public:
  /// Metadata in the order given. Throws Error if a type cannot be in a GGUF file.
  GgufWriter(const std::filesystem::path& path, const std::vector<std::pair<std::string, GgufValue>>& metadata,
             std::vector<PlannedTensor> tensors);
  /// The next bytes of the tensors, in their order; pieces may be of any size within a tensor.
  void write(std::span<const std::byte> bytes);
  /// All tensors must have been written.
  void commit();

 private:
  void pad();
  AtomicFile file_;
  std::vector<PlannedTensor> tensors_;
  size_t current_ = 0;
  uint64_t left_ = 0;  ///< Bytes of the current tensor that are still to come.
};

}  // namespace moru::model
