// Training of a byte-level BPE tokenizer (Sennrich, Haddow and Birch, "Neural machine translation of rare words with
// subword units", 2016), deterministic, with 64-bit counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"

namespace moru::text {

struct BpeOptions {
  size_t vocabulary_size = 8192;  ///< Special tokens and the 256 bytes included.
  uint64_t min_count = 2;         ///< A pair seen less often is not merged.
  size_t max_token_bytes = 48;    ///< No merge makes a longer token.
  /// In id order from 0: the names of K-EXAONE's family.
  std::vector<std::string> special_tokens;
};

/// The special tokens of the exaone_moe chat format, in the order of their ids: [PAD] 0, [BOS] 1, …, <|endofturn|>.
std::vector<std::string> exaone_special_tokens();

/// Calls `feed` once; `feed` calls its argument for every text of the corpus, in an order that must be the same each
/// time. Returns the bytes of tokenizer.json. Ties between pairs are broken by the pair's bytes, so that the result
/// does not depend on threads or hash tables.
std::string train_bpe(const BpeOptions& options, const std::function<void(const std::function<void(std::string_view)>&)>& feed,
                      ProgressSink& progress);

/// Writes tokenizer.json, tokenizer_config.json and chat_template.jinja into `folder`.
void write_tokenizer(const std::filesystem::path& folder, const std::string& tokenizer_json);

}  // namespace moru::text
