// tokenizer.json in Hugging Face's layout: what a tokenizer is made of, read and written.
#pragma once

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
  bool special = true;  ///< Left out of decoded text if asked; the marks of thinking and tool calls are not.
};

/// What tokenizer.json says.
struct TokenizerParts {
  std::vector<std::string> bytes;  ///< By id. Of an added token: its text.
  std::vector<AddedToken> added;   ///< By id, ascending.
  std::vector<BpeMerge> merges;    ///< By rank.
};

/// Throws Error naming the place for text that is not JSON, a value of the wrong type, another kind of tokenizer than
/// byte-level BPE over K-EXAONE's pattern, ids that are not 0 … n-1 each once, merges that name unknown tokens, or a
/// byte without a token.
TokenizerParts read_tokenizer_json(std::string_view text, std::string_view place);

/// The file's bytes; equal parts give equal bytes.
std::string write_tokenizer_json(const TokenizerParts& parts);

}  // namespace moru::text
