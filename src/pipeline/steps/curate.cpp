// curate: documents to a corpus; what was dropped or changed is kept aside.
#include "curate/curate.h"

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "curate/options.h"
#include "curate/report_page.h"
#include "pipeline/record_data.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"

namespace moru::pipeline {
namespace {

class CurateStep : public Step {
 public:
  explicit CurateStep(const Config& recipe)
      : options_(recipe.section("curate")),
        // It decides nothing but how much lies on disk meanwhile: no part of the parameters.
        memory_(static_cast<uint64_t>(recipe.section("curate").integer("memory", 0))),
        place_(recipe.place("curate")) {}

  std::string_view name() const override { return "curate"; }
  int version() const override { return 3; }
  std::vector<std::string> inputs() const override { return {"collect"}; }
  Json parameters() const override { return options_.to_json(); }
  std::string about() const override {
    return std::string(
        tr("clean and deduplicate the documents, mask personal data", "문서 정제, 중복 제거, 개인정보 가리기"));
  }

  void run(StepRun& run) const override {
    const data::DatasetReader documents(run.input("collect").folder / "documents", data::kDocumentSchema);
    data::DatasetWriter kept(run.out / "corpus", std::string(data::kDocumentSchema));
    data::DatasetWriter decisions(run.out / "decisions", std::string(data::kDecisionSchema));
    make_directories(run.work);
    const curate::Report report =
        curate::curate(documents, options_, kept, decisions, run.progress, {run.work, memory_});
    if (kept.count() == 0)
      throw Error(place_,
                  std::string(tr("curating left no document", "정제하고 나니 남은 문서가 없습니다")) + "\n" +
                      curate::funnel_text(report.funnel),
                  std::string(tr("look at the rule that took them (above) and loosen its limit, or collect more",
                                 "위에서 문서를 걸러 낸 규칙을 찾아 한계를 늦추거나 더 모으세요")));
    // One page that can be sent to whoever answers for the corpus.
    write_file_atomic(run.out / "report.html",
                      curate::report_page(report, data::DatasetReader(run.out / "decisions", data::kDecisionSchema)));
    run.facts = report.facts;
    run.facts["documents"] = kept.count();
    run.facts["documents_in"] = documents.count();
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(fmt::runtime(tr("{} of {} documents kept", "문서 {1}개 중 {0}개 남김")),
                       grouped(a.facts.value("documents", uint64_t{0})),
                       grouped(a.facts.value("documents_in", uint64_t{0})));
  }

  std::string report(const Artefact& a) const override {
    std::vector<curate::FunnelRow> rows;
    for (const Json& row : a.facts.at("funnel")) {
      curate::FunnelRow& r = rows.emplace_back();
      row.at("rule").get_to(r.rule);
      row.at("in").get_to(r.in);
      row.at("dropped").get_to(r.dropped);
      row.at("changed").get_to(r.changed);
      row.at("out").get_to(r.out);
      // The limit is said in the reader's language; the artefact has none.
      for (const auto& entry : options_.rules().entries)
        if (entry.name == r.rule) r.limit = entry.rule->limit();
    }
    return curate::funnel_text(rows) + fmt::format("{}: {}\n",
                                                   tr("The whole report, for a browser", "브라우저로 보는 전체 보고서"),
                                                   (a.folder / "report.html").string());
  }

  void record(const Artefact& a, ledger::Ledger& ledger) const override {
    record_documents(a.folder / "corpus", a.key, ledger);
    record_decisions(a.folder / "decisions", a.key, ledger);
  }

 private:
  curate::Options options_;
  uint64_t memory_;
  std::string place_;
};

}  // namespace

std::unique_ptr<Step> make_curate_step(const Config& recipe, const RecipeFile&) {
  return std::make_unique<CurateStep>(recipe);
}

}  // namespace moru::pipeline
