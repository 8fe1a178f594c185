#include "text/hangul.h"

#include <array>
#include <vector>

#include "text/unicode.h"

namespace moru::text {
namespace {

using Change = std::function<void(size_t, size_t, std::string_view, HangulChange)>;

constexpr std::array<std::string_view, kHangulChanges> kNames = {"half_width", "stray_jamo", "hanja", "full_width",
                                                                 "private_use"};

bool is_half_width(char32_t c) {
  return (c >= 0xFFA0 && c <= 0xFFBE) || (c >= 0xFFC2 && c <= 0xFFC7) || (c >= 0xFFCA && c <= 0xFFCF) ||
         (c >= 0xFFD2 && c <= 0xFFD7) || (c >= 0xFFDA && c <= 0xFFDC);
}

/// The compatibility jamo of a half-width letter (Unicode's compatibility decompositions).
char32_t full_letter(char32_t half) {
  if (half == 0xFFA0) return 0x3164;
  if (half <= 0xFFBE) return 0x3131 + (half - 0xFFA1);
  // Vowels stand in groups of six with gaps of two.
  const char32_t i = half - 0xFFC2;
  return 0x314F + i / 8 * 6 + i % 8;
}

/// Which initial, vowel or final (Unicode, section 3.12) a compatibility jamo from ㄱ to ㅎ or ㅏ to ㅣ is; -1 for
/// none.
int initial_of(char32_t c) {
  static constexpr std::u32string_view kInitials = U"ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
  const size_t found = kInitials.find(c);
  return found == std::u32string_view::npos ? -1 : static_cast<int>(found);
}
int vowel_of(char32_t c) {
  return c >= 0x314F && c <= 0x3163 ? static_cast<int>(c - 0x314F) : -1;
}
int final_of(char32_t c) {
  static constexpr std::u32string_view kFinals = U"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
  const size_t found = kFinals.find(c);
  return found == std::u32string_view::npos ? 0 : static_cast<int>(found) + 1;
}

/// The letters as syllables; the letters themselves if one of them belongs to none.
std::string spelt(const std::vector<char32_t>& letters) {
  std::string syllables;
  std::string single;
  for (const char32_t c : letters) append_utf8(single, c);
  for (size_t i = 0; i < letters.size();) {
    const int initial = initial_of(letters[i]);
    const int vowel = i + 1 < letters.size() ? vowel_of(letters[i + 1]) : -1;
    if (initial < 0 || vowel < 0) return single;
    i += 2;
    int final = i < letters.size() ? final_of(letters[i]) : 0;
    if (final > 0 && i + 1 < letters.size() && vowel_of(letters[i + 1]) >= 0) final = 0;
    if (final > 0) ++i;
    append_utf8(syllables, static_cast<char32_t>(0xAC00 + (initial * 21 + vowel) * 28 + final));
  }
  return syllables;
}

/// What a character is to the one after it.
enum class Jamo { none, initial, vowel, final, open_syllable };

Jamo jamo_kind(char32_t c) {
  if ((c >= 0x1100 && c <= 0x115F) || (c >= 0xA960 && c <= 0xA97C)) return Jamo::initial;
  if ((c >= 0x1160 && c <= 0x11A7) || (c >= 0xD7B0 && c <= 0xD7C6)) return Jamo::vowel;
  if ((c >= 0x11A8 && c <= 0x11FF) || (c >= 0xD7CB && c <= 0xD7FB)) return Jamo::final;
  return Jamo::none;
}

/// The compatibility jamo of a modern conjoining one; 0 for an old one.
char32_t compatible(char32_t c) {
  static constexpr std::u32string_view kInitials = U"ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
  static constexpr std::u32string_view kFinals = U"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
  if (c >= 0x1100 && c <= 0x1112) return kInitials[c - 0x1100];
  if (c >= 0x1161 && c <= 0x1175) return 0x314F + (c - 0x1161);
  if (c >= 0x11A8 && c <= 0x11C2) return kFinals[c - 0x11A8];
  return 0;
}

bool is_compatibility_ideograph(char32_t c) {
  return (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

bool is_letter_or_digit(char32_t ascii) {
  return (ascii >= '0' && ascii <= '9') || (ascii >= 'A' && ascii <= 'Z') || (ascii >= 'a' && ascii <= 'z');
}

/// One pass over a text.
class Pass {
 public:
  Pass(std::string_view text, const HangulOptions& options, const Change& change)
      : text_(text), options_(options), change_(change) {}

  void run() {
    for (size_t i = 0; i < text_.size();) {
      // All that may change begins with E1 or a higher byte.
      if (static_cast<unsigned char>(text_[i]) < 0xE1) {
        ++i;
        after_ = Jamo::none;
        continue;
      }
      const size_t begin = i;
      const char32_t c = next_code_point(text_, i);
      if (options_.private_use && is_private_use(c)) {
        private_use(c, begin, i);
      } else if (const Jamo kind = jamo_kind(c); kind != Jamo::none) {
        jamo(c, kind, begin, i);
      } else if (c >= 0xAC00 && c <= 0xD7A3) {
        after_ = (c - 0xAC00) % 28 == 0 ? Jamo::open_syllable : Jamo::none;
      } else {
        after_ = Jamo::none;
        other(c, begin, i);
      }
    }
  }

 private:
  /// A modern initial belongs to a syllable if a vowel follows, a vowel if an initial stands before it, a final behind
  /// a vowel or a syllable without one. Old letters stay as they are.
  void jamo(char32_t c, Jamo kind, size_t begin, size_t end) {
    const char32_t letter = stray(c, kind, end);
    if (letter != 0) emit(letter, begin, end, HangulChange::stray_jamo);
    after_ = letter != 0 ? Jamo::none : kind;
  }

  /// The letter that a jamo becomes if it stands outside a syllable; 0 if it stays.
  char32_t stray(char32_t c, Jamo kind, size_t end) const {
    bool joined = false;
    if (kind == Jamo::initial) {
      joined = end < text_.size() && first_jamo(end) == Jamo::vowel;
    } else if (kind == Jamo::vowel) {
      joined = after_ == Jamo::initial;
    } else {
      joined = after_ == Jamo::vowel || after_ == Jamo::open_syllable;
    }
    return joined || !options_.stray_jamo ? 0 : compatible(c);
  }

  /// What the character at `i` begins with.
  Jamo first_jamo(size_t i) const {
    const char32_t c = next_code_point(text_, i);
    if (!options_.private_use || !is_private_use(c)) return jamo_kind(c);
    const std::string meaning = private_use_meaning(c);
    size_t first = 0;
    return meaning.empty() ? Jamo::none : jamo_kind(next_code_point(meaning, first));
  }

  /// A single jamo counts as one that was written; a syllable of old Hangul ends in its last.
  void private_use(char32_t c, size_t begin, size_t end) {
    const std::string meaning = private_use_meaning(c);
    after_ = meaning.empty() ? Jamo::none : after_;
    if (meaning.empty()) return;
    size_t i = 0;
    const char32_t first = next_code_point(meaning, i);
    const Jamo kind = jamo_kind(first);
    if (kind == Jamo::none || i < meaning.size()) {
      size_t last = previous_boundary(meaning, meaning.size());
      after_ = jamo_kind(next_code_point(meaning, last));
      change_(begin, end, meaning, HangulChange::private_use);
      return;
    }
    const char32_t letter = stray(first, kind, end);
    emit(letter != 0 ? letter : first, begin, end, HangulChange::private_use);
    after_ = letter != 0 ? Jamo::none : kind;
  }

  void other(char32_t c, size_t begin, size_t& i) {
    if (options_.half_width && is_half_width(c)) {
      std::vector<char32_t> letters = {full_letter(c)};
      while (i < text_.size()) {
        size_t next = i;
        const char32_t more = next_code_point(text_, next);
        if (!is_half_width(more)) break;
        letters.push_back(full_letter(more));
        i = next;
      }
      change_(begin, i, spelt(letters), HangulChange::half_width);
    } else if (options_.hanja && is_compatibility_ideograph(c)) {
      const std::string_view before = text_.substr(begin, i - begin);
      const std::string unified = nfc(before);
      if (unified != before) change_(begin, i, unified, HangulChange::hanja);
    } else if (options_.full_width != HangulOptions::FullWidth::keep && c >= 0xFF01 && c <= 0xFF5E) {
      const char32_t ascii = c - 0xFF01 + '!';
      if (options_.full_width == HangulOptions::FullWidth::all || is_letter_or_digit(ascii))
        emit(ascii, begin, i, HangulChange::full_width);
    }
  }

  void emit(char32_t with, size_t begin, size_t end, HangulChange kind) {
    std::string replacement;
    append_utf8(replacement, with);
    change_(begin, end, replacement, kind);
  }

  std::string_view text_;
  const HangulOptions& options_;
  const Change& change_;
  Jamo after_ = Jamo::none;  ///< What the character before is.
};

}  // namespace

std::string_view name_of(HangulChange change) {
  return kNames.at(static_cast<size_t>(change));
}

void hangul_changes(std::string_view text, const HangulOptions& options, const Change& change) {
  Pass(text, options, change).run();
}

std::string normalise_hangul(std::string_view text, const HangulOptions& options) {
  std::string after;
  size_t done = 0;
  hangul_changes(text, options, [&](size_t begin, size_t end, std::string_view with, HangulChange) {
    after += text.substr(done, begin - done);
    after += with;
    done = end;
  });
  after += text.substr(done);
  return after;
}

}  // namespace moru::text
