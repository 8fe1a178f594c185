// generate: a corpus to chat samples, with no teacher model.
#include "generate/generate.h"

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "data/held_out.h"
#include "pipeline/record_data.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"

namespace moru::pipeline {
namespace {

class GenerateStep : public Step {
 public:
  explicit GenerateStep(const Config& recipe)
      : options_(generate::read_options(recipe.section("generate"))),
        place_(recipe.place("generate")),
        held_out_place_(recipe.section("generate").place("held_out_documents")) {}

  std::string_view name() const override { return "generate"; }
  int version() const override { return 1; }
  std::vector<std::string> inputs() const override { return {"curate"}; }
  Json parameters() const override { return generate::to_json(options_); }
  std::string about() const override {
    return std::string(
        tr("make questions and answers out of the documents' structure", "문서 구조에서 질문과 답 만들기"));
  }

  void run(StepRun& run) const override {
    const data::DatasetReader corpus(run.input("curate").folder / "corpus", data::kDocumentSchema);
    data::DatasetWriter samples(run.out / "samples", std::string(data::kSampleSchema));
    const generate::Report report = generate::generate(corpus, options_, samples, run.progress);
    data::check_some_are_left(report.held_out_documents.size(), corpus.count(), held_out_place_);
    if (!report.held_out_documents.empty())
      data::write_held_out(held_out_documents(run.out), report.held_out_documents);
    if (report.samples == 0)
      throw Error(
          place_,
          std::string(tr("no sample could be made from these documents", "이 문서들로는 표본을 만들 수 없습니다")),
          std::string(tr("they need titles, headings, lists or definitions; collect documents with structure",
                         "제목, 소제목, 목록, 정의가 있는 문서를 모으세요")));
    if (report.samples == report.held_out)
      throw Error(held_out_place_,
                  std::string(tr("all questions are about held-out documents: none is left to train on",
                                 "질문이 모두 평가용 문서에 관한 것이어서 학습할 것이 없습니다")),
                  std::string(tr("lower held_out_documents, choose another seed, or collect more documents",
                                 "held_out_documents를 낮추거나 seed를 바꾸거나 문서를 더 모으세요")));
    run.facts = report.facts;
    run.facts["topics"] = report.topics;
    run.facts["samples"] = report.samples;
    run.facts["held_out"] = report.held_out;
  }

  std::string summary(const Artefact& a) const override {
    std::string summary =
        fmt::format(fmt::runtime(tr("{} samples of {} topics, {} held out", "주제 {1}개의 표본 {0}개, 평가용 {2}개")),
                    grouped(a.facts.value("samples", uint64_t{0})), grouped(a.facts.value("topics", uint64_t{0})),
                    grouped(a.facts.value("held_out", uint64_t{0})));
    if (a.facts.contains("held_out_documents"))
      summary += fmt::format(fmt::runtime(tr("; held-out documents: {}", ", 평가용 문서 {}개")),
                             grouped(a.facts.at("held_out_documents").get<uint64_t>()));
    return summary;
  }

  void record(const Artefact& a, ledger::Ledger& ledger) const override {
    record_samples(a.folder / "samples", data::read_held_out(held_out_documents(a.folder)), a.key, ledger);
  }

 private:
  generate::Options options_;
  std::string place_, held_out_place_;
};

}  // namespace

std::unique_ptr<Step> make_generate_step(const Config& recipe, const RecipeFile&) {
  return std::make_unique<GenerateStep>(recipe);
}

}  // namespace moru::pipeline
