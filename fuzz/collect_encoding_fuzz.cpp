// Bytes in any encoding: what comes out is UTF-8, whatever is declared.
#include <cstdlib>
#include <string_view>

#include "collect/encoding.h"
#include "collect/extractor.h"
#include "text/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  static constexpr std::string_view kDeclared[] = {"",      "euc-kr",    "johab", "iso-2022-kr",
                                                   "utf-8", "shift_jis", "latin1"};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string_view declared : kDeclared) {
    try {
      const collect::Decoded decoded = collect::decode(bytes, declared);
      if (!text::is_valid_utf8(decoded.text) || decoded.text.find('\0') != std::string::npos) std::abort();
    } catch (const collect::Unreadable& problem) {
      if (problem.range().end > size) std::abort();
    }
  }
  return 0;
}
