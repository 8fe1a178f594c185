// Any text: Hangul normalisation keeps it UTF-8, changes pieces in order, and is done after one time and NFC.
#include <cstdlib>

#include "text/hangul.h"
#include "text/unicode.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::text;
  if (size == 0) return 0;
  HangulOptions options;
  options.half_width = (data[0] & 1) != 0;
  options.stray_jamo = (data[0] & 2) != 0;
  options.hanja = (data[0] & 4) != 0;
  options.private_use = (data[0] & 8) != 0;
  options.full_width = static_cast<HangulOptions::FullWidth>((data[0] >> 4) % 3);
  const std::string text = repair_utf8({reinterpret_cast<const char*>(data) + 1, size - 1});
  size_t done = 0;
  hangul_changes(text, options, [&](size_t begin, size_t end, std::string_view with, HangulChange kind) {
    require(done <= begin && begin < end && end <= text.size() && with != text.substr(begin, end - begin));
    require(!name_of(kind).empty() && is_valid_utf8(with));
    done = end;
  });
  const std::string once = nfc(normalise_hangul(text, options));
  require(is_valid_utf8(once));
  require(nfc(normalise_hangul(once, options)) == once);
  return 0;
}
