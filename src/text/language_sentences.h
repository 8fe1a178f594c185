// A text's sentences, counted by the scripts that they are written in.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace moru::text {

enum class Script { hangul, jamo, latin, han, kana, cyrillic, greek, arabic, hebrew, devanagari, thai, other };
inline constexpr size_t kScripts = 12;

struct ScriptCounts {
  std::array<size_t, kScripts> letters{};  ///< By script.
  size_t of(Script script) const { return letters[static_cast<size_t>(script)]; }
  size_t total() const;
};

/// What sentences of a text are written in. Sentences end at a line break, or behind . ! ? … and white space.
struct Sentences {
  ScriptCounts all;
  size_t korean = 0;       ///< Letters in sentences of which a third or more is Hangul.
  size_t other = 0;        ///< Letters in others of some length: eight words, or twelve letters of Han and kana.
  std::string other_text;  ///< These sentences.
};

Sentences read_sentences(std::string_view text);

/// ISO 15924: of the script with the most letters; "Jpan" where Han or kana lead and there is kana; "Zyyy" for none.
std::string script_code(const ScriptCounts& counts);

}  // namespace moru::text
