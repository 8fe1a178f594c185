// The pre-tokenizer: pieces cover any bytes, and on UTF-8 they are those that PCRE2 finds with the pattern.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <unicode/uchar.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "text/pretokenizer.h"
#include "text/unicode.h"

namespace {

/// PCRE2 10.42 is of Unicode 14 and counts U+180E as a space.
bool is_known_alike(std::string_view text) {
  if (!moru::text::is_valid_utf8(text)) return false;
  for (size_t at = 0; at < text.size();) {
    const char32_t code = moru::text::next_code_point(text, at);
    UVersionInfo age;
    u_charAge(static_cast<UChar32>(code), age);
    if (age[0] > 14 || code == 0x180E) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static pcre2_code* const code = [] {
    int error = 0;
    size_t offset = 0;
    return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(moru::text::kPretokenizerPattern.data()),
                         moru::text::kPretokenizerPattern.size(), PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
  }();
  static pcre2_match_data* const match = pcre2_match_data_create_from_pattern(code, nullptr);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool compare = is_known_alike(text);
  for (size_t begin = 0; begin < size;) {
    const size_t end = moru::text::pretoken_end(text, begin);
    if (end <= begin || end > size) std::abort();
    if (compare) {
      if (pcre2_match(code, data, size, begin, PCRE2_NO_UTF_CHECK, match, nullptr) <= 0) std::abort();
      const size_t* range = pcre2_get_ovector_pointer(match);
      if (range[0] != begin || range[1] != end) std::abort();
    }
    begin = end;
  }
  return 0;
}
