#include "text/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "text/language_sentences.h"
#include "text/romanised.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr size_t kMaxBytes = 64 << 10;
constexpr double kKoreanShare = 1.0 / 3.0;
constexpr double kSomeKorean = 0.1;
constexpr double kSomeKana = 0.2;
constexpr double kMostlyHan = 0.8;
constexpr size_t kEnoughHan = 5;
constexpr double kMixed = 0.2;           ///< Least share of each of two languages.
constexpr double kJamoOnly = 0.2;        ///< The confidence of a text of jamo alone.
constexpr double kRomanisedLatin = 0.9;  ///< Share of Latin letters in a romanised text.
constexpr double kRomanised = 0.5;       ///< Least probability of one.

/// CLD2's codes that ISO 639 has renamed, or that carry a script.
std::string iso_code(std::string_view code) {
  if (code == "un" || code.starts_with("xx")) return "und";
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "mo") return "ro";
  return std::string(code.substr(0, code.find('-')));
}

std::string_view first_bytes(std::string_view text) {
  if (text.size() <= kMaxBytes) return text;
  return text.substr(0, previous_boundary(text, kMaxBytes + 1));
}

/// What CLD2 says: a code, how much of the text is in it, and whether it is sure.
struct Guess {
  std::string code;
  double share = 0;
  bool reliable = false;
};

Guess guess(std::string_view text) {
  CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  std::array<double, 3> scores{};
  int text_bytes = 0;
  int valid_bytes = 0;
  Guess found;
  CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), /*is_plain_text=*/true, &hints,
                                          /*flags=*/0, languages.data(), percents.data(), scores.data(), nullptr,
                                          &text_bytes, &found.reliable, &valid_bytes);
  found.code = iso_code(CLD2::LanguageCode(languages[0]));
  found.share = percents[0] / 100.0;
  return found;
}

/// The language of a text that is not Korean by its letters.
void tell_other(std::string_view text, const Sentences& sentences, DetectedLanguage& language) {
  const auto letters = static_cast<double>(sentences.all.total());
  if (static_cast<double>(sentences.all.of(Script::latin)) >= kRomanisedLatin * letters) {
    const double romanised = romanised_korean(text).probability();
    if (romanised >= kRomanised) {
      language.code = "ko-Latn";
      language.confidence = romanised;
      return;
    }
  }
  Guess found = guess(text);
  // A reference page of Korean sentences about Latin names: the detector gives up where a reader would not.
  const bool doubtful = found.code == "und" || !found.reliable;
  if (language.hangul_share >= kSomeKorean && doubtful) {
    language.code = "ko";
    language.confidence = std::max(language.hangul_share, static_cast<double>(sentences.korean) / letters);
    return;
  }
  // Kana are Japanese, and Han without kana or Hangul most likely Chinese.
  if (doubtful) {
    const auto kana = static_cast<double>(sentences.all.of(Script::kana)) / letters;
    const auto han = static_cast<double>(sentences.all.of(Script::han)) / letters;
    if (kana >= kSomeKana || (han >= kMostlyHan && kana == 0 && sentences.all.of(Script::han) >= kEnoughHan)) {
      language.code = kana >= kSomeKana ? "ja" : "zh";
      language.confidence = (kana + han) / 2;
      return;
    }
  }
  // In doubt CLD2 names rare languages for lists of identifiers; only its commonest guess is worth keeping.
  if (found.code == "und" || (doubtful && found.code != "en")) return;
  language.code = std::move(found.code);
  language.confidence = doubtful ? found.share / 2 : found.share;
}

}  // namespace

DetectedLanguage detect_language(std::string_view text) {
  text = first_bytes(text);
  const Sentences sentences = read_sentences(text);
  DetectedLanguage language;
  language.code = "und";
  language.script = script_code(sentences.all);
  const size_t total = sentences.all.total();
  if (total == 0) return language;
  const auto letters = static_cast<double>(total);
  const size_t syllables = sentences.all.of(Script::hangul);
  const size_t hangul = syllables + sentences.all.of(Script::jamo);
  language.hangul_share = static_cast<double>(hangul) / letters;
  const double korean = static_cast<double>(sentences.korean) / letters;
  if (language.hangul_share >= kKoreanShare) {
    language.code = "ko";
    // Single jamo are laughter or noise.
    language.confidence = std::max(korean, language.hangul_share) *
                          std::max(kJamoOnly, static_cast<double>(syllables) / static_cast<double>(hangul));
  } else {
    tell_other(text, sentences, language);
  }
  if (language.code == "ko") {
    if (sentences.other > 0) {
      Guess second = guess(sentences.other_text);
      if (second.reliable && second.code != "und" && second.code != "ko") {
        language.second_code = std::move(second.code);
        language.second_share = static_cast<double>(sentences.other) / letters;
      }
    }
    language.mixed = language.second_share >= kMixed && korean >= kMixed;
  } else if (sentences.korean > 0) {
    language.second_code = "ko";
    language.second_share = korean;
    language.mixed = korean >= kMixed && language.code != "und";
  }
  return language;
}

}  // namespace moru::text
