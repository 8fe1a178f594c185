// The decoder of a tokenizer file: from tokens back to text.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/pattern.h"
#include "text/tokenizer_parts.h"

namespace moru::text {

/// Immutable: any number of threads may decode.
class TokenDecoder {
 public:
  explicit TokenDecoder(const TokenizerParts& parts);

  /// The bytes of one token in the middle of a text; `token` is in range.
  std::string_view bytes(Token token) const { return bytes_[static_cast<size_t>(token)]; }
  size_t size() const { return bytes_.size(); }
  /// The text of tokens, which are in range each.
  std::string decode(std::span<const Token> tokens) const;

 private:
  std::string apply(size_t step, std::string text, bool is_first) const;
  std::string apply_to_token(std::string name, bool is_first) const;

  std::vector<DecoderStep> steps_;
  std::vector<std::unique_ptr<const Pattern>> patterns_;  ///< By step; nullptr where there is none.
  size_t of_token_ = 0;                                   ///< So many steps see single tokens; the others all text.
  bool first_differs_ = false;                            ///< The first token of a text decodes otherwise.
  std::vector<std::string> bytes_;
  std::vector<std::string> names_;  ///< As the vocabulary writes them, if the first token decodes otherwise.
};

}  // namespace moru::text
