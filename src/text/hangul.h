// Normalisation of Korean text beyond normalization form C: what old encodings and word processors left in it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace moru::text {

/// Kinds of change; each can be switched on by itself.
enum class HangulChange {
  half_width,   ///< Half-width letters (U+FFA0 … U+FFDC), to syllables or compatibility jamo.
  stray_jamo,   ///< Conjoining jamo that are part of no syllable (ᄏᄏ), to compatibility jamo (ㅋㅋ).
  hanja,        ///< Compatibility ideographs (U+F900 …), to the unified ones that NFC gives.
  full_width,   ///< Full-width ASCII (Ａ１！).
  private_use,  ///< Private-use code points of Hancom's word processor and of symbol fonts.
};
inline constexpr size_t kHangulChanges = 5;
/// "half_width", …
std::string_view name_of(HangulChange change);

struct HangulOptions {
  /// Letters that together spell syllables become syllables (ﾤￂ 나); a run with a letter that belongs to none stays
  /// letters (ㅋㅋ). Compatibility jamo that were written as such are never composed.
  bool half_width = true;
  bool stray_jamo = true;
  bool hanja = true;
  enum class FullWidth { keep, letters, all } full_width = FullWidth::letters;  ///< letters: and digits, not marks
  bool private_use = false;  ///< Only right for text that comes from HWP: on the web these are icons.
};

/// Calls change(begin, end, replacement, kind) for every piece that changes, in order; bytes [begin, end) of `text`,
/// which must be valid UTF-8. What it gives is its own normal form: a second pass changes nothing, once NFC has been
/// applied too.
void hangul_changes(std::string_view text, const HangulOptions& options,
                    const std::function<void(size_t, size_t, std::string_view, HangulChange)>& change);
std::string normalise_hangul(std::string_view text, const HangulOptions& options);

/// What a private-use code point of a HWP document stands for, in UTF-8; empty if that is not known. Three sources:
/// old Hangul by the Hanyang PUA Table Project (Korean TeX Users Group; public domain), Hancom's symbols in plane 15 as
/// they were compared with Hancom's own output (github.com/edwardkim/rhwp, issues 509, 588, 727 and 5599), and the
/// marks of the fonts Symbol and Wingdings at U+F020 … U+F0FF (Unicode L2/11-052).
std::string private_use_meaning(char32_t c);
bool is_private_use(char32_t c);
size_t count_private_use(std::string_view text);

}  // namespace moru::text
