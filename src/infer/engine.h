// Generation with continuous batching: requests join and leave the batch at every step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "model/model.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

namespace moru::infer {

struct SamplingParameters {
  double temperature = 0;  ///< 0: the most likely token.
  double top_p = 1;
  int max_tokens = 256;
  uint64_t seed = 0;
  std::vector<std::string> stop;
};

struct Completion {
  std::string text;
  std::string finish_reason;  ///< "stop" or "length", as the OpenAI API names them.
  int prompt_tokens = 0, completion_tokens = 0;
};

struct EngineOptions {
  size_t slots = 16;          ///< Sequences decoded together.
  size_t context = 1024;      ///< Tokens a sequence may have, prompt included; never more than the model's positions.
  size_t prefill_tokens = 512;  ///< Most prompt tokens a step takes, so that a long prompt does not stall the others.
};

/// Owns a thread that steps the batch. The model and the tokenizer must outlive it. Thread-safe.
class Engine {
 public:
  Engine(const model::Model& model, const text::Tokenizer& tokenizer, const EngineOptions& options);
  ~Engine();

  /// `on_text` gets each new piece of whole UTF-8 characters, from the engine's thread; returning false cancels.
  /// `on_done` gets the completion, or an exception.
  using OnText = std::function<bool(std::string_view piece)>;
  using OnDone = std::function<void(Completion completion, std::exception_ptr error)>;
  void submit(const std::vector<text::ChatMessage>& messages, const SamplingParameters& parameters, OnText on_text, OnDone on_done);

  /// Waits for one answer.
  Completion chat(const std::vector<text::ChatMessage>& messages, const SamplingParameters& parameters, const OnText& on_text = {});

  /// Answers many conversations, batched; results in order, each request sampled from its own seed and number.
  std::vector<Completion> chat_all(const std::vector<std::vector<text::ChatMessage>>& conversations,
                                   const SamplingParameters& parameters, ProgressSink& progress, std::string_view label);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moru::infer
