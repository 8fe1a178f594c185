#include "model/gguf.h"

#include <cstring>

#include "core/error.h"
#include "core/language.h"
#include "model/ggml_blocks.h"

namespace moru::model {
namespace {

constexpr uint64_t kMaxElements = uint64_t{1} << 24;  // of all arrays: a vocabulary of a million has four such arrays
constexpr size_t kMaxName = 65535;                    // keys, as the format says; tensors' names are shorter
constexpr uint32_t kMaxDimensions = 4;                // ggml's limit
constexpr uint64_t kDefaultAlignment = 32, kMaxAlignment = uint64_t{1} << 20;

[[noreturn]] void damaged(const std::string& place, const std::string& problem) {
  throw Error(place, problem,
              std::string(tr("the file is damaged or not GGUF; get or make it again",
                             "파일이 손상되었거나 GGUF가 아닙니다. 다시 받거나 만드세요")));
}

/// Takes bytes from the front, never past the end.
class Cursor {
 public:
  Cursor(std::string_view bytes, const std::string& place) : bytes_(bytes), place_(place) {}
  size_t position() const { return position_; }
  uint64_t left() const { return bytes_.size() - position_; }

  template <class T>
  T number() {
    T value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view string() {
    const auto length = number<uint64_t>();
    return take(length);
  }
  std::string_view take(uint64_t count) {
    if (count > left())
      damaged(fmt::format("{} ({} {})", place_, tr("byte", "바이트"), position_),
              std::string(tr("a length runs past the end of the file", "길이가 파일 끝을 넘어섭니다")));
    const std::string_view result = bytes_.substr(position_, count);
    position_ += count;
    return result;
  }

 private:
  std::string_view bytes_;
  const std::string& place_;
  size_t position_ = 0;
};

class MetadataReader {
 public:
  MetadataReader(Cursor& cursor, const std::string& place) : cursor_(cursor), place_(place) {}

  GgufValue read(const std::string& key) {
    GgufValue value;
    uint32_t type = cursor_.number<uint32_t>();
    uint64_t count = 1;
    if (type == static_cast<uint32_t>(GgufType::array)) {
      value.array = true;
      type = cursor_.number<uint32_t>();
      count = cursor_.number<uint64_t>();
      if (type == static_cast<uint32_t>(GgufType::array))
        fail(key, tr("arrays of arrays are not read", "배열의 배열은 읽지 않습니다"));
    }
    if (type > static_cast<uint32_t>(GgufType::f64))
      fail(key, tr("a value of an unknown type", "값의 형식을 알 수 없습니다"));
    value.type = static_cast<GgufType>(type);
    // Before memory is taken: the file must be able to hold so many, and no model needs as many as this.
    elements_ += std::min(count, kMaxElements + 1);
    if (count > cursor_.left() || elements_ > kMaxElements)
      fail(key, tr("more elements than the file can hold", "파일에 담길 수 없는 개수의 원소가 있습니다"));
    read_elements(value, count);
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& key, std::string_view problem) const {
    damaged(fmt::format("{}: {}", place_, key), std::string(problem));
  }

  template <class T, class To>
  void numbers(GgufValue& value, uint64_t count) {
    const std::string_view bytes = cursor_.take(count * sizeof(T));  // count is at most kMaxElements
    std::vector<To> elements(count);
    for (uint64_t i = 0; i < count; ++i) {
      T element{};
      std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
      elements[i] = static_cast<To>(element);
    }
    value.elements = std::move(elements);
  }

  void read_elements(GgufValue& value, uint64_t count) {
    switch (value.type) {
      case GgufType::u8:
      case GgufType::boolean:
        return numbers<uint8_t, int64_t>(value, count);
      case GgufType::i8:
        return numbers<int8_t, int64_t>(value, count);
      case GgufType::u16:
        return numbers<uint16_t, int64_t>(value, count);
      case GgufType::i16:
        return numbers<int16_t, int64_t>(value, count);
      case GgufType::u32:
        return numbers<uint32_t, int64_t>(value, count);
      case GgufType::i32:
        return numbers<int32_t, int64_t>(value, count);
      case GgufType::u64:
      case GgufType::i64:
        return numbers<int64_t, int64_t>(value, count);
      case GgufType::f32:
        return numbers<float, double>(value, count);
      case GgufType::f64:
        return numbers<double, double>(value, count);
      case GgufType::string:
      case GgufType::array: {
        std::vector<std::string> texts;
        texts.reserve(std::min(count, cursor_.left() / 8));
        for (uint64_t i = 0; i < count; ++i) texts.emplace_back(cursor_.string());
        value.elements = std::move(texts);
        return;
      }
    }
  }

  Cursor& cursor_;
  const std::string& place_;
  uint64_t elements_ = 0;
};

/// A tensor's description; where its bytes begin is returned beside it.
std::pair<TensorEntry, uint64_t> read_description(Cursor& cursor, const std::string& place) {
  TensorEntry entry;
  const auto dimensions = cursor.number<uint32_t>();
  if (dimensions > kMaxDimensions)
    damaged(place,
            std::string(tr("it has more dimensions than the format allows", "차원 수가 형식의 한도를 넘습니다")));
  for (uint32_t i = 0; i < dimensions; ++i) {
    const auto size = cursor.number<uint64_t>();
    if (size > INT64_MAX) damaged(place, std::string(tr("its shape is out of range", "모양이 범위를 벗어났습니다")));
    entry.shape.insert(entry.shape.begin(), static_cast<int64_t>(size));
  }
  const auto type = cursor.number<uint32_t>();
  const BlockFormat* format = block_format_of_ggml(type);
  if (format == nullptr)
    damaged(place, fmt::format(fmt::runtime(tr("unknown type number {}", "알 수 없는 형식 번호 {}")), type));
  entry.dtype = format->name;
  return {std::move(entry), cursor.number<uint64_t>()};
}

/// Bytes of a tensor, or nothing if they overflow or its rows hold no whole blocks.
std::optional<uint64_t> size_of(const TensorEntry& entry) {
  const BlockFormat& format = *block_format(entry.dtype);
  if (entry.cols() % format.elements != 0) return std::nullopt;
  auto blocks = static_cast<uint64_t>(entry.cols() / format.elements);
  uint64_t elements = static_cast<uint64_t>(entry.cols()), bytes = 0;
  for (size_t i = 0; i + 1 < entry.shape.size(); ++i) {
    const auto size = static_cast<uint64_t>(entry.shape[i]);
    if (__builtin_mul_overflow(blocks, size, &blocks) || __builtin_mul_overflow(elements, size, &elements) ||
        elements > INT64_MAX)
      return std::nullopt;
  }
  if (__builtin_mul_overflow(blocks, static_cast<uint64_t>(format.bytes), &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace

GgufFile::GgufFile(const fs::path& path) : place_(path.string()), file_(path) {
  parse(file_->text());
}

GgufFile::GgufFile(std::string_view bytes, std::string place) : place_(std::move(place)) {
  parse(bytes);
}

void GgufFile::parse(std::string_view bytes) {
  Cursor cursor(bytes, place_);
  if (cursor.left() < 24 || cursor.take(4) != "GGUF")
    damaged(place_, std::string(tr("it does not begin as a GGUF file does", "GGUF 파일로 시작하지 않습니다")));
  const auto version = cursor.number<uint32_t>();
  if (version != 2 && version != 3)
    damaged(place_, (version & 0xFFFF) == 0 ? std::string(tr("a big-endian file", "빅 엔디언 파일입니다"))
                                            : fmt::format(fmt::runtime(tr("version {} of the format; 2 and 3 are read",
                                                                          "형식 버전이 {}입니다. 2와 3을 읽습니다")),
                                                          version));
  const auto tensors = cursor.number<uint64_t>(), pairs = cursor.number<uint64_t>();
  // A description takes 32 bytes, a pair 13 at the least.
  if (tensors > bytes.size() / 24 || pairs > bytes.size() / 13)
    damaged(place_, std::string(tr("more tensors or keys than the file can hold",
                                   "파일에 담길 수 없는 개수의 텐서나 키가 있습니다")));
  MetadataReader reader(cursor, place_);
  for (uint64_t i = 0; i < pairs; ++i) {
    std::string key(cursor.string().substr(0, kMaxName));
    GgufValue value = reader.read(key);
    if (metadata_.contains(key))
      damaged(fmt::format("{}: {}", place_, key), std::string(tr("a key appears twice", "같은 키가 두 번 나옵니다")));
    metadata_.emplace(std::move(key), std::move(value));
  }
  struct Range {
    uint64_t offset, size;
    decltype(tensors_)::iterator tensor;
  };
  std::vector<Range> ranges;
  for (uint64_t i = 0; i < tensors; ++i) {
    std::string name(cursor.string().substr(0, kMaxName));
    const std::string place = fmt::format("{}: {}", place_, name);
    auto [entry, offset] = read_description(cursor, place);
    const auto [it, fresh] = tensors_.emplace(std::move(name), std::move(entry));
    if (!fresh) damaged(place, std::string(tr("two tensors have one name", "이름이 같은 텐서가 둘 있습니다")));
    const std::optional<uint64_t> size = size_of(it->second);
    if (!size) damaged(place, std::string(tr("its shape is out of range", "모양이 범위를 벗어났습니다")));
    ranges.push_back({offset, *size, it});
  }
  uint64_t alignment = kDefaultAlignment;
  if (has("general.alignment")) {
    const int64_t given = integer("general.alignment");
    if (given < 1 || given > static_cast<int64_t>(kMaxAlignment) || (given & (given - 1)) != 0)
      damaged(place_ + ": general.alignment", std::string(tr("the alignment is no power of two within the limits",
                                                             "정렬 값이 범위 안의 2의 거듭제곱이 아닙니다")));
    alignment = static_cast<uint64_t>(given);
  }
  const uint64_t start = (cursor.position() + alignment - 1) / alignment * alignment;
  const std::string_view data = start <= bytes.size() ? bytes.substr(start) : std::string_view();
  std::ranges::sort(ranges, {}, [](const Range& range) { return std::pair(range.offset, range.size); });
  uint64_t next = 0;
  for (const auto& [offset, size, it] : ranges) {
    const auto fail = [&, &name = it->first](std::string_view problem) {
      damaged(fmt::format("{}: {}", place_, name), std::string(problem));
    };
    if (offset % alignment != 0) fail(tr("it is not aligned", "정렬되어 있지 않습니다"));
    if (offset < next) fail(tr("it overlaps another tensor", "다른 텐서와 겹칩니다"));
    if (offset > data.size() || size > data.size() - offset)
      fail(tr("its range runs past the file", "범위가 파일을 넘어섭니다"));
    it->second.bytes = std::as_bytes(std::span(data.substr(offset, size)));
    next = offset + size;
  }
}

const GgufValue& GgufFile::at(std::string_view key) const {
  const auto it = metadata_.find(key);
  if (it == metadata_.end())
    damaged(place_, fmt::format(fmt::runtime(tr("the key \"{}\" is missing", "\"{}\" 키가 없습니다")), key));
  return it->second;
}

void GgufFile::wrong_type(std::string_view key, std::string_view expected) const {
  damaged(place_, fmt::format(fmt::runtime(tr("\"{}\" is not {}", "\"{}\" 값이 {}이(가) 아닙니다")), key, expected));
}

const std::string& GgufFile::text(std::string_view key) const {
  const GgufValue& value = at(key);
  if (value.array || !value.is_text()) wrong_type(key, tr("a text", "글"));
  return std::get<std::vector<std::string>>(value.elements).front();
}

const std::vector<std::string>& GgufFile::texts(std::string_view key) const {
  const GgufValue& value = at(key);
  if (!value.array || !value.is_text()) wrong_type(key, tr("an array of texts", "글의 배열"));
  return std::get<std::vector<std::string>>(value.elements);
}

const std::vector<int64_t>& GgufFile::integers(std::string_view key) const {
  const GgufValue& value = at(key);
  const auto* elements = std::get_if<std::vector<int64_t>>(&value.elements);
  if (elements == nullptr) wrong_type(key, tr("an array of whole numbers", "정수의 배열"));
  return *elements;
}

int64_t GgufFile::integer(std::string_view key) const {
  const GgufValue& value = at(key);
  const auto* elements = std::get_if<std::vector<int64_t>>(&value.elements);
  if (value.array || elements == nullptr) wrong_type(key, tr("a whole number", "정수"));
  return elements->front();
}

double GgufFile::number(std::string_view key) const {
  const GgufValue& value = at(key);
  if (value.array || value.is_text()) wrong_type(key, tr("a number", "수"));
  if (const auto* whole = std::get_if<std::vector<int64_t>>(&value.elements))
    return static_cast<double>(whole->front());
  return std::get<std::vector<double>>(value.elements).front();
}

}  // namespace moru::model
