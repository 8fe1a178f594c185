#include "evaluate/normalize.h"

#include "text/unicode.h"

namespace moru::evaluate {
namespace {

std::string fold(std::string_view text, bool keep_punctuation) {
  std::string folded;
  bool space = false;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = text::next_code_point(text, i);
    // A soft hyphen or a zero-width space shows nothing: two texts that differ in one look the same.
    if (text::is_space(c) || (!keep_punctuation && (text::is_punctuation(c) || text::is_symbol(c)))) {
      space = true;
    } else if (!text::is_invisible(c)) {
      if (space && !folded.empty()) folded += ' ';
      space = false;
      text::append_utf8(folded, c);
    }
  }
  return folded;
}

}  // namespace

std::string normalize_answer(std::string_view text) {
  // Lower case can leave a text that is no longer NFC, so the form comes last.
  const std::string normal = text::nfc(text::lower(text::repair_utf8(text)));
  std::string folded = fold(normal, false);
  return folded.empty() ? fold(normal, true) : folded;
}

}  // namespace moru::evaluate
