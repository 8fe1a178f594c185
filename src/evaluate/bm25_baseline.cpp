
#include "core/threads.h"
#include "evaluate/bm25.h"
#include "evaluate/evaluate.h"
#include "evaluate/passages.h"

namespace moru::evaluate {
namespace {

// As long as the generated answers may be: F1 counts what is left out and what is too much.
constexpr size_t kAnswerChars = 160;
// Both chosen by what answers the office example's questions best, since beating a weak baseline proves nothing: 1 to
// 800 characters, 1 to 3 times. A heading counts as if it stood there so often: BM25F's weighted fields (Robertson and
// Zaragoza 2009, section 3.6).
constexpr size_t kPassageChars = 500;
constexpr int kHeadingWeight = 3;
constexpr size_t kQuestionsATask = 64;

struct Retrieval {
  Bm25Index index;
  std::vector<std::string> answers;  // by entry
};

}  // namespace

System bm25_baseline(const data::DatasetReader& corpus) {
  auto retrieval = std::make_shared<Retrieval>();
  std::vector<Term> terms;
  corpus.for_each([&](const Json& record, std::string_view place) {
    const data::Document document = data::document_from_json(record, place);
    for (const Passage& passage : cut_passages(document, kPassageChars)) {
      terms.clear();
      for (int i = 0; i < kHeadingWeight; ++i) append_terms(passage.headings, terms);
      append_terms(passage.text, terms);
      retrieval->index.add(terms);
      retrieval->answers.emplace_back(cut_text(passage.text, kAnswerChars));
    }
  });
  retrieval->index.finish();
  const auto answer = [retrieval](const std::vector<Question>& questions, ProgressSink& sink) {
    std::vector<std::string> answers(questions.size());
    Progress progress(sink, "BM25", "questions", questions.size());
    const size_t tasks = (questions.size() + kQuestionsATask - 1) / kQuestionsATask;
    parallel_for(tasks, [&](size_t task) {
      Bm25Index::Scratch scratch;
      const size_t end = std::min(questions.size(), (task + 1) * kQuestionsATask);
      for (size_t i = task * kQuestionsATask; i < end; ++i) {
        const auto hit = retrieval->index.best(query_terms(questions[i].text), scratch);
        if (hit) answers[i] = retrieval->answers[hit->entry];
      }
    });
    progress.advance(questions.size());
    progress.finish();
    return answers;
  };
  return {.name = "BM25", .answer = answer, .baseline = true};
}

}  // namespace moru::evaluate
