#include "text/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "text/korean.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr size_t kMaxBytes = 64 << 10;
constexpr double kKoreanShare = 1.0 / 3.0;
constexpr double kSomeKorean = 0.1;

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

}  // namespace

DetectedLanguage detect_language(std::string_view text) {
  text = first_bytes(text);
  const double share = hangul_share(text);
  if (share >= kKoreanShare) return {"ko", share};

  CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  std::array<double, 3> scores{};
  int text_bytes = 0;
  int valid_bytes = 0;
  bool reliable = false;
  CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), /*is_plain_text=*/true, &hints,
                                          /*flags=*/0, languages.data(), percents.data(), scores.data(), nullptr,
                                          &text_bytes, &reliable, &valid_bytes);
  std::string code = iso_code(CLD2::LanguageCode(languages[0]));
  const double confidence = percents[0] / 100.0;
  // A reference page of Korean sentences about Latin names: the detector gives up where a reader would not.
  if (share >= kSomeKorean && (code == "und" || !reliable)) return {"ko", share};
  if (code == "und") return {"und", 0};
  if (reliable) return {std::move(code), confidence};
  // In doubt CLD2 names rare languages for lists of identifiers; only its commonest guess is worth keeping.
  if (code == "en") return {"en", confidence / 2};
  return {"und", 0};
}

}  // namespace moru::text
