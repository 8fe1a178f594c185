#include "evaluate/questions.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/file.h"
#include "data/sample.h"

namespace moru::evaluate {
namespace {

constexpr std::string_view kGood =
    R"({"id": "q1", "question": "표는?", "answers": ["표를 만듭니다.", "삽입"], "document": "a.html"})";

std::string problem_of(std::string_view text) {
  try {
    parse_questions(text, "q.jsonl", "set");
    return "no error";
  } catch (const Error& error) {
    return error.place() + " | " + error.problem();
  }
}

TEST(ParseQuestions, ReadsEveryMember) {
  const auto questions =
      parse_questions(std::string("\xEF\xBB\xBF") + std::string(kGood) + "\r\n\n", "q.jsonl", "hand");
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].id, "q1");
  EXPECT_EQ(questions[0].text, "표는?");
  EXPECT_EQ(questions[0].references, (std::vector<std::string>{"표를 만듭니다.", "삽입"}));
  EXPECT_EQ(questions[0].cluster, "a.html");
  EXPECT_EQ(questions[0].set, "hand");
}

TEST(ParseQuestions, AQuestionWithoutADocumentIsItsOwnCluster) {
  EXPECT_EQ(parse_questions(R"({"id": "q1", "question": "?a", "answers": ["b"]})", "q", "s")[0].cluster, "q1");
}

TEST(ParseQuestions, ErrorsNameTheLine) {
  const std::string good = std::string(kGood) + "\n";
  EXPECT_TRUE(problem_of(good + "{\"id\": ").starts_with("q.jsonl:2 ")) << problem_of(good + "{\"id\": ");
  EXPECT_TRUE(problem_of(good + "\n[1]").starts_with("q.jsonl:3 | "));
  EXPECT_TRUE(problem_of(R"({"question": "a", "answers": ["b"]})").starts_with("q.jsonl:1 | \"id\""));
  EXPECT_TRUE(problem_of(R"({"id": "1", "question": 5, "answers": ["b"]})").starts_with("q.jsonl:1 | \"question\""));
  EXPECT_TRUE(problem_of(R"({"id": "1", "question": " ", "answers": ["b"]})").starts_with("q.jsonl:1 | \"question\""));
  for (const char* answers : {"[]", "\"b\"", "[\"b\", 5]", "[\"\"]", "{}"})
    EXPECT_TRUE(problem_of(fmt::format(R"({{"id": "1", "question": "a", "answers": {}}})", answers))
                    .starts_with("q.jsonl:1 | \"answers\""))
        << answers;
  EXPECT_TRUE(problem_of(R"({"id": "1", "question": "a"})").starts_with("q.jsonl:1 | \"answers\""));
  EXPECT_TRUE(problem_of(R"({"id": "1", "question": "a", "answers": ["b"], "document": 3})")
                  .starts_with("q.jsonl:1 | \"document\""));
  EXPECT_TRUE(problem_of("{\"id\": \"\xFF\"}").starts_with("q.jsonl:1 "));
}

TEST(ParseQuestions, ASecondQuestionWithTheSameIdIsAnError) {
  const std::string twice = std::string(kGood) + "\n" + std::string(kGood);
  EXPECT_TRUE(problem_of(twice).starts_with("q.jsonl:2 | ")) << problem_of(twice);
  EXPECT_NE(problem_of(twice).find("line 1"), std::string::npos);
}

TEST(ParseQuestions, AnEmptyFileIsAnError) {
  EXPECT_TRUE(problem_of("").starts_with("q.jsonl | "));
  EXPECT_TRUE(problem_of("\n \n").starts_with("q.jsonl | "));
}

TEST(ReadQuestions, AMissingFileIsNamed) {
  try {
    read_questions("/nowhere/q.jsonl");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "/nowhere/q.jsonl");
  }
}

TEST(ReadQuestions, TheSetIsTheFilesName) {
  const TemporaryDirectory directory;
  write_file_atomic(directory.path() / "q.jsonl", kGood);
  EXPECT_EQ(read_questions(directory.path() / "q.jsonl").at(0).set, "q.jsonl");
}

data::Sample sample(const std::string& topic, int phrasing, bool held_out) {
  data::Sample s;
  s.messages = {{"user", topic + "?" + std::to_string(phrasing)}, {"assistant", topic + " is."}};
  s.origins = {{"doc-" + topic, {0, 4}}};
  s.generator = "test/1";
  s.topic = topic;
  s.phrasing = std::to_string(phrasing);
  s.held_out = held_out;
  s.id = data::sample_id(s);
  return s;
}

class HeldOut : public ::testing::Test {
 protected:
  data::DatasetReader dataset(const std::vector<data::Sample>& samples) {
    data::DatasetWriter writer(directory_.path() / "samples", std::string(data::kSampleSchema));
    for (const data::Sample& s : samples) writer.add(data::to_json(s));
    writer.finish(Json::object());
    return {directory_.path() / "samples", data::kSampleSchema};
  }
  TemporaryDirectory directory_;
};

TEST_F(HeldOut, TakesHeldOutChatSamplesOnly) {
  data::Sample text;
  text.kind = data::SampleKind::text;
  text.text = "a text";
  text.generator = "test/1";
  text.held_out = true;
  text.id = data::sample_id(text);
  const auto questions = held_out_questions(dataset({sample("a", 1, false), sample("a", 2, true), text}));
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].text, "a?2");
  EXPECT_EQ(questions[0].references, std::vector<std::string>{"a is."});
  EXPECT_EQ(questions[0].cluster, "doc-a");
  EXPECT_EQ(questions[0].set, "held-out");
}

TEST_F(HeldOut, ALimitSpreadsOverTopicsAndIsTheSameEachTime) {
  std::vector<data::Sample> samples;
  for (int topic = 0; topic < 20; ++topic)
    for (int phrasing = 0; phrasing < 3; ++phrasing)
      samples.push_back(sample("t" + std::to_string(topic), phrasing, true));
  const data::DatasetReader reader = dataset(samples);
  EXPECT_EQ(held_out_questions(reader).size(), 60U);
  EXPECT_EQ(held_out_questions(reader, 100).size(), 60U);
  const auto chosen = held_out_questions(reader, 20);
  std::set<std::string> topics, ids;
  for (const Question& question : chosen) topics.insert(question.cluster), ids.insert(question.id);
  EXPECT_EQ(topics.size(), 20U);
  std::ranges::reverse(samples);
  for (const Question& question : held_out_questions(dataset(samples), 20)) EXPECT_TRUE(ids.contains(question.id));
}

TEST_F(HeldOut, QuestionsAboutHeldOutDocumentsAreASetOfTheirOwn) {
  std::vector<data::Sample> samples;
  for (int topic = 0; topic < 6; ++topic)
    for (int phrasing = 0; phrasing < 2; ++phrasing)
      samples.push_back(sample("t" + std::to_string(topic), phrasing, true));
  const auto questions = held_out_questions(dataset(samples), 2, {"doc-t1", "doc-t4", "doc-t5"});
  ASSERT_EQ(questions.size(), 4U) << "the limit holds for each set";
  for (size_t i = 0; i < questions.size(); ++i) {
    const bool held_out = questions[i].cluster == "doc-t1" || questions[i].cluster >= "doc-t4";
    EXPECT_EQ(questions[i].set, held_out ? "held-out documents" : "held-out");
    EXPECT_EQ(held_out, i >= 2);
  }
}

TEST_F(HeldOut, ASampleThatIsNoQuestionAndAnswerIsNamed) {
  data::Sample s = sample("a", 1, true);
  s.messages = {{"assistant", "alone"}};
  EXPECT_THROW(held_out_questions(dataset({s})), Error);
}

TEST(OfficeExpertQuestions, AreManyAndWellFormed) {
  const auto questions = read_questions(fs::path(MORU_SOURCE_DIR) / "examples/office-expert/questions.jsonl");
  EXPECT_GE(questions.size(), 60U);
  std::set<std::string> texts, documents;
  for (const Question& question : questions) {
    EXPECT_TRUE(texts.insert(question.text).second) << question.id << " is asked twice";
    EXPECT_TRUE(question.cluster.starts_with("text/") && question.cluster.ends_with(".html")) << question.id;
    EXPECT_TRUE(fs::exists("/usr/share/libreoffice/help/ko/" + question.cluster))
        << question.id << ": " << question.cluster;
    documents.insert(question.cluster);
  }
  EXPECT_GE(documents.size(), 50U);
}

}  // namespace
}  // namespace moru::evaluate
