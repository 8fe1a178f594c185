// Any bytes: matches are ordered, disjoint, inside the text, and of a text in UTF-8 at its characters.
#include <cstdlib>

#include "curate/gopher.h"
#include "curate/minhash.h"
#include "curate/personal_data_matcher.h"
#include "curate/pii/wide_net.h"
#include "text/unicode.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(std::string_view text, bool valid) {
  uint64_t done = 0;
  for (const auto& match : moru::curate::find_personal_data(text)) {
    require(done <= match.range.begin && match.range.begin < match.range.end && match.range.end <= text.size());
    const std::string_view found = text.substr(match.range.begin, match.range.end - match.range.begin);
    require(!valid || moru::text::is_valid_utf8(found));
    if (match.kind == moru::curate::PersonalDataKind::email) moru::curate::is_example_address(found);
    if (match.kind == moru::curate::PersonalDataKind::ip_address) moru::curate::is_public_address(found);
    done = match.range.end;
  }
  done = 0;
  for (const auto& match : moru::curate::pii::wide_net(text)) {
    require(done <= match.range.begin && match.range.begin < match.range.end && match.range.end <= text.size());
    done = match.range.end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes, false);
  const std::string text = moru::text::repair_utf8(bytes);
  check(text, true);
  static const moru::curate::MinHasher hasher;
  hasher.signature(text);
  moru::curate::measure_repetition(text);
  return 0;
}
