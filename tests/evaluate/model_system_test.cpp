#include "evaluate/model_system.h"

#include "core/error.h"
#include "infer/tiny_model.h"

namespace moru::evaluate {
namespace {

Question ask(std::string text) {
  Question question;
  question.id = text.substr(0, 20);
  question.text = std::move(text);
  question.references = {"표를 만듭니다."};
  question.cluster = question.id;
  question.set = "hand";
  return question;
}

class Lines : public SilentProgress {
 public:
  void say(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

TEST(ModelSystem, AsksEachQuestionAsAUsersMessageInOrder) {
  const infer::TinyModel tiny = infer::tiny_model();
  infer::Engine engine(*tiny.model, tiny.tokenizer, {.slots = 3, .context = 48, .prefill_tokens = 64});
  const System system = model_system("tiny", engine);
  EXPECT_EQ(system.name, "tiny");
  EXPECT_FALSE(system.baseline);
  const std::vector<Question> questions = {ask("표는 어떻게 만드나요?"), ask("What is a table?"), ask("모루?"),
                                           ask("Choose?")};
  Lines lines;
  const auto answers = system.answer(questions, lines);
  ASSERT_EQ(answers.size(), questions.size());
  infer::SamplingParameters greedy;
  greedy.max_tokens = 160;
  for (size_t i = 0; i < questions.size(); ++i)
    EXPECT_EQ(answers[i], engine.chat({{"user", questions[i].text}}, greedy).text) << i;
  EXPECT_TRUE(lines.lines.empty());
}

TEST(ModelSystem, AQuestionThatDoesNotFitIsLeftUnansweredAndSaid) {
  const infer::TinyModel tiny = infer::tiny_model();
  infer::Engine engine(*tiny.model, tiny.tokenizer, {.slots = 2, .context = 64, .prefill_tokens = 64});
  std::string endless;
  for (int i = 0; i < 200; ++i) endless += "What is a table? ";
  Lines lines;
  const System system = model_system("tiny", engine);
  const auto answers = system.answer({ask("모루?"), ask(endless), ask("table?")}, lines);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[1], "");
  EXPECT_FALSE(answers[0].empty() && answers[2].empty());
  ASSERT_EQ(lines.lines.size(), 1U);
  EXPECT_NE(lines.lines[0].find("tiny: 1 question"), std::string::npos) << lines.lines[0];
}

TEST(ModelSystem, AnUntrainedModelIsEvaluatedLikeAnyOther) {
  const infer::TinyModel tiny = infer::tiny_model();
  infer::Engine engine(*tiny.model, tiny.tokenizer, {.slots = 4, .context = 40, .prefill_tokens = 64});
  SilentProgress silent;
  const Report report =
      evaluate({ask("표?"), ask("모루?"), ask("table?")}, {model_system("untrained", engine)}, silent);
  ASSERT_EQ(report.scores.size(), 1U);
  EXPECT_LT(report.scores[0].f1.mean, 0.3);
}

}  // namespace
}  // namespace moru::evaluate
