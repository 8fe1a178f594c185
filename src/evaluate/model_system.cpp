#include "evaluate/model_system.h"

namespace moru::evaluate {
namespace {

constexpr int kMaxTokens = 160;

}  // namespace

System model_system(std::string name, infer::Engine& engine) {
  const auto answer = [name, &engine](const std::vector<Question>& questions, ProgressSink& sink) {
    std::vector<std::vector<text::ChatMessage>> conversations;
    conversations.reserve(questions.size());
    for (const Question& question : questions) conversations.push_back({{"user", question.text}});
    infer::SamplingParameters parameters;
    parameters.temperature = 0;
    parameters.max_tokens = kMaxTokens;
    std::vector<std::string> answers;
    answers.reserve(questions.size());
    for (infer::Completion& completion : engine.chat_all(conversations, parameters, sink, name))
      answers.push_back(std::move(completion.text));
    return answers;
  };
  return {.name = std::move(name), .answer = answer};
}

}  // namespace moru::evaluate
