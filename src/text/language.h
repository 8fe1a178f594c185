// Which language a text is written in.
#pragma once

#include <string>
#include <string_view>

namespace moru::text {

struct DetectedLanguage {
  /// ISO 639-1 ("ko", "en"); 639-2 where there is no shorter one; "ko-Latn" for romanised Korean; "und" if it cannot be
  /// told.
  std::string code;
  /// ISO 15924: of most letters ("Hang", "Latn", "Hani", "Jpan", "Cyrl", …), "Zyyy" without letters.
  std::string script;
  /// 0 … 1. Korean: the share of the letters that stand in Korean sentences, less for text of single jamo. Romanised:
  /// the model's probability. Others: the share of the text that is in that language, halved if the detector was in
  /// doubt.
  double confidence = 0;
  double hangul_share = 0;  ///< Of the letters.
  /// The language of the sentences that are not Korean (of the Korean ones, if `code` is another), and the share of the
  /// letters in them; empty and 0 where there is none that can be told.
  std::string second_code;
  double second_share = 0;
  bool mixed =
      false;  ///< Korean and another language each have a fifth of the letters or more, in sentences of their own.
};

/// The main language of a plain text in valid UTF-8. Hangul decides before statistics do: where a third or more of the
/// letters are Hangul the text is Korean, however short, since a manual's Korean is full of Latin names and keys.
/// Romanised Korean is told by romanised.h; the rest is CLD2's. Reads at most the first 64 KiB. Thread-safe.
DetectedLanguage detect_language(std::string_view text);

}  // namespace moru::text
