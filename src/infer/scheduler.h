// Which tokens go through the model in the next step: iteration-level scheduling (Yu et al., "Orca", OSDI 2022) with
// prompts cut into chunks that ride along with decoding (Agrawal et al., "Sarathi", 2023).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "text/tokenizer.h"

namespace moru::infer {

/// A request's tokens: the prompt, then the answer as it grows. `fed` of them are in the cache.
struct Sequence {
  virtual ~Sequence() = default;
  uint64_t id = 0;
  std::vector<text::Token> tokens;
  size_t prompt = 0;  ///< Tokens of the prompt.
  size_t fed = 0;
  size_t slot = 0;  ///< Of the cache, once placed.
  bool placed = false;

  size_t pending() const { return tokens.size() - fed; }
  bool decoding() const { return fed >= prompt; }
};

/// `count` tokens of a sequence from `fed` on; `sample` if its next token is chosen after them.
struct Chunk {
  Sequence* sequence = nullptr;
  size_t count = 0;
  bool sample = false;
};

/// Holds waiting and running sequences. Not thread-safe: the engine's thread owns it.
class Scheduler {
 public:
  /// `prefill_tokens`: most prompt tokens in a step, at least 1.
  Scheduler(size_t slots, size_t prefill_tokens);

  void add(std::unique_ptr<Sequence> sequence);
  /// Gives free slots to those who wait longest, then plans a step: a token of every sequence that decodes, and chunks
  /// of prompts, oldest first, while the budget lasts. Empty only if there is nothing to do.
  std::vector<Chunk> plan();
  /// Marks a chunk's tokens as held by the cache.
  static void fed(const Chunk& chunk) { chunk.sequence->fed += chunk.count; }
  /// Takes a sequence out and frees its slot; null if there is none with that id.
  std::unique_ptr<Sequence> remove(uint64_t id);
  /// Takes all out, oldest first.
  std::vector<std::unique_ptr<Sequence>> remove_all();

  size_t running() const { return running_.size(); }
  size_t waiting() const { return waiting_.size(); }

 private:
  size_t prefill_tokens_;
  std::vector<size_t> free_slots_;  ///< The lowest number last: it is taken first.
  std::deque<std::unique_ptr<Sequence>> waiting_;
  std::vector<std::unique_ptr<Sequence>> running_;  ///< In the order they came.
};

}  // namespace moru::infer
