// How text is split before byte pairs are merged: GGUF has names for it, a tokenizer.json says it in parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "text/tokenizer_parts.h"

namespace moru::model {

/// The name of a vocabulary of characters with byte fallback, which is none of GGUF's.
inline constexpr std::string_view kCharacters = "<characters>";

/// What one of llama.cpp's names ("llama-bpe", "qwen2", "smollm", …) stands for.
struct GgufPretokenizer {
  std::string_view name;
  std::vector<std::string_view> splits;  ///< Patterns, each over the pieces of the one before; kDigits: single digits.
  bool gpt2 = false;                     ///< GPT-2's pattern after them.
  std::optional<text::NormalizerStep::Kind> normalizer = {};
  bool ignore_merges = false;  ///< A piece that is a token is that token, whatever the merges say.
  bool begins = false;         ///< A text begins with the beginning's token, unless the file says otherwise.
};
inline constexpr std::string_view kDigits = "<digits>";

/// nullptr for a name that is not known.
const GgufPretokenizer* pretokenizer_of_gguf(std::string_view name);
/// Sets the pipeline's normalizer, pre-tokenizer and ignore_merges.
void set_pretokenizer(const GgufPretokenizer& pretokenizer, text::TokenizerPipeline& pipeline);

/// The name for what a tokenizer.json does before merging; kCharacters for a vocabulary of characters; empty if there
/// is none.
std::string gguf_pretokenizer_name(const Json& tokenizer, std::string_view model_type);

}  // namespace moru::model
