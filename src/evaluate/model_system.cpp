#include "evaluate/model_system.h"

#include <condition_variable>
#include <exception>
#include <mutex>

#include "core/language.h"

namespace moru::evaluate {
namespace {

constexpr int kMaxTokens = 160;

// Engine::chat_all() without its rule that one failed request fails all: a long question costs one point, not the run.
class Asking {
 public:
  Asking(infer::Engine& engine, const std::vector<Question>& questions)
      : answers_(questions.size()), errors_(questions.size()) {
    infer::SamplingParameters parameters;
    parameters.temperature = 0;
    parameters.max_tokens = kMaxTokens;
    // All at once: answers must not depend on how fast this thread is.
    std::vector<infer::Engine::Submission> submissions;
    for (size_t i = 0; i < questions.size(); ++i)
      submissions.push_back({{{"user", questions[i].text}},
                             parameters,
                             {},
                             [this, i](infer::Completion completion, std::exception_ptr error) {
                               const std::lock_guard lock(mutex_);
                               answers_[i] = std::move(completion.text);
                               errors_[i] = std::move(error);
                               ++done_;
                               changed_.notify_one();
                             }});
    engine.submit_all(std::move(submissions));
  }

  std::vector<std::string> wait(const std::string& name, ProgressSink& sink) {
    Progress progress(sink, name, std::string(tr("answers", "답변")), answers_.size());
    for (size_t shown = 0; shown < answers_.size();) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return done_ > shown; });
      const size_t now = done_;
      lock.unlock();
      progress.advance(now - shown);
      shown = now;
    }
    progress.finish();
    // The engine is done with this: the callbacks have all run.
    size_t too_long = 0;
    for (size_t i = 0; i < errors_.size(); ++i) {
      if (!errors_[i]) continue;
      try {
        std::rethrow_exception(errors_[i]);
      } catch (const infer::PromptTooLong&) {
        answers_[i].clear();
        ++too_long;
      }
    }
    if (too_long > 0)
      sink.say(fmt::format(fmt::runtime(tr("{}: {} questions do not fit the context and count as unanswered",
                                           "{}: 질문 {}개가 문맥 길이를 넘어 답하지 않은 것으로 셉니다")),
                           name, too_long));
    return std::move(answers_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> answers_;
  std::vector<std::exception_ptr> errors_;
  size_t done_ = 0;
};

}  // namespace

System model_system(std::string name, infer::Engine& engine) {
  const auto answer = [name, &engine](const std::vector<Question>& questions, ProgressSink& sink) {
    Asking asking(engine, questions);
    return asking.wait(name, sink);
  };
  return {.name = std::move(name), .answer = answer};
}

}  // namespace moru::evaluate
