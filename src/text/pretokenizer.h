// The patterns of published tokenizers, matched by hand: they cut text into the pieces inside which BPE merges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace moru::text {

/// K-EXAONE's pattern, as tokenizer.json holds it. Its third part joins words by single spaces, so a whole phrase is
/// one piece.
inline constexpr std::string_view kPretokenizerPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)";
/// GPT-2's, also what ByteLevel means by use_regex.
inline constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

enum class KnownPattern : uint8_t {
  none,
  exaone_moe,
  gpt2,
  gpt2_digits,  ///< Each number character by itself first, then GPT-2's pattern over what is between: no one pattern.
  llama3,
  qwen2
};

/// Which of the patterns above the text is.
KnownPattern known_pattern(std::string_view pattern);
inline bool is_known_pattern(std::string_view pattern) {
  return known_pattern(pattern) != KnownPattern::none;
}

/// Where the piece that begins at `begin` < text.size() ends: what a backtracking matcher of K-EXAONE's pattern finds
/// there. Every character begins some match, so the pieces cover the text. A byte that is not UTF-8 counts as a symbol.
/// Looks at each character a bounded number of times over a whole text.
size_t pretoken_end(std::string_view text, size_t begin);
/// The same for the other patterns.
size_t gpt2_pretoken_end(std::string_view text, size_t begin);
size_t gpt2_digits_pretoken_end(std::string_view text, size_t begin);
size_t llama3_pretoken_end(std::string_view text, size_t begin);
size_t qwen2_pretoken_end(std::string_view text, size_t begin);

/// Calls use(piece) for each piece in order.
template <class End, class Use>
void for_each_pretoken(std::string_view text, End&& piece_end, Use&& use) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = piece_end(text, begin);
    use(text.substr(begin, end - begin));
    begin = end;
  }
}
template <class Use>
void for_each_pretoken(std::string_view text, Use&& use) {
  for_each_pretoken(text, pretoken_end, use);
}
/// By one of the known patterns, which is not `none`.
template <class Use>
void for_each_pretoken(KnownPattern pattern, std::string_view text, Use&& use) {
  switch (pattern) {
    case KnownPattern::gpt2:
      return for_each_pretoken(text, gpt2_pretoken_end, use);
    case KnownPattern::gpt2_digits:
      return for_each_pretoken(text, gpt2_digits_pretoken_end, use);
    case KnownPattern::llama3:
      return for_each_pretoken(text, llama3_pretoken_end, use);
    case KnownPattern::qwen2:
      return for_each_pretoken(text, qwen2_pretoken_end, use);
    case KnownPattern::exaone_moe:
    case KnownPattern::none:
      return for_each_pretoken(text, pretoken_end, use);
  }
}

}  // namespace moru::text
