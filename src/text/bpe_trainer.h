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
  /// The share of the merges, the last ones, that may join a space to the word before it; those before them stay within
  /// words (Liu et al., "SuperBPE: space travel for language models", 2025). 1: no difference is made.
  double superword_share = 0.2;
  /// At most about so many bytes of memory. What does not fit while pieces are counted lies in temporary files; if all
  /// different pieces together are too many to learn from, the rarest of them are left out, by exact counts.
  size_t memory_bytes = size_t{2} << 30;
  /// In id order from 0: the names of K-EXAONE's family.
  std::vector<std::string> special_tokens;
};

/// The special tokens of the exaone_moe chat format, in the order of their ids: [PAD] 0, [BOS] 1, …, <|endofturn|> 53,
/// …. Ids of which K-EXAONE's use is not known to us are [unusedN].
std::vector<std::string> exaone_special_tokens();

/// Calls `feed` once; `feed` calls its argument for every text of the corpus, in an order that must be the same each
/// time. Returns the bytes of tokenizer.json. Ties between pairs are broken by the pair's bytes, so that the result
/// does not depend on threads or hash tables. Ids: the special tokens, the 256 bytes, the merges. The vocabulary is
/// smaller than asked for if the corpus has no more pairs of min_count. Throws Error if vocabulary_size is less than
/// the special tokens and bytes, or a special token is empty or named twice.
std::string train_bpe(const BpeOptions& options,
                      const std::function<void(const std::function<void(std::string_view)>&)>& feed,
                      ProgressSink& progress);

/// Writes tokenizer.json, tokenizer_config.json and chat_template.jinja into `folder`, each whole or not at all. Throws
/// Error if tokenizer_json is not one that Tokenizer reads, or a file cannot be written.
void write_tokenizer(const std::filesystem::path& folder, const std::string& tokenizer_json);

}  // namespace moru::text
