// A model's tokenizer and chat template in GGUF's metadata, both ways.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/gguf.h"
#include "text/tokenizer_parts.h"

namespace moru::model {

/// The `tokenizer.*` keys as a GGUF file has them.
std::vector<std::pair<std::string, GgufValue>> tokenizer_metadata_of(const GgufFile& gguf);

/// The `tokenizer.*` keys for a model folder: vocabulary, kinds of tokens, merges, special tokens, chat template. None
/// if the folder has no tokenizer.json. Throws Error for a tokenizer that GGUF has no name for.
std::vector<std::pair<std::string, GgufValue>> tokenizer_metadata_of(const std::filesystem::path& folder,
                                                                     const ModelConfig& config);

/// The text of the tokenizer.json that belongs to the file: the one that it carries, else one made of its arrays; empty
/// if it has no tokenizer. Throws Error for one of a kind that is not known here.
std::string tokenizer_json_of(const GgufFile& gguf);
std::string tokenizer_json_from_gguf(const GgufFile& gguf);

/// The same tokenizer without a detour over text; nothing if the file has none.
std::optional<text::TokenizerParts> tokenizer_parts_of(const GgufFile& gguf);
text::TokenizerParts tokenizer_parts_from_gguf(const GgufFile& gguf);

/// tokenizer.json, tokenizer_config.json and chat_template.jinja, as far as the GGUF file has them: names and texts.
std::vector<std::pair<std::string, std::string>> tokenizer_files_of(const GgufFile& gguf, const ModelConfig& config);

}  // namespace moru::model
