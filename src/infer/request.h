// One request inside the engine, from its prompt to its last piece of text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "infer/engine.h"
#include "infer/sampler.h"
#include "infer/scheduler.h"
#include "infer/text_streamer.h"

namespace moru::infer {

/// A sequence with what decides its next token and what hears of it. Used by one thread at a time.
class Request : public Sequence {
 public:
  /// `context`: tokens the sequence may have, prompt included; the prompt is shorter.
  Request(std::vector<text::Token> prompt_tokens, const SamplingParameters& parameters, size_t context,
          Engine::OnText on_text, Engine::OnDone on_done);

  /// Chooses the next token from `logits` ([vocabulary]) and passes its text on. Returns false when the answer has
  /// ended: then finish() or fail() is due. Throws what on_text or the sampler throws.
  bool advance(std::span<const float> logits, const text::Tokenizer& tokenizer,
               std::span<const text::Token> end_tokens);

  /// Whether on_text asked to stop.
  bool refused() const { return refused_; }

  /// Gives out what the streamer held back, then calls on_done. Exceptions of on_done are ours to mend: they end the
  /// program.
  void finish() noexcept;
  void fail(std::exception_ptr error) noexcept;

 private:
  void give(std::string piece);
  Sampler sampler_;
  TextStreamer streamer_;
  size_t most_tokens_;
  Engine::OnText on_text_;
  Engine::OnDone on_done_;
  Completion completion_;
  bool refused_ = false;
};

}  // namespace moru::infer
