// K-EXAONE's pre-tokenizer: cuts text into the pieces inside which BPE merges.
#pragma once

#include <cstddef>
#include <string_view>

namespace moru::text {

/// The pattern, as tokenizer.json holds it. Its third part joins words by single spaces, so a whole phrase is one
/// piece.
inline constexpr std::string_view kPretokenizerPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)";

/// Where the piece that begins at `begin` < text.size() ends: what a backtracking matcher of the pattern finds there.
/// Every character begins some match, so the pieces cover the text. A byte that is not UTF-8 counts as a symbol. Looks
/// at each character a bounded number of times over a whole text.
size_t pretoken_end(std::string_view text, size_t begin);

/// Calls use(piece) for each piece in order.
template <class Use>
void for_each_pretoken(std::string_view text, Use&& use) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = pretoken_end(text, begin);
    use(text.substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace moru::text
