// Text that knows where its characters came from, so that words of a conversation can be told from a template's own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace moru::text {

/// Who wrote a character.
enum class Origin : uint8_t {
  written,  ///< The template, or Moru itself.
  given,    ///< The conversation: a message, a tool, an argument.
  answer,   ///< The conversation, as the assistant's words: what training learns.
};

/// A string whose bytes carry their origin. Text becomes `written` only where somebody says so by name, so that no
/// operation on what a conversation holds can pass it off as the template's own.
class MarkedText {
 public:
  /// Bytes that are not `written`.
  struct Range {
    size_t begin = 0, end = 0;
    Origin origin = Origin::given;
    bool operator==(const Range&) const = default;
  };

  MarkedText() = default;
  MarkedText(std::string bytes, Origin origin) : bytes_(std::move(bytes)) {
    if (!bytes_.empty() && origin != Origin::written) ranges_.push_back({0, bytes_.size(), origin});
  }
  static MarkedText written(std::string bytes) { return {std::move(bytes), Origin::written}; }

  const std::string& bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  /// Ascending, apart or of different origins, none empty.
  std::span<const Range> ranges() const { return ranges_; }
  Origin origin_at(size_t position) const;
  /// Whether bytes [begin, end) are all the template's own.
  bool is_written(size_t begin, size_t end) const;

  /// Bytes [begin, begin + count), or fewer at the end. Throws std::out_of_range if `begin` is past the end.
  MarkedText substr(size_t begin, size_t count = std::string::npos) const;
  void append(std::string_view bytes, Origin origin = Origin::written);
  void append(const MarkedText& text) { append(text, 0, text.size()); }
  /// Bytes [begin, end) of another text.
  void append(const MarkedText& text, size_t begin, size_t end);

  /// What one may say of a text made from this one by steps that are not followed: `given` if any of it was.
  Origin stain() const { return ranges_.empty() ? Origin::written : ranges_.front().origin; }
  /// Other bytes, made from this text as a whole.
  MarkedText made_into(std::string bytes) const { return {std::move(bytes), stain()}; }

  bool operator==(const MarkedText& other) const { return bytes_ == other.bytes_; }

 private:
  std::string bytes_;
  std::vector<Range> ranges_;
};

}  // namespace moru::text
