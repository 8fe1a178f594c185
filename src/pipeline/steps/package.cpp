// package: the model card, the evaluation report and the bill of materials that go with the weights.
#include "core/file.h"
#include "core/language.h"
#include "core/version.h"
#include "evaluate/evaluate.h"
#include "ledger/bom.h"
#include "pipeline/evaluation.h"
#include "pipeline/machine.h"
#include "pipeline/model_card.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"
#include "train/train.h"

namespace moru::pipeline {
namespace {

class PackageStep : public Step {
 public:
  PackageStep(const Config& recipe, const RecipeFile& file) : file_(file) {
    // Who keeps the adapter apart wants it: quantizing merges it.
    const bool apart = !train::read_options(recipe.section("train")).base.merge;
    weights_ = recipe.section("output").choice("weights", apart ? "trained" : "quantized", {"quantized", "trained"});
  }

  std::string_view name() const override { return "package"; }
  int version() const override { return 2; }
  std::vector<std::string> inputs() const override {
    return {"collect", "curate", "generate", "tokenizer", "train", "optimize", "evaluate"};
  }
  Json parameters() const override {
    // All that the bill of materials names beside the inputs. The language is that of the model card.
    return {{"name", file_.name},
            {"weights", weights_},
            {"recipe_sha256", file_.sha256},
            {"code", version_text()},
            {"machine", machine()},
            {"language", ui_language() == UiLanguage::korean ? "ko" : "en"}};
  }
  std::string about() const override {
    return std::string(tr("write the model card and the bill of materials", "모델 카드와 자재 명세서 쓰기"));
  }

  void run(StepRun& run) const override {
    const Artefact& weights = run.input(weights_ == "quantized" ? "optimize" : "train");
    const fs::path out = run.out / "files";
    make_directories(out);
    Json bom = describe(run, weights);
    const fs::path evaluation = run.input("evaluate").folder / "evaluation.json";
    write_file_atomic(out / "evaluation.json", read_file(evaluation));
    write_file_atomic(out / "evaluation.md",
                      evaluate::report_markdown(report_from_facts(read_json_file(evaluation), evaluation.string())));
    write_file_atomic(out / "README.md", model_card(file_.name, bom, run.inputs));
    Json files = ledger::files_json(weights.folder / "model");
    files.update(ledger::files_json(out));
    bom["model"] = {{"name", file_.name}, {"id", ledger::model_id(files)}};
    bom["files"] = std::move(files);
    write_file_atomic(out / "bom.json", dump_json(bom, 1) + "\n");
    run.facts = {{"model_id", bom["model"]["id"]},
                 {"weights", weights.identity.step},
                 {"sources", bom["sources"]["count"]},
                 {"licences", bom["sources"]["licences"]}};
  }

  std::string summary(const Artefact& a) const override {
    std::vector<std::string> licences;
    for (const auto& [licence, count] : a.facts.at("licences").items())
      licences.push_back(fmt::format("{} {}", licence, grouped(count.get<uint64_t>())));
    return fmt::format(fmt::runtime(tr("made of {} files: {}", "파일 {}개로 만듦: {}")),
                       grouped(a.facts.value("sources", uint64_t{0})), fmt::join(licences, ", "));
  }

 private:
  static std::string version_text() { return std::string(moru::version()); }

  Json describe(const StepRun& run, const Artefact& weights) const {
    Json steps = Json::array(), seeds = Json::object();
    for (const std::string& name : inputs()) {
      const Artefact& a = run.input(name);
      steps.push_back({{"step", name},
                       {"version", a.identity.version},
                       {"artefact", a.key},
                       {"content", a.content},
                       {"parameters", a.identity.parameters}});
      if (a.identity.parameters.contains("seed")) seeds[name] = a.identity.parameters["seed"];
    }
    const Json &collect = run.input("collect").facts, &curate = run.input("curate").facts,
               &generate = run.input("generate").facts, &train = run.input("train").facts;
    return {{"schema", ledger::kBomSchema},
            {"base", train.contains("base") ? train.at("base") : Json()},  // null: trained from scratch
            {"weights", weights_},
            {"code", {{"name", "moru"}, {"version", version_text()}}},
            {"recipe", {{"name", file_.name}, {"sha256", file_.sha256}}},
            {"machine", machine()},
            {"seeds", std::move(seeds)},
            {"steps", std::move(steps)},
            {"sources", ledger::sources_json(run.ledger.sources_of(weights.key))},
            {"documents",
             {{"collected", collect.value("documents", 0)},
              {"set_aside", collect.value("set_aside", 0)},
              {"kept", curate.value("documents", 0)},
              {"held_out", generate.value("held_out_documents", 0)}}},
            {"decisions", curate.at("funnel")},
            {"synthetic",
             {{"teacher", nullptr},
              {"generators", generate.value("topics_by_generator", Json::object())},
              {"samples", generate.value("samples", 0)},
              {"topics", generate.value("topics", 0)},
              {"held_out", generate.value("held_out", 0)}}},
            {"training", train},
            {"quantization", run.input("optimize").facts},
            {"evaluation", evaluation_of(run.input("evaluate").facts, run.ledger.held_out_sources_of(weights.key))}};
  }

  /// `held_out`: the files that the model was made without, and that are asked about.
  static Json evaluation_of(const Json& facts, const std::vector<ledger::Source>& held_out) {
    Json json = {{"scores", facts.at("scores")}, {"comparisons", facts.at("comparisons")}};
    for (const char* key : {"texts", "text_comparisons", "text_sources"})
      if (facts.contains(key)) json[key] = facts.at(key);
    if (!held_out.empty()) json["held_out_sources"] = ledger::sources_json(held_out);
    return json;
  }

  RecipeFile file_;
  std::string weights_;
};

}  // namespace

std::unique_ptr<Step> make_package_step(const Config& recipe, const RecipeFile& file) {
  return std::make_unique<PackageStep>(recipe, file);
}

}  // namespace moru::pipeline
