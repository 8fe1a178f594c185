// How text is split before byte pairs are merged: GGUF has names for it, a tokenizer.json says it in parts.
#pragma once

#include <string>
#include <string_view>

#include "core/json.h"

namespace moru::model {

/// The name of a vocabulary of characters with byte fallback, which is none of GGUF's.
inline constexpr std::string_view kCharacters = "<characters>";

/// llama.cpp's name ("llama-bpe", "qwen2", "smollm", …) for what a tokenizer.json does before merging; kCharacters for
/// a vocabulary of characters; empty if there is none.
std::string gguf_pretokenizer_name(const Json& tokenizer, std::string_view model_type);

/// Sets the parts of a tokenizer.json that belong to a name. `ignore_merges`: a piece that is a token is that token,
/// whatever the merges say. False for a name that is not known.
bool pretokenizer_of_gguf(std::string_view name, Json& normalizer, Json& pre_tokenizer, bool& ignore_merges);

}  // namespace moru::model
