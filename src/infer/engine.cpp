#include "infer/engine.h"

#include <omp.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "core/language.h"
#include "infer/request.h"

namespace moru::infer {
namespace {

Cancelled cancelled() {
  return Cancelled("", std::string(tr("the request was cancelled", "요청이 취소되었습니다")),
                   std::string(tr("ask again", "다시 물어보세요")));
}

/// Tokens that end an answer: the configuration's, and the other names that the family's tokenizer has for an end.
std::vector<text::Token> end_tokens(const model::Model& model, const text::Tokenizer& tokenizer) {
  std::vector<text::Token> tokens = {model.config().eos};
  for (const int token : model.config().more_eos) tokens.push_back(token);
  for (const char* name : {"<|endofturn|>", "<|endoftext|>", "[EOS]"}) {
    if (const text::Token token = tokenizer.special(name); token >= 0) tokens.push_back(token);
  }
  return tokens;
}

/// Bytes of the longest token.
size_t longest(const text::Tokenizer& tokenizer) {
  size_t most = 1;
  for (size_t i = 0; i < tokenizer.vocabulary_size(); ++i) {
    most = std::max(most, tokenizer.bytes(static_cast<text::Token>(i)).size());
  }
  return most;
}

}  // namespace

struct Engine::State {
  const model::Model& model;
  const text::Tokenizer& tokenizer;
  const text::ModelChat chat;
  const size_t longest_token;
  const std::vector<text::Token> ends;
  const size_t slots, context, threads;

  // Shared between threads, under the mutex.
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::vector<std::unique_ptr<Request>> arrived;
  std::set<uint64_t> unwanted;
  uint64_t last_id = 0;
  bool ending = false;
  EngineStatus status;

  // The engine's thread only.
  Scheduler scheduler;
  std::unique_ptr<model::KvCache> cache;
  std::vector<float> logits;

  std::thread thread;

  State(const model::Model& m, const text::Tokenizer& t, const EngineOptions& options, text::ModelChat model_chat)
      : model(m),
        tokenizer(t),
        chat(std::move(model_chat)),
        longest_token(longest(t)),
        ends(end_tokens(m, t)),
        slots(std::max<size_t>(1, options.slots)),
        context(std::min(options.context, static_cast<size_t>(m.config().max_positions))),
        threads(options.threads),
        scheduler(slots, options.prefill_tokens),
        cache(m.make_cache(slots, context)) {
    status.slots = slots;
  }

  std::vector<text::Token> encode(const std::vector<text::ChatMessage>& messages,
                                  const text::ChatOptions& options) const;
  std::unique_ptr<Request> prepare(Submission submission) const;
  uint64_t accept(std::vector<std::unique_ptr<Request>> requests);
  bool collect(std::set<uint64_t>& cancels);
  void count();
  void run();
  void step();
  void forward(const std::vector<Chunk>& chunks);
  void end(uint64_t id, std::exception_ptr error);
};

std::vector<text::Token> Engine::State::encode(const std::vector<text::ChatMessage>& messages,
                                               const text::ChatOptions& options) const {
  const auto too_long = [this](size_t tokens, bool at_least) {
    return PromptTooLong(
        "",
        fmt::format(
            fmt::runtime(at_least
                             ? tr("the conversation has more than {} tokens; the model's context holds {}",
                                  "대화가 {} 토큰을 넘습니다. 모델의 문맥은 {} 토큰입니다")
                             : tr("the conversation has {} tokens; the model's context holds {}, the answer included",
                                  "대화가 {} 토큰입니다. 모델의 문맥은 답변까지 {} 토큰입니다")),
            tokens, context),
        std::string(tr("shorten the messages, or leave out the oldest", "메시지를 줄이거나 오래된 것을 빼세요")));
  };
  // A text this long cannot fit whatever its tokens: do not spend time on encoding it. NFC shortens text by a factor of
  // three at most (Unicode Standard Annex 15, section 3, for UTF-8).
  size_t bytes = 0;
  for (const text::ChatMessage& message : messages) bytes += message.content.size();
  if (bytes / 3 / longest_token > context) throw too_long(context, true);
  std::vector<text::Token> tokens = chat.prompt(tokenizer, messages, options);
  if (tokens.size() >= context) throw too_long(tokens.size(), false);
  return tokens;
}

/// The request, or nothing if it cannot be one: then `on_done` was told why.
std::unique_ptr<Request> Engine::State::prepare(Submission s) const {
  std::vector<text::Token> prompt;
  try {
    prompt = encode(s.messages, s.chat);
  } catch (...) {
    s.on_done({}, std::current_exception());
    return nullptr;
  }
  return std::make_unique<Request>(std::move(prompt), s.parameters, context, std::move(s.on_text),
                                   std::move(s.on_done));
}

/// Hands requests to the engine's thread, all at once; returns the id of the last.
uint64_t Engine::State::accept(std::vector<std::unique_ptr<Request>> requests) {
  const std::lock_guard lock(mutex);
  for (std::unique_ptr<Request>& request : requests) {
    request->id = ++last_id;
    arrived.push_back(std::move(request));
    ++status.waiting;
  }
  wake.notify_one();
  return last_id;
}

/// Takes in what arrived; waits while there is nothing to do. Returns false when the engine ends.
bool Engine::State::collect(std::set<uint64_t>& cancels) {
  std::unique_lock lock(mutex);
  wake.wait(lock, [this] { return ending || !arrived.empty() || scheduler.running() + scheduler.waiting() > 0; });
  for (std::unique_ptr<Request>& request : arrived) scheduler.add(std::move(request));
  arrived.clear();
  cancels = std::exchange(unwanted, {});
  return !ending;
}

/// Brings the status up to date. Under the mutex.
void Engine::State::count() {
  status.running = scheduler.running();
  status.waiting = scheduler.waiting() + arrived.size();
}

void Engine::State::run() {
  // The setting belongs to the calling thread, so it bounds this engine alone.
  if (threads > 0) omp_set_num_threads(static_cast<int>(threads));
  for (std::set<uint64_t> cancels; collect(cancels);) {
    for (const uint64_t id : cancels) end(id, std::make_exception_ptr(cancelled()));
    step();
  }
  for (const std::unique_ptr<Sequence>& sequence : scheduler.remove_all()) {
    static_cast<Request&>(*sequence).fail(std::make_exception_ptr(cancelled()));
  }
}

void Engine::State::step() {
  const std::vector<Chunk> chunks = scheduler.plan();
  {
    const std::lock_guard lock(mutex);
    count();
  }
  if (chunks.empty()) return;
  try {
    forward(chunks);
  } catch (...) {
    // The model failed: the caches of this batch are in doubt, so its requests end; those that wait go on.
    for (const Chunk& chunk : chunks) end(chunk.sequence->id, std::current_exception());
    return;
  }
  const size_t vocabulary = static_cast<size_t>(model.config().vocabulary);
  const size_t known = std::min(vocabulary, tokenizer.vocabulary_size());
  size_t row = 0;
  uint64_t chosen = 0;
  for (const Chunk& chunk : chunks) {
    Scheduler::fed(chunk);
    if (!chunk.sample) continue;
    auto& request = static_cast<Request&>(*chunk.sequence);
    const std::span<const float> scores = std::span<const float>(logits).subspan(row++ * vocabulary, known);
    ++chosen;
    try {
      if (request.advance(scores, tokenizer, ends)) continue;
      end(request.id, request.refused() ? std::make_exception_ptr(cancelled()) : nullptr);
    } catch (...) {
      end(request.id, std::current_exception());
    }
  }
  const std::lock_guard lock(mutex);
  status.generated_tokens += chosen;
}

/// Runs the chunks as one ragged batch; `logits` gets a row for each that samples.
void Engine::State::forward(const std::vector<Chunk>& chunks) {
  std::vector<int32_t> tokens, positions, starts = {0}, batch_slots, rows;
  for (const Chunk& chunk : chunks) {
    const Sequence& sequence = *chunk.sequence;
    for (size_t i = 0; i < chunk.count; ++i) {
      tokens.push_back(sequence.tokens[sequence.fed + i]);
      positions.push_back(static_cast<int32_t>(sequence.fed + i));
    }
    starts.push_back(static_cast<int32_t>(tokens.size()));
    batch_slots.push_back(static_cast<int32_t>(sequence.slot));
    if (chunk.sample) rows.push_back(static_cast<int32_t>(tokens.size()) - 1);
  }
  logits.resize(rows.size() * static_cast<size_t>(model.config().vocabulary));
  model.logits({tokens, positions, starts, cache.get(), batch_slots}, rows, logits);
}

/// Takes a request out and tells it how it ended.
void Engine::State::end(uint64_t id, std::exception_ptr error) {
  const std::unique_ptr<Sequence> sequence = scheduler.remove(id);
  if (sequence == nullptr) return;
  if (sequence->placed) cache->truncate(sequence->slot, 0);
  {
    const std::lock_guard lock(mutex);
    count();
    ++status.finished;
  }
  auto& request = static_cast<Request&>(*sequence);
  if (error) {
    request.fail(std::move(error));
  } else {
    request.finish();
  }
}

Engine::Engine(const model::Model& model, const text::Tokenizer& tokenizer, const EngineOptions& options,
               text::ModelChat chat)
    : state_(std::make_unique<State>(model, tokenizer, options, std::move(chat))) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Engine::~Engine() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
}

uint64_t Engine::submit(const std::vector<text::ChatMessage>& messages, const SamplingParameters& parameters,
                        OnText on_text, OnDone on_done) {
  return submit(Submission{messages, parameters, std::move(on_text), std::move(on_done)});
}

uint64_t Engine::submit(Submission submission) {
  std::vector<std::unique_ptr<Request>> requests;
  requests.push_back(state_->prepare(std::move(submission)));
  return requests.front() == nullptr ? 0 : state_->accept(std::move(requests));
}

void Engine::submit_all(std::vector<Submission> submissions) {
  std::vector<std::unique_ptr<Request>> requests;
  for (Submission& s : submissions) {
    auto request = state_->prepare(std::move(s));
    if (request != nullptr) requests.push_back(std::move(request));
  }
  state_->accept(std::move(requests));
}

void Engine::cancel(uint64_t request) {
  const std::lock_guard lock(state_->mutex);
  if (request != 0) state_->unwanted.insert(request);
}

Completion Engine::chat(const std::vector<text::ChatMessage>& messages, const SamplingParameters& parameters,
                        const OnText& on_text) {
  // Shared, since the waiting thread may be gone while the engine's still leaves set_value.
  const auto promise = std::make_shared<std::promise<Completion>>();
  std::future<Completion> future = promise->get_future();
  submit(messages, parameters, on_text, [promise](Completion completion, std::exception_ptr error) {
    if (error) {
      promise->set_exception(std::move(error));
    } else {
      promise->set_value(std::move(completion));
    }
  });
  return future.get();
}

std::vector<Completion> Engine::chat_all(const std::vector<std::vector<text::ChatMessage>>& conversations,
                                         const SamplingParameters& parameters, ProgressSink& sink,
                                         std::string_view label) {
  std::vector<Completion> completions(conversations.size());
  std::vector<std::exception_ptr> errors(conversations.size());
  std::mutex mutex;
  std::condition_variable changed;
  size_t done = 0;
  Progress progress(sink, std::string(label), std::string(tr("answers", "답변")), conversations.size());
  std::vector<Submission> submissions;
  for (size_t i = 0; i < conversations.size(); ++i) {
    SamplingParameters own = parameters;
    own.seed = Random(parameters.seed ^ (i * 0x9E3779B97F4A7C15ULL)).next();
    submissions.push_back({conversations[i], own, {}, [&, i](Completion completion, std::exception_ptr error) {
                             const std::lock_guard lock(mutex);
                             completions[i] = std::move(completion);
                             errors[i] = std::move(error);
                             ++done;
                             changed.notify_one();
                           }});
  }
  submit_all(std::move(submissions));
  for (size_t shown = 0; shown < conversations.size();) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done > shown; });
    const size_t now = done;
    lock.unlock();
    progress.advance(now - shown);
    shown = now;
  }
  progress.finish();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return completions;
}

EngineStatus Engine::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

size_t Engine::context() const {
  return state_->context;
}

}  // namespace moru::infer
