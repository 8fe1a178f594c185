// tokenizer.json in Hugging Face's layout: what a tokenizer is made of, read and written.
#pragma once

#include <string>
#include <string_view>

#include "text/tokenizer_parts.h"

namespace moru::text {

/// Reads BPE models over bytes (ByteLevel) or characters (byte_fallback, unk_token). Normalizers: NFC, NFD, NFKC, NFKD,
/// Lowercase, Strip, StripAccents, Prepend, Replace. Pre-tokenizers: ByteLevel (last), Split, Digits, Metaspace,
/// Whitespace, WhitespaceSplit, Punctuation. Post-processors: TemplateProcessing, BertProcessing, RobertaProcessing and
/// ByteLevel. Decoders: ByteLevel, Replace, ByteFallback, Fuse, Strip, Metaspace. Each also in a Sequence.
///
/// Throws Error naming the place for text that is not JSON, a value of the wrong type, another kind of model or part,
/// ids that are given twice or far beyond the number of tokens, or merges that name unknown tokens.
TokenizerParts read_tokenizer_json(std::string_view text, std::string_view place);

/// The file's bytes; equal parts give equal bytes.
std::string write_tokenizer_json(const TokenizerParts& parts);

}  // namespace moru::text
