// Any bytes: repaired text is UTF-8, NFC's changes rebuild NFC, and the language detector stays within its bounds.
#include <cstdlib>

#include "text/language.h"
#include "text/unicode.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  require(moru::text::valid_utf8_length(bytes) <= size);
  const std::string text = moru::text::repair_utf8(bytes);
  require(moru::text::is_valid_utf8(text));
  std::string rebuilt;
  size_t done = 0;
  moru::text::nfc_changes(text, [&](size_t begin, size_t end, std::string_view with) {
    require(done <= begin && begin <= end && end <= text.size());
    rebuilt.append(text, done, begin - done);
    rebuilt += with;
    done = end;
  });
  rebuilt.append(text, done);
  require(rebuilt == moru::text::nfc(text) && moru::text::is_nfc(rebuilt));
  require(moru::text::normalise_space(text).size() <= text.size());
  require(moru::text::trim(text).size() <= text.size());
  moru::text::lower(text);
  moru::text::display_width(text);
  const auto language = moru::text::detect_language(text);
  require(language.confidence >= 0 && language.confidence <= 1 && !language.code.empty());
  return 0;
}
