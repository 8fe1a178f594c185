#include "text/morpheme_model.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace moru::text {

/// src/text/morphemes.bin
std::string_view morpheme_table();

MorphemeModel MorphemeModel::built_in() {
  const std::string_view table = morpheme_table();
  assert(table.size() == kBytes);
  return MorphemeModel(table);
}

MorphemeCut MorphemeModel::cut(const uint16_t* c) const {
  // Two sums side by side, 16 bits each: kFeatures bytes add up to far less.
  static_assert(kFeatures * 255 < 1 << 16);
  uint32_t one_and_shared = 0;
  uint32_t two = 0;
  int32_t found = 0;
  for (const uint64_t feature : features(c)) {
    std::array<uint32_t, 2> places{};
    std::memcpy(places.data(), table_ + bucket(feature) * sizeof(places), sizeof(places));
    for (const uint32_t place : places) {
      const uint32_t mask = (place & 0xFF) == tag(feature) ? 0xFFFFFFFFU : 0;
      one_and_shared += (place >> 8) & mask & 0x00FF00FFU;
      two += (place >> 16) & mask & 0xFFU;
      found += static_cast<int32_t>(mask & 1);
    }
  }
  const int32_t nothing = 128 * found;
  const std::array<int32_t, kCuts> sums = {0, static_cast<int32_t>(one_and_shared & 0xFFFF) - nothing,
                                           static_cast<int32_t>(two) - nothing,
                                           static_cast<int32_t>(one_and_shared >> 16) - nothing};
  return static_cast<MorphemeCut>(std::ranges::max_element(sums) - sums.begin());
}

}  // namespace moru::text
