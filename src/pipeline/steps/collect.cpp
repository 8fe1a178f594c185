// collect: files to documents.
#include "collect/collect.h"

#include "collect/extractor.h"
#include "core/file.h"
#include "core/language.h"
#include "pipeline/record_data.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"

namespace moru::pipeline {
namespace {

class CollectStep : public Step {
 public:
  CollectStep(const Config& recipe, const RecipeFile& file) : options_(collect::read_options(recipe, file.folder)) {}

  std::string_view name() const override { return "collect"; }
  int version() const override { return 1; }
  Json parameters() const override {
    Json parameters = collect::to_json(options_);
    for (const collect::Extractor& extractor : collect::extractors())
      parameters["extractors"][std::string(extractor.name)] = extractor.version;
    return parameters;
  }
  Json external() const override { return {{"files", collect::input_hash(options_)}}; }

  std::string about() const override {
    std::vector<std::string> folders;
    for (const auto& source : options_.sources) folders.push_back(source.folder.string());
    return fmt::format(fmt::runtime(tr("read the files in {}", "{}의 파일 읽기")), fmt::join(folders, ", "));
  }

  void run(StepRun& run) const override {
    data::DatasetWriter documents(run.out / "documents", std::string(data::kDocumentSchema));
    data::DatasetWriter set_aside(run.out / "set_aside", std::string(data::kDecisionSchema));
    const collect::Report report = collect::collect(options_, documents, set_aside, run.progress);
    run.facts = report.facts;
    run.facts["files"] = report.files;
    run.facts["documents"] = report.documents;
    run.facts["set_aside"] = report.set_aside;
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(
        fmt::runtime(tr("{} documents from {} files, {} set aside", "파일 {1}개에서 문서 {0}개, 제쳐 둔 것 {2}개")),
        grouped(a.facts.value("documents", uint64_t{0})), grouped(a.facts.value("files", uint64_t{0})),
        grouped(a.facts.value("set_aside", uint64_t{0})));
  }

  void record(const Artefact& a, ledger::Ledger& ledger) const override {
    record_documents(a.folder / "documents", a.key, ledger);
    record_decisions(a.folder / "set_aside", a.key, ledger);
  }

 private:
  collect::Options options_;
};

}  // namespace

std::unique_ptr<Step> make_collect_step(const Config& recipe, const RecipeFile& file) {
  return std::make_unique<CollectStep>(recipe, file);
}

}  // namespace moru::pipeline
