#include "infer/request.h"

namespace moru::infer {

Request::Request(std::vector<text::Token> prompt_tokens, const SamplingParameters& parameters, size_t context,
                 Engine::OnText on_text, Engine::OnDone on_done)
    : sampler_(parameters.temperature, parameters.top_p, parameters.seed),
      streamer_(parameters.stop),
      most_tokens_(std::min(static_cast<size_t>(std::max(parameters.max_tokens, 0)), context - prompt_tokens.size())),
      on_text_(std::move(on_text)),
      on_done_(std::move(on_done)) {
  prompt = prompt_tokens.size();
  tokens = std::move(prompt_tokens);
  completion_.prompt_tokens = static_cast<int>(prompt);
}

bool Request::advance(std::span<const float> logits, const text::Tokenizer& tokenizer,
                      std::span<const text::Token> end_tokens) {
  const text::Token token = sampler_.sample(logits);
  tokens.push_back(token);
  ++completion_.completion_tokens;
  if (std::find(end_tokens.begin(), end_tokens.end(), token) != end_tokens.end()) {
    completion_.finish_reason = "stop";
    return false;
  }
  if (!tokenizer.is_special(token)) give(streamer_.push(tokenizer.bytes(token)));
  if (streamer_.stopped()) {
    completion_.finish_reason = "stop";
    return false;
  }
  if (refused_) return false;
  if (static_cast<size_t>(completion_.completion_tokens) >= most_tokens_) {
    completion_.finish_reason = "length";
    return false;
  }
  return true;
}

void Request::give(std::string piece) {
  if (piece.empty()) return;
  completion_.text += piece;
  if (on_text_ && !on_text_(piece)) refused_ = true;
}

void Request::finish() noexcept {
  try {
    give(streamer_.finish());
  } catch (...) {
    fail(std::current_exception());
    return;
  }
  if (on_done_) on_done_(std::move(completion_), nullptr);
}

void Request::fail(std::exception_ptr error) noexcept {
  if (on_done_) on_done_(std::move(completion_), std::move(error));
}

}  // namespace moru::infer
