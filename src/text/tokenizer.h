// Tokenizer: BPE over bytes or characters, in the layout of Hugging Face's tokenizer.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/marked_text.h"

namespace moru::text {

using Token = int32_t;

struct TokenizerParts;

/// What a tokenizer.json says is done to text: added tokens, normalizer, pre-tokenizer, BPE, post-processor, decoder.
/// Added tokens are found in the text only if asked for, so that a user's "<|endofturn|>" stays text; but those of
/// white space alone that are not special (Gemma's runs of line feeds) are text themselves and always found.
/// Immutable after loading: any number of threads may encode and decode.
class Tokenizer {
 public:
  /// Reads `folder`/tokenizer.json. Throws Error naming the place.
  static Tokenizer load(const std::filesystem::path& folder);
  /// From the text of a tokenizer.json. `place` names it in errors.
  static Tokenizer from_json(std::string_view text, std::string_view place);
  /// Throws Error for a pattern that cannot be read.
  static Tokenizer from_parts(TokenizerParts parts);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  size_t vocabulary_size() const;
  /// Tokens of plain text: special tokens in it are not recognised. Bytes that are not UTF-8 are kept, as tokens of
  /// single bytes or longer ones.
  std::vector<Token> encode(std::string_view text) const;
  /// Tokens of a rendered chat: special tokens in it become their ids. If `with_template`, with those that the
  /// post-processor puts before and after a text ("add_special_tokens"); templates of chats write them themselves.
  std::vector<Token> encode_with_specials(std::string_view text, bool with_template = false) const;
  /// The same, but a special token is recognised only in bytes that are all `written`: what a conversation holds stays
  /// text.
  std::vector<Token> encode_with_specials(const MarkedText& text) const;
  /// The tokens that the post-processor puts before and after a text.
  std::span<const Token> template_before() const;
  std::span<const Token> template_after() const;
  /// The text of tokens; specials are left out if asked. Bytes that are not UTF-8 come out as they are. Some decoders
  /// leave out a space at the beginning, as Hugging Face's do.
  std::string decode(std::span<const Token> tokens, bool skip_specials = true) const;
  /// The bytes of one token (for streaming: a character may span tokens). None for an id beyond the vocabulary: a
  /// model's output layer may be padded past it.
  std::string_view bytes(Token token) const;
  /// The id of a special token, or of another added one such as <think>, by its text; or -1.
  Token special(std::string_view text) const;
  /// Whether decode leaves the token out if asked. The marks of thinking and of tool calls are tokens of their own, but
  /// not special in this sense: parsers of answers need them.
  bool is_special(Token token) const;

 private:
  struct Data;
  explicit Tokenizer(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace moru::text
