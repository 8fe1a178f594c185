#include "infer/text_streamer.h"

namespace moru::infer {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The allowed range of the second byte after a lead byte, and the character's length; length 0 for no lead byte
/// (Unicode 15, table 3-7).
struct Lead {
  int length;
  unsigned char low, high;
};

Lead lead_of(unsigned char c) {
  if (c < 0x80) return {1, 0, 0};
  if (c >= 0xC2 && c <= 0xDF) return {2, 0x80, 0xBF};
  if (c == 0xE0) return {3, 0xA0, 0xBF};
  if (c == 0xED) return {3, 0x80, 0x9F};
  if (c >= 0xE1 && c <= 0xEF) return {3, 0x80, 0xBF};
  if (c == 0xF0) return {4, 0x90, 0xBF};
  if (c >= 0xF1 && c <= 0xF3) return {4, 0x80, 0xBF};
  if (c == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

void take_characters(std::string& raw, std::string& text) {
  size_t i = 0;
  while (i < raw.size()) {
    const Lead lead = lead_of(static_cast<unsigned char>(raw[i]));
    if (lead.length == 0) {
      text += kReplacement;
      ++i;
      continue;
    }
    size_t good = 1;
    while (good < static_cast<size_t>(lead.length) && i + good < raw.size()) {
      const auto c = static_cast<unsigned char>(raw[i + good]);
      const bool fits = good == 1 ? c >= lead.low && c <= lead.high : (c & 0xC0) == 0x80;
      if (!fits) break;
      ++good;
    }
    if (good == static_cast<size_t>(lead.length)) {
      text.append(raw, i, good);
    } else if (i + good == raw.size()) {
      break;
    } else {
      text += kReplacement;
    }
    i += good;
  }
  raw.erase(0, i);
}

TextStreamer::TextStreamer(std::vector<std::string> stop) : stop_(std::move(stop)) {
  std::erase_if(stop_, [](const std::string& s) { return s.empty(); });
  for (const std::string& s : stop_) longest_ = std::max(longest_, s.size());
}

std::string TextStreamer::push(std::string_view bytes) {
  if (stopped_) return {};
  raw_ += bytes;
  take_characters(raw_, held_);
  return release();
}

std::string TextStreamer::finish() {
  if (stopped_) return {};
  return std::exchange(held_, {});
}

std::string TextStreamer::release() {
  // The stop string that ends first wins, then the one that begins first: what reading byte by byte would find.
  size_t begin = std::string::npos, end = std::string::npos;
  for (const std::string& s : stop_) {
    const size_t at = held_.find(s);
    if (at == std::string::npos) continue;
    if (at + s.size() < end || (at + s.size() == end && at < begin)) {
      begin = at;
      end = at + s.size();
    }
  }
  if (begin != std::string::npos) {
    stopped_ = true;
    held_.resize(begin);
    raw_.clear();
    return std::exchange(held_, {});
  }
  // Keep the longest end of the text that begins a stop string.
  size_t keep = 0;
  for (size_t length = std::min(longest_ == 0 ? 0 : longest_ - 1, held_.size()); length > 0 && keep == 0; --length) {
    const std::string_view tail = std::string_view(held_).substr(held_.size() - length);
    for (const std::string& s : stop_) {
      if (s.size() > length && std::string_view(s).substr(0, length) == tail) keep = length;
    }
  }
  // A stop string may begin inside a character only if it is not UTF-8 itself; never cut one.
  while (keep < held_.size() && (static_cast<unsigned char>(held_[held_.size() - keep]) & 0xC0) == 0x80 && keep > 0)
    ++keep;
  std::string text = held_.substr(0, held_.size() - keep);
  held_.erase(0, text.size());
  return text;
}

}  // namespace moru::infer
