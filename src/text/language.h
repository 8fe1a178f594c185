// Which language a text is written in.
#pragma once

#include <string>
#include <string_view>

namespace moru::text {

struct DetectedLanguage {
  std::string code;  ///< ISO 639-1 ("ko", "en"); 639-2 where there is no shorter one; "und" if it cannot be told.
  double confidence =
      0;  ///< 0 … 1: the share of the text that is in that language, halved if the detector was in doubt.
};

/// The main language of a plain text in valid UTF-8. Hangul decides before statistics do: where a third or more of the
/// letters are Hangul the text is Korean, however short, since a manual's Korean is full of Latin names and keys.
/// The rest is CLD2's. Reads at most the first 64 KiB. Thread-safe.
DetectedLanguage detect_language(std::string_view text);

}  // namespace moru::text
