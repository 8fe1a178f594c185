// train: a model of K-EXAONE's architecture, pretrained on the corpus, then supervised on the samples.
#include "train/train.h"

#include "core/file.h"
#include "core/language.h"
#include "model/model_files.h"
#include "pipeline/base_model.h"
#include "pipeline/record_data.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"

namespace moru::pipeline {
namespace {

class TrainStep : public Step {
 public:
  explicit TrainStep(const Config& recipe)
      : options_(train::read_options(recipe.section("train"))), base_(read_base_model(recipe.section("train"))) {}

  std::string_view name() const override { return "train"; }
  int version() const override { return 1; }
  std::vector<std::string> inputs() const override { return {"curate", "generate", "tokenizer"}; }
  Json external(const fs::path&) const override {
    if (!base_) return Json::object();
    return {{"base", model::hash_of(base_->path)}};
  }
  Json parameters() const override {
    Json parameters = train::to_json(options_);
    // How often a checkpoint is written changes no weight.
    parameters.erase("checkpoint_steps");
    if (base_) {
      parameters["base"]["name"] = base_->name;
      parameters["base"]["licence"] = base_->licence.id;
      parameters["base"]["evidence"] = base_->licence.evidence;
    }
    return parameters;
  }
  std::string about() const override {
    if (base_)
      return fmt::format(fmt::runtime(options_.base.lora ? tr("train adapters on {} ({})", "{} 위에 어댑터 학습({})")
                                                         : tr("go on training {} ({})", "{} 이어서 학습({})")),
                         base_->name, base_->licence.id);
    return std::string(
        tr("pretrain on the corpus, then train on the samples", "말뭉치로 사전 학습한 뒤 표본으로 학습"));
  }

  void run(StepRun& run) const override {
    const train::Inputs inputs{run.input("tokenizer").folder / "tokenizer", run.input("curate").folder / "corpus",
                               run.input("generate").folder / "samples",
                               held_out_documents(run.input("generate").folder)};
    make_directories(run.work);
    const train::Report report = train::train(inputs, options_, run.work, run.out / "model", run.progress);
    // What was trained on, token by token, is kept with the artefact but does not travel with the model.
    fs::rename(run.out / "model" / "training", run.out / "training");
    if (fs::exists(run.out / "model" / "adapter")) fs::rename(run.out / "model" / "adapter", run.out / "adapter");
    run.facts = report.facts;
    if (base_) run.facts["base"] = base_facts(*base_);
    run.facts["steps"] = report.steps;
    run.facts["tokens"] = report.tokens;
    run.facts["parameters"] = report.parameters;
    run.facts["active_parameters"] = report.active_parameters;
    run.facts["pretrain_loss"] = report.pretrain_loss;
    run.facts["supervise_loss"] = report.supervise_loss;
    run.measured = {{"seconds", report.seconds},
                    {"tokens_per_second", report.tokens_per_second},
                    {"flops_per_second", report.flops_per_second},
                    {"peak_flops_per_second", report.peak_flops_per_second}};
  }

  std::string summary(const Artefact& a) const override {
    const Json measured = a.made.value("measured", Json::object());
    const double peak = measured.value("peak_flops_per_second", 0.0);
    return fmt::format(fmt::runtime(tr("{} parameters ({} active), {} steps, {} tokens, loss {:.3f} then {:.3f}, {} "
                                       "tokens/s, {:.0f} % of the matrix peak",
                                       "매개변수 {}개 (활성 {}개), {}단계, {}토큰, 손실 {:.3f} 다음 {:.3f}, 초당 "
                                       "{}토큰, 행렬 연산 최고치의 {:.0f} %")),
                       grouped(a.facts.value("parameters", uint64_t{0})),
                       grouped(a.facts.value("active_parameters", uint64_t{0})),
                       grouped(a.facts.value("steps", uint64_t{0})), grouped(a.facts.value("tokens", uint64_t{0})),
                       a.facts.value("pretrain_loss", 0.0), a.facts.value("supervise_loss", 0.0),
                       grouped(static_cast<uint64_t>(measured.value("tokens_per_second", 0.0))),
                       peak > 0 ? 100 * measured.value("flops_per_second", 0.0) / peak : 0.0);
  }

  void record(const Artefact& a, ledger::Ledger& ledger) const override {
    record_taught(a.key, ledger);
    if (!a.facts.contains("base")) return;
    const std::string base = ledger.put(base_source(a.facts.at("base")));
    ledger.put(ledger::Edge{a.key, base, std::string(kBase), {}});
  }

 private:
  train::Options options_;
  std::optional<BaseModel> base_;
};

}  // namespace

std::unique_ptr<Step> make_train_step(const Config& recipe, const RecipeFile&) {
  return std::make_unique<TrainStep>(recipe);
}

}  // namespace moru::pipeline
