// What a tokenizer is made of, as a tokenizer.json in Hugging Face's layout says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/bpe.h"
#include "text/tokenizer.h"

namespace moru::text {

/// A token that is found in text before anything else is done with it.
struct AddedToken {
  Token id = 0;
  std::string text;
  bool special = true;        ///< Left out of decoded text if asked; the marks of thinking and tool calls are not.
  bool normalized = false;    ///< Looked for after the normalizer, not before.
  bool lstrip = false;        ///< Takes the white space before it.
  bool rstrip = false;        ///< Takes the white space after it.
  bool single_word = false;   ///< Found only where no letter, digit or low line touches it.
  bool in_vocabulary = true;  ///< Is in the vocabulary of the model too, so that merges could name it.
};

/// What is looked for: a text, or a regular expression in Oniguruma's syntax for UTF-8.
struct TextPattern {
  bool is_regex = false;
  std::string text;
};

struct NormalizerStep {
  enum class Kind : uint8_t { nfc, nfd, nfkc, nfkd, lowercase, strip, strip_accents, prepend, replace };
  Kind kind = Kind::nfc;
  bool left = false, right = false;  ///< strip
  TextPattern pattern;               ///< replace
  std::string content;               ///< prepend, replace
};

/// What becomes of the stretches that a pattern finds.
enum class SplitBehavior : uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

struct PretokenizerStep {
  enum class Kind : uint8_t { byte_level, split, digits, metaspace, whitespace, whitespace_split, punctuation };
  enum class Prepend : uint8_t { always, first, never };
  Kind kind = Kind::byte_level;
  bool add_prefix_space = false;                     ///< byte_level
  bool use_regex = false;                            ///< byte_level: GPT-2's pattern
  TextPattern pattern;                               ///< split
  SplitBehavior behavior = SplitBehavior::isolated;  ///< split, punctuation
  bool invert = false;                               ///< split
  bool individual = false;                           ///< digits
  std::string replacement = "\u2581";                ///< metaspace
  Prepend prepend = Prepend::always;                 ///< metaspace
  bool split = true;                                 ///< metaspace
};

struct DecoderStep {
  enum class Kind : uint8_t { byte_level, replace, byte_fallback, fuse, strip, metaspace };
  Kind kind = Kind::byte_level;
  TextPattern pattern;                                                    ///< replace
  std::string content;                                                    ///< replace, strip (one character)
  uint32_t start = 0, stop = 0;                                           ///< strip: at most so many at each end
  std::string replacement = "\u2581";                                     ///< metaspace
  PretokenizerStep::Prepend prepend = PretokenizerStep::Prepend::always;  ///< metaspace
};

/// Everything but the vocabulary. As made here it is that of K-EXAONE: NFC, its pattern, bytes as GPT-2 writes them.
struct TokenizerPipeline {
  TokenizerPipeline();
  std::vector<NormalizerStep> normalizer;
  std::vector<PretokenizerStep> pretokenizer;
  std::vector<DecoderStep> decoder;  ///< None: tokens are joined by spaces.
  /// Tokens that the post-processor puts around a text, if asked.
  std::vector<Token> before, after;
  bool byte_fallback = false;  ///< A character without a token becomes its bytes' tokens, <0x00> … <0xFF>.
  bool fuse_unk = false;       ///< Unknown characters in a row become one unknown token.
  bool ignore_merges = false;  ///< A piece that is a token is that token, whatever the merges say.
  Token unknown = -1;          ///< Stands for what has no token; -1: nothing does.

  /// Whether the vocabulary is written in GPT-2's characters for bytes: the pre-tokenizer ends in ByteLevel.
  bool is_byte_level() const {
    return !pretokenizer.empty() && pretokenizer.back().kind == PretokenizerStep::Kind::byte_level;
  }
};

/// What tokenizer.json says.
struct TokenizerParts {
  std::vector<std::string> bytes;  ///< By id; of an added token: its text. Empty where no token has the id.
  /// By id, if not empty: the vocabulary of a byte-level model holds bytes[id] as text, not in GPT-2's characters, and
  /// no merge makes it. (Of added tokens this is so anyway.)
  std::vector<bool> literal;
  std::vector<AddedToken> added;  ///< By id, ascending.
  std::vector<BpeMerge> merges;   ///< By rank; no pair twice.
  TokenizerPipeline pipeline;

  /// The token as the vocabulary writes it.
  std::string name(Token token) const;
  /// Sets the bytes of a token that the vocabulary writes so and that is no added one; `bytes` holds its place.
  void set_name(Token token, std::string_view name);
};

}  // namespace moru::text
