#include "evaluate/questions.h"

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "data/sample.h"
#include "evaluate/normalize.h"

namespace moru::evaluate {
namespace {

constexpr std::string_view kHeldOut = "held-out", kHeldOutDocuments = "held-out documents";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error bad_line(const std::string& place, std::string_view problem) {
  return Error(place, std::string(problem),
               std::string(tr("write one question a line: {\"id\": \"…\", \"question\": \"…\", \"answers\": [\"…\"], "
                              "\"document\": \"…\"}",
                              "한 줄에 질문 하나를 쓰세요: {\"id\": \"…\", \"question\": \"…\", \"answers\": [\"…\"], "
                              "\"document\": \"…\"}")));
}

std::string member(const Json& object, const char* key, const std::string& place) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string() || normalize_answer(it->get_ref<const std::string&>()).empty())
    throw bad_line(place, fmt::format(fmt::runtime(tr("\"{}\" is missing, empty or not a text",
                                                      "\"{}\"이(가) 없거나 비었거나 글이 아닙니다")),
                                      key));
  return it->get<std::string>();
}

std::vector<std::string> answers_of(const Json& object, const std::string& place) {
  const auto it = object.find("answers");
  const auto wrong = [&] {
    return bad_line(place, tr("\"answers\" is not a list of one or more texts",
                              "\"answers\"가 하나 이상의 글로 된 목록이 아닙니다"));
  };
  if (it == object.end() || !it->is_array() || it->empty()) throw wrong();
  std::vector<std::string> answers;
  for (const Json& answer : *it) {
    if (!answer.is_string() || normalize_answer(answer.get_ref<const std::string&>()).empty()) throw wrong();
    answers.push_back(answer.get<std::string>());
  }
  return answers;
}

Question parse_question(std::string_view line, const std::string& place, std::string_view set) {
  const Json object = parse_json(line, place);
  if (!object.is_object()) throw bad_line(place, tr("not a JSON object", "JSON 객체가 아닙니다"));
  Question question;
  question.id = member(object, "id", place);
  question.text = member(object, "question", place);
  question.references = answers_of(object, place);
  question.cluster = object.contains("document") ? member(object, "document", place) : question.id;
  question.set = set;
  return question;
}

Question question_of(const data::Sample& sample, std::string_view place) {
  const auto& messages = sample.messages;
  if (messages.size() < 2 || messages.back().role != "assistant" || messages[messages.size() - 2].role != "user")
    throw Error(std::string(place),
                std::string(tr("a held-out sample does not end with a user's question and its answer",
                               "따로 둔 샘플이 사용자의 질문과 답으로 끝나지 않습니다")),
                std::string(tr("make the samples again", "샘플을 다시 만드세요")));
  Question question;
  question.id = sample.id;
  question.text = messages[messages.size() - 2].content;
  question.references = {messages.back().content};
  question.cluster = sample.origins.empty() ? sample.topic : sample.origins.front().document;
  question.set = kHeldOut;
  return question;
}

struct Candidate {
  Question question;
  std::string topic;
  size_t round = 0;  // how many of its topic come before it
  uint64_t lot = 0;
};

/// At most `limit` (0: all), of as many topics as possible, in the order given.
std::vector<Question> choose(std::vector<Candidate> candidates, size_t limit) {
  std::vector<size_t> chosen(candidates.size());
  for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  if (limit > 0 && limit < chosen.size()) {
    std::ranges::stable_sort(chosen, {}, [&](size_t i) { return candidates[i].lot; });
    std::map<std::string_view, size_t> taken;
    for (const size_t i : chosen) candidates[i].round = taken[candidates[i].topic]++;
    std::ranges::stable_sort(chosen, {}, [&](size_t i) { return candidates[i].round; });
    chosen.resize(limit);
    std::ranges::sort(chosen);
  }
  std::vector<Question> questions;
  questions.reserve(chosen.size());
  for (const size_t i : chosen) questions.push_back(std::move(candidates[i].question));
  return questions;
}

}  // namespace

std::vector<Question> held_out_questions(const data::DatasetReader& samples, size_t limit,
                                         const std::set<std::string>& documents) {
  std::vector<Candidate> about_known, about_held_out;
  samples.for_each([&](const Json& record, std::string_view place) {
    const data::Sample sample = data::sample_from_json(record, place);
    if (!sample.held_out || sample.kind != data::SampleKind::chat) return;
    Candidate candidate{question_of(sample, place), sample.topic.empty() ? sample.id : sample.topic, 0,
                        hash64(sample.id)};
    const bool held_out = documents.contains(candidate.question.cluster);
    if (held_out) candidate.question.set = kHeldOutDocuments;
    (held_out ? about_held_out : about_known).push_back(std::move(candidate));
  });
  std::vector<Question> questions = choose(std::move(about_known), limit);
  for (Question& question : choose(std::move(about_held_out), limit)) questions.push_back(std::move(question));
  return questions;
}

std::vector<Question> parse_questions(std::string_view text, std::string_view place, std::string_view set) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Question> questions;
  std::map<std::string, size_t> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = fmt::format("{}:{}", place, number);
    Question question = parse_question(line, where, set);
    const auto [before, fresh] = lines.try_emplace(question.id, number);
    if (!fresh)
      throw Error(where,
                  fmt::format(fmt::runtime(tr("the id \"{}\" stands in line {} already",
                                              "id \"{}\"가 {}번째 줄에 이미 있습니다")),
                              question.id, before->second),
                  std::string(tr("give every question its own id", "질문마다 다른 id를 주세요")));
    questions.push_back(std::move(question));
  }
  if (questions.empty()) throw bad_line(std::string(place), tr("there is no question in it", "질문이 없습니다"));
  return questions;
}

std::vector<Question> read_questions(const std::filesystem::path& path) {
  return parse_questions(read_file(path), path.string(), path.filename().string());
}

}  // namespace moru::evaluate
