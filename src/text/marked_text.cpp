#include "text/marked_text.h"

#include <algorithm>

namespace moru::text {
namespace {

/// The first range that ends after `position`.
size_t range_after(std::span<const MarkedText::Range> ranges, size_t position) {
  const auto it = std::ranges::upper_bound(ranges, position, {}, &MarkedText::Range::end);
  return static_cast<size_t>(it - ranges.begin());
}

}  // namespace

Origin MarkedText::origin_at(size_t position) const {
  const size_t i = range_after(ranges_, position);
  return i < ranges_.size() && ranges_[i].begin <= position ? ranges_[i].origin : Origin::written;
}

bool MarkedText::is_written(size_t begin, size_t end) const {
  const size_t i = range_after(ranges_, begin);
  return i == ranges_.size() || ranges_[i].begin >= end;
}

MarkedText MarkedText::substr(size_t begin, size_t count) const {
  MarkedText part;
  part.bytes_ = bytes_.substr(begin, count);
  const size_t end = begin + part.bytes_.size();
  for (size_t i = range_after(ranges_, begin); i < ranges_.size() && ranges_[i].begin < end; ++i) {
    const Range& range = ranges_[i];
    const size_t from = std::max(range.begin, begin), to = std::min(range.end, end);
    if (from < to) part.ranges_.push_back({from - begin, to - begin, range.origin});
  }
  return part;
}

void MarkedText::append(std::string_view bytes, Origin origin) {
  if (bytes.empty()) return;
  const size_t begin = bytes_.size();
  bytes_ += bytes;
  if (origin == Origin::written) return;
  if (!ranges_.empty() && ranges_.back().end == begin && ranges_.back().origin == origin)
    ranges_.back().end = bytes_.size();
  else
    ranges_.push_back({begin, bytes_.size(), origin});
}

void MarkedText::append(const MarkedText& text, size_t begin, size_t end) {
  for (size_t i = range_after(text.ranges_, begin); begin < end;) {
    const std::string_view bytes(text.bytes_);
    if (i == text.ranges_.size() || text.ranges_[i].begin >= end) {
      append(bytes.substr(begin, end - begin));
      return;
    }
    const Range& range = text.ranges_[i++];
    if (range.begin > begin) append(bytes.substr(begin, range.begin - begin));
    const size_t from = std::max(begin, range.begin), to = std::min(end, range.end);
    append(bytes.substr(from, to - from), range.origin);
    begin = to;
  }
}

}  // namespace moru::text
