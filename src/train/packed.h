// Packed tokens: what training reads, with an index from token range to the document or sample it came from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/file.h"
#include "text/model_chat.h"
#include "text/tokenizer.h"

namespace moru::train {

/// One sequence: tokens [begin, end) of the packed file, and where they are from.
struct PackedSequence {
  uint64_t begin = 0, end = 0;
  std::string origin;  ///< Document::id or Sample::id.
};

/// Writes tokens.bin (int32, little-endian; bit 30 marks a token that is learned) and index.jsonl, atomically.
class PackedWriter {
 public:
  explicit PackedWriter(std::filesystem::path folder);
  /// One sequence; `learned[i]` says whether token i is a target of the loss.
  void add(std::span<const text::Token> tokens, std::span<const uint8_t> learned, const std::string& origin);
  void finish();

 private:
  std::filesystem::path folder_;
  AtomicFile tokens_, index_;
  uint64_t count_ = 0;
};

/// A packed folder, memory-mapped.
class PackedTokens {
 public:
  /// Throws Error if the index and the tokens do not fit each other.
  explicit PackedTokens(const std::filesystem::path& folder);
  const std::vector<PackedSequence>& sequences() const { return sequences_; }
  text::Token token(uint64_t i) const { return raw(i) & ~kLearned; }
  bool learned(uint64_t i) const { return (raw(i) & kLearned) != 0; }
  uint64_t size() const { return file_.bytes().size() / sizeof(int32_t); }

  static constexpr int32_t kLearned = 1 << 30;

 private:
  int32_t raw(uint64_t i) const { return reinterpret_cast<const int32_t*>(file_.bytes().data())[i]; }
  MappedFile file_;
  std::vector<PackedSequence> sequences_;
};

/// The corpus (document/1) as text: every token learned, each document ended by the end token and cut into sequences of
/// at most `length` tokens. Documents whose ids are in `held_out` are not read.
void pack_corpus(const std::filesystem::path& corpus, const text::Tokenizer& tokenizer, text::Token end, size_t length,
                 const std::filesystem::path& folder, const std::set<std::string>& held_out = {});

/// The samples (sample/1) that are not held out, rendered as the model's chats; a sample longer than `length` is left
/// out and counted. Returns how many were left out.
uint64_t pack_samples(const std::filesystem::path& samples, const text::Tokenizer& tokenizer,
                      const text::ModelChat& chat, size_t length, const std::filesystem::path& folder);

}  // namespace moru::train
