#include "model/safetensors.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "core/language.h"
#include "model/ggml_blocks.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;

constexpr uint64_t kMaxHeader = 100'000'000;  // the format's own limit (safetensors documentation)
constexpr int kMaxDimensions = 8;

[[noreturn]] void damaged(const std::string& place, const std::string& problem) {
  throw Error(place, problem,
              std::string(tr("the file is damaged or not safetensors; get or make it again",
                             "파일이 손상되었거나 safetensors가 아닙니다. 다시 받거나 만드세요")));
}

/// Counts the keys of the outermost object: the parser keeps only the last of two equal ones.
class KeyCounter final : public nlohmann::json_sax<Json> {
 public:
  size_t keys() const { return keys_; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override {
    ++depth_;
    return true;
  }
  bool key(string_t&) override {
    if (depth_ == 1) ++keys_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(size_t) override {
    ++depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  size_t keys_ = 0, depth_ = 0;
};

/// Whole numbers, none below zero, as the file has them: no number is rounded or turned around into another.
std::optional<std::vector<uint64_t>> sizes_in(const Json& json) {
  if (!json.is_array()) return std::nullopt;
  std::vector<uint64_t> sizes;
  for (const Json& size : json) {
    if (!size.is_number_unsigned()) return std::nullopt;
    sizes.push_back(size.get<uint64_t>());
  }
  return sizes;
}

std::string_view file_type(DType type) {
  switch (type) {
    case DType::f32:
      return "F32";
    case DType::bf16:
      return "BF16";
    case DType::i8:
      return "I8";
    case DType::i32:
      return "I32";
  }
  return "";
}

}  // namespace

SafetensorsFile::SafetensorsFile(const fs::path& path) : place_(path.string()), file_(path) {
  parse(file_->text());
}

SafetensorsFile::SafetensorsFile(std::string_view bytes, std::string place) : place_(std::move(place)) {
  parse(bytes);
}

const TensorEntry& SafetensorsFile::at(std::string_view name) const {
  const auto it = tensors_.find(name);
  if (it == tensors_.end())
    damaged(place_, fmt::format(fmt::runtime(tr("the tensor \"{}\" is missing", "텐서 \"{}\"이(가) 없습니다")), name));
  return it->second;
}

void SafetensorsFile::parse(std::string_view bytes) {
  uint64_t header_size = 0;
  if (bytes.size() < 8) damaged(place_, std::string(tr("shorter than a header", "헤더보다 짧습니다")));
  std::memcpy(&header_size, bytes.data(), 8);
  if (header_size > kMaxHeader || header_size > bytes.size() - 8)
    damaged(place_, std::string(tr("the header's length runs past the file", "헤더 길이가 파일을 넘어섭니다")));
  const Json header = parse_json(bytes.substr(8, header_size), place_);
  const std::string_view data = bytes.substr(8 + header_size);
  if (!header.is_object()) damaged(place_, std::string(tr("the header is not an object", "헤더가 객체가 아닙니다")));
  KeyCounter counter;
  Json::sax_parse(bytes.substr(8, header_size), &counter);
  if (counter.keys() != header.size())
    damaged(place_, std::string(tr("two tensors have one name", "이름이 같은 텐서가 둘 있습니다")));
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const auto& item : header.items()) {
    const std::string& name = item.key();
    const Json& entry = item.value();
    const auto fail = [&](std::string_view why) {
      damaged(place_, fmt::format("{} \"{}\": {}", tr("tensor", "텐서"), name, why));
    };
    try {
      if (name == "__metadata__") {
        metadata_ = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      const auto shape = sizes_in(entry.at("shape")), offsets = sizes_in(entry.at("data_offsets"));
      TensorEntry t;
      t.dtype = entry.at("dtype").get<std::string>();
      const BlockFormat* format = block_format(t.dtype);
      // Blocks of several elements are not safetensors' types.
      if (format == nullptr || format->elements != 1) fail(tr("unknown type", "알 수 없는 형식"));
      if (!shape || shape->size() > kMaxDimensions) fail(tr("its shape is out of range", "모양이 범위를 벗어났습니다"));
      if (!offsets || offsets->size() != 2 || offsets->front() > offsets->back() || offsets->back() > data.size())
        fail(tr("its range runs past the file", "범위가 파일을 넘어섭니다"));
      const uint64_t begin = offsets->front(), end = offsets->back();
      auto expected = static_cast<uint64_t>(format->bytes);
      for (const uint64_t d : *shape) {
        if (d > INT64_MAX || __builtin_mul_overflow(expected, d, &expected))
          fail(tr("its shape is out of range", "모양이 범위를 벗어났습니다"));
        t.shape.push_back(static_cast<int64_t>(d));
      }
      if (expected != end - begin) fail(tr("its shape and its length differ", "모양과 길이가 맞지 않습니다"));
      t.bytes = std::as_bytes(std::span(data.substr(begin, end - begin)));
      ranges.emplace_back(begin, end);
      tensors_.emplace(name, std::move(t));
    } catch (const Json::exception&) {
      fail(tr("its description is incomplete", "설명이 빠져 있습니다"));
    }
  }
  std::ranges::sort(ranges);
  uint64_t next = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != next)
      damaged(place_, std::string(tr("tensors overlap or leave gaps", "텐서가 겹치거나 사이가 비어 있습니다")));
    next = end;
  }
  if (next != data.size())
    damaged(place_,
            std::string(tr("bytes are left over behind the last tensor", "마지막 텐서 뒤에 바이트가 남아 있습니다")));
}

SafetensorsWriter::SafetensorsWriter(const fs::path& path, std::span<const PlannedTensor> tensors,
                                     const std::map<std::string, std::string>& metadata)
    : file_(path) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const PlannedTensor& tensor : tensors) {
    const uint64_t size = tensor.bytes();
    header[tensor.name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + size}}};
    offset += size;
  }
  if (header.size() != tensors.size() + (metadata.empty() ? 0 : 1))
    throw std::logic_error("two tensors of a safetensors file have one name");
  std::string text = dump_json(header);
  text.append((8 - text.size() % 8) % 8, ' ');  // the data begins at a multiple of 8 bytes
  const uint64_t size = text.size();
  file_.write(std::string_view(reinterpret_cast<const char*>(&size), sizeof size));
  file_.write(text);
  end_ = file_.size() + offset;
}

void SafetensorsWriter::commit() {
  if (file_.size() != end_) throw std::logic_error("the bytes of a safetensors file are not those of its tensors");
  file_.commit();
}

void write_safetensors(const fs::path& path, const std::vector<NamedTensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<PlannedTensor> plan;
  for (const NamedTensor& t : tensors) {
    std::vector<int64_t> shape;
    for (int i = 0; i < t.value.dimensions(); ++i) shape.push_back(t.value.dim(i));
    plan.push_back({t.name, std::string(file_type(t.value.dtype())), std::move(shape)});
  }
  SafetensorsWriter file(path, plan, metadata);
  for (const NamedTensor& t : tensors) file.write({static_cast<const std::byte*>(t.value.raw()), t.value.bytes()});
  file.commit();
}

}  // namespace moru::model
