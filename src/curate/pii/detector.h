// What a detector of one kind of personal data is. A new one is a file with a find_NAME function and a line in
// registry.cpp.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "curate/digit_groups.h"
#include "curate/personal_data_matcher.h"
#include "curate/pii/context.h"

namespace moru::curate::pii {

/// At what a detector is called.
enum class Trigger : uint8_t {
  number,   ///< A number may begin here: a digit, "+" or "(".
  code,     ///< A digit after an upper-case letter.
  at_sign,  ///< "@", its full-width form, "(" or "[".
  colon,    ///< ":" after a hexadecimal digit or another colon.
  word      ///< One of the detector's words begins here.
};

/// Where a detector looks.
struct Place {
  std::string_view text;
  size_t position = 0;                  ///< Where the trigger begins.
  size_t length = 0;                    ///< Trigger::word and at_sign: bytes of the word or sign.
  size_t floor = 0;                     ///< Before it lies another match.
  const DigitGroups* groups = nullptr;  ///< Trigger::number only; never empty then.
  const Context* context = nullptr;     ///< What stands before `position`.
};

struct Hit {
  data::Range range;
  Confidence confidence = Confidence::format;
  explicit operator bool() const { return range.end > range.begin; }
};

struct Detector {
  PersonalDataKind kind;
  Trigger trigger;
  /// Empty if nothing is there. Where several detectors hit at one place, the highest confidence wins, then the order
  /// of the registry. A detector must look at a bounded number of bytes.
  Hit (*find)(const Place& place);
  /// Trigger::word: the words, of Hangul syllables or beginning with an ASCII capital.
  std::span<const std::string_view> words = {};
};

std::span<const Detector> detectors();

}  // namespace moru::curate::pii
