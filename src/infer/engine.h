// Generation with continuous batching: requests join and leave the batch at every step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/progress.h"
#include "model/model.h"
#include "text/model_chat.h"
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
  size_t slots = 16;            ///< Sequences decoded together.
  size_t context = 1024;        ///< Tokens a sequence may have, prompt included; never more than the model's positions.
  size_t prefill_tokens = 512;  ///< Most prompt tokens a step takes, so that a long prompt does not stall the others.
  size_t threads = 0;           ///< That the model's kernels may use; 0: as many as OpenMP has.
};

/// The prompt leaves no room for an answer.
class PromptTooLong : public Error {
  using Error::Error;
};

/// The request was cancelled, or the engine ended before its answer did.
class Cancelled : public Error {
  using Error::Error;
};

/// What the engine is doing now.
struct EngineStatus {
  size_t slots = 0;
  size_t running = 0;             ///< Requests that hold a slot.
  size_t waiting = 0;             ///< Requests that wait for one.
  uint64_t finished = 0;          ///< Requests answered since the start, errors and cancellations included.
  uint64_t generated_tokens = 0;  ///< Tokens chosen since the start.
};

/// Owns a thread that steps the batch. The model and the tokenizer must outlive it. Thread-safe.
class Engine {
 public:
  /// `chat`: how the model wants conversations written.
  Engine(const model::Model& model, const text::Tokenizer& tokenizer, const EngineOptions& options,
         text::ModelChat chat = {});
  /// Ends all requests that are open, each with Cancelled.
  ~Engine();

  /// `on_text` gets each new piece of whole UTF-8 characters, from the engine's thread; returning false cancels.
  /// `on_done` gets the completion, or an exception: PromptTooLong, Cancelled, text::TemplateError, or what the model
  /// threw. It is called once, from the engine's thread, or before submit returns if the request cannot be run at all.
  /// Neither may wait for another request of the same engine. Returns a number for cancel().
  using OnText = std::function<bool(std::string_view piece)>;
  using OnDone = std::function<void(Completion completion, std::exception_ptr error)>;
  uint64_t submit(const std::vector<text::ChatMessage>& messages, const SamplingParameters& parameters, OnText on_text,
                  OnDone on_done);

  /// A request as submit() takes it.
  struct Submission {
    std::vector<text::ChatMessage> messages;
    SamplingParameters parameters;
    OnText on_text;
    OnDone on_done;
    text::ChatOptions chat = {};  ///< Tools, arguments of the template.
  };
  uint64_t submit(Submission submission);
  /// Hands requests over together, so that which of them share a batch, and with it the last bit of their logits, does
  /// not depend on how fast the caller is.
  void submit_all(std::vector<Submission> submissions);

  /// Ends a request with Cancelled before its next token. Nothing happens if it has ended.
  void cancel(uint64_t request);

  /// Waits for one answer.
  Completion chat(const std::vector<text::ChatMessage>& messages, const SamplingParameters& parameters,
                  const OnText& on_text = {});

  /// Answers many conversations, batched; results in order, each request sampled from its own seed and number. If some
  /// fail, the error of the first of them, in order, is thrown when all have ended.
  std::vector<Completion> chat_all(const std::vector<std::vector<text::ChatMessage>>& conversations,
                                   const SamplingParameters& parameters, ProgressSink& progress,
                                   std::string_view label);

  EngineStatus status() const;
  /// Tokens a sequence may have, prompt included: the smaller of the options' and the model's.
  size_t context() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moru::infer
