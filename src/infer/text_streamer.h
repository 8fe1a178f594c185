// From the bytes of tokens to text that may be shown: whole characters, and nothing that may yet be a stop string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru::infer {

/// Feed it token by token; what comes out is the same whatever the cuts between tokens. Bytes that are not UTF-8 come
/// out as U+FFFD, one for each maximal part (Unicode 15, section 3.9).
class TextStreamer {
 public:
  /// Empty stop strings are ignored.
  explicit TextStreamer(std::vector<std::string> stop);

  /// The text that these bytes complete. Text is held back while it could still begin a stop string.
  std::string push(std::string_view bytes);
  /// The rest: what was held back. A character that never came whole is left out. Call once, at the end.
  std::string finish();
  /// Whether a stop string has come. It and all after it are left out.
  bool stopped() const { return stopped_; }

 private:
  std::string release();
  std::vector<std::string> stop_;
  std::string raw_;   ///< Bytes of a character that is not whole yet.
  std::string held_;  ///< Whole characters not yet given out.
  size_t longest_ = 0;
  bool stopped_ = false;
};

/// Moves all whole characters from the front of `raw` to the end of `text`, U+FFFD for what is none; what may yet
/// become a character stays.
void take_characters(std::string& raw, std::string& text);

}  // namespace moru::infer
