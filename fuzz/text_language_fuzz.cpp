// Any bytes, also broken UTF-8: shares stay within 0 … 1.
#include <cstdlib>

#include "text/language.h"
#include "text/romanised.h"
#include "text/unicode.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(std::string_view text) {
  const moru::text::DetectedLanguage found = moru::text::detect_language(text);
  require(!found.code.empty() && found.script.size() == 4);
  for (const double share : {found.confidence, found.hangul_share, found.second_share})
    require(share >= 0 && share <= 1);
  require(!found.mixed || !found.second_code.empty());
  const double probability = moru::text::romanised_korean(text).probability();
  require(probability >= 0 && probability <= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  check(moru::text::repair_utf8(text));
  return 0;
}
