#include <cstring>

#include "core/error.h"
#include "core/language.h"
#include "model/ggml_blocks.h"
#include "model/gguf.h"

namespace moru::model {
namespace {

constexpr uint64_t kAlignment = 32;

/// The bytes of the header.
class Text {
 public:
  template <class T>
  void number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void string(std::string_view value) {
    number(static_cast<uint64_t>(value.size()));
    bytes_ += value;
  }
  void value(const GgufValue& value) {
    if (value.array) {
      number(static_cast<uint32_t>(GgufType::array));
      number(static_cast<uint32_t>(value.type));
      number(static_cast<uint64_t>(value.size()));
    } else {
      number(static_cast<uint32_t>(value.type));
    }
    if (const auto* whole = std::get_if<std::vector<int64_t>>(&value.elements)) {
      for (const int64_t element : *whole) integer(value.type, element);
    } else if (const auto* real = std::get_if<std::vector<double>>(&value.elements)) {
      for (const double element : *real) {
        if (value.type == GgufType::f64) {
          number(element);
        } else {
          number(static_cast<float>(element));
        }
      }
    } else {
      for (const std::string& element : std::get<std::vector<std::string>>(value.elements)) string(element);
    }
  }
  std::string& bytes() { return bytes_; }

 private:
  void integer(GgufType type, int64_t value) {
    switch (type) {
      case GgufType::u8:
      case GgufType::i8:
      case GgufType::boolean:
        return number(static_cast<uint8_t>(value));
      case GgufType::u16:
      case GgufType::i16:
        return number(static_cast<uint16_t>(value));
      case GgufType::u32:
      case GgufType::i32:
        return number(static_cast<uint32_t>(value));
      default:
        return number(static_cast<uint64_t>(value));
    }
  }
  std::string bytes_;
};

uint64_t padding(uint64_t size) {
  return (kAlignment - size % kAlignment) % kAlignment;
}

}  // namespace

GgufValue GgufValue::text(std::string value) {
  return {GgufType::string, false, std::vector<std::string>{std::move(value)}};
}
GgufValue GgufValue::u32(uint32_t value) {
  return {GgufType::u32, false, std::vector<int64_t>{value}};
}
GgufValue GgufValue::f32(float value) {
  return {GgufType::f32, false, std::vector<double>{value}};
}
GgufValue GgufValue::boolean(bool value) {
  return {GgufType::boolean, false, std::vector<int64_t>{value ? 1 : 0}};
}
GgufValue GgufValue::texts(std::vector<std::string> values) {
  return {GgufType::string, true, std::move(values)};
}
GgufValue GgufValue::integers(GgufType type, std::vector<int64_t> values) {
  return {type, true, std::move(values)};
}
GgufValue GgufValue::floats(std::vector<double> values) {
  return {GgufType::f32, true, std::move(values)};
}
size_t GgufValue::size() const {
  return std::visit([](const auto& v) { return v.size(); }, elements);
}

GgufWriter::GgufWriter(const fs::path& path, const std::vector<std::pair<std::string, GgufValue>>& metadata,
                       std::vector<PlannedTensor> tensors)
    : file_(path), tensors_(std::move(tensors)) {
  Text header;
  header.bytes() = "GGUF";
  header.number(uint32_t{3});
  header.number(static_cast<uint64_t>(tensors_.size()));
  header.number(static_cast<uint64_t>(metadata.size()));
  for (const auto& [key, value] : metadata) {
    header.string(key);
    header.value(value);
  }
  uint64_t offset = 0;
  for (const PlannedTensor& tensor : tensors_) {
    const uint64_t size = tensor.bytes();
    const BlockFormat* format = block_format(tensor.dtype);
    if (format->ggml_type < 0)
      throw Error(path.string() + ": " + tensor.name,
                  fmt::format(fmt::runtime(tr("GGUF has no type {}", "GGUF에는 {} 형식이 없습니다")), tensor.dtype),
                  std::string(tr("choose another type", "다른 형식을 고르세요")));
    header.string(tensor.name);
    header.number(static_cast<uint32_t>(tensor.shape.size()));
    for (auto it = tensor.shape.rbegin(); it != tensor.shape.rend(); ++it) header.number(static_cast<uint64_t>(*it));
    header.number(static_cast<uint32_t>(format->ggml_type));
    header.number(offset);
    offset += size + padding(size);
  }
  header.bytes().append(padding(header.bytes().size()), '\0');
  file_.write(header.bytes());
  left_ = tensors_.empty() ? 0 : tensors_[0].bytes();
}

void GgufWriter::write(std::span<const std::byte> bytes) {
  while (current_ < tensors_.size() && !bytes.empty()) {
    const auto part = bytes.first(std::min<uint64_t>(left_, bytes.size()));
    file_.write(part);
    bytes = bytes.subspan(part.size());
    left_ -= part.size();
    if (left_ == 0) pad();
  }
  if (!bytes.empty()) throw std::logic_error("more bytes than the tensors of a GGUF file have");
}

/// Ends the current tensor, and those without bytes that follow.
void GgufWriter::pad() {
  file_.write(std::string(padding(file_.size()), '\0'));
  do {
    ++current_;
    left_ = current_ < tensors_.size() ? tensors_[current_].bytes() : 0;
  } while (current_ < tensors_.size() && left_ == 0);
}

void GgufWriter::commit() {
  if (current_ < tensors_.size() && left_ == 0) pad();
  if (current_ < tensors_.size()) throw std::logic_error("fewer bytes than the tensors of a GGUF file have");
  file_.commit();
}

}  // namespace moru::model
