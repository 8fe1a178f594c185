// collect: files to documents.
#include "collect/collect.h"

#include "collect/extractor.h"
#include "collect/origin.h"
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
  void prepare(const StepPreparation& p) override {
    files_hash_ = collect::gather(with_store(p.store), p.offline, p.progress);
  }
  Json external(const fs::path& store) const override {
    return {{"files", files_hash_.empty() ? collect::input_hash(with_store(store)) : files_hash_}};
  }

  std::string about() const override {
    std::vector<std::string> places;
    for (const collect::Source& source : options_.sources) places.push_back(collect::origin_of(source).about(source));
    return fmt::format(fmt::runtime(tr("read the files in {}", "{}의 파일 읽기")), fmt::join(places, ", "));
  }

  void run(StepRun& run) const override {
    data::DatasetWriter documents(run.out / "documents", std::string(data::kDocumentSchema));
    data::DatasetWriter set_aside(run.out / "set_aside", std::string(data::kDecisionSchema));
    const collect::Report report = collect::collect(with_store(run.store), documents, set_aside, run.progress);
    run.facts = report.facts;
    run.facts["files"] = report.files;
    run.facts["documents"] = report.documents;
    run.facts["set_aside"] = report.set_aside;
    const auto [known, read] = report.unchanged;
    run.measured = {{"unchanged", known}, {"read", read}};
    if (known > 0)
      run.progress.say(fmt::format(
          "      {}",
          fmt::format(fmt::runtime(tr("{} unchanged, {} read", "그대로 {}, 읽음 {}")), grouped(known), grouped(read))));
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
  collect::Options with_store(const fs::path& store) const {
    collect::Options options = options_;
    options.store = store / "collect";
    return options;
  }

  collect::Options options_;
  std::string files_hash_;  // known once prepare() has looked
};

}  // namespace

std::unique_ptr<Step> make_collect_step(const Config& recipe, const RecipeFile& file) {
  return std::make_unique<CollectStep>(recipe, file);
}

}  // namespace moru::pipeline
