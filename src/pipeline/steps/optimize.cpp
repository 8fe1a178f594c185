// optimize: weights of 8 or 4 bits in groups, compared with the weights before.
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "optimize/quantize.h"
#include "pipeline/record_data.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"
#include "train/train.h"

namespace moru::pipeline {
namespace {

class OptimizeStep : public Step {
 public:
  explicit OptimizeStep(const Config& recipe) : options_(optimize::read_options(recipe.section("optimize"))) {
    // Told before hours of training, not after.
    const model::ModelConfig model = train::read_options(recipe.section("train")).model;
    for (const auto& [key, row] :
         {std::pair("hidden", model.hidden), std::pair("heads x head_dim", model.heads * model.head_dim),
          std::pair("intermediate", model.intermediate), std::pair("moe_intermediate", model.moe_intermediate)})
      if (optimize::group_for(row, options_.weights.group) == 0)
        throw Error(
            recipe.section("optimize").place("group"),
            fmt::format(fmt::runtime(tr("no group of {} weights or fewer, in steps of 8, divides the model's {} ({})",
                                        "{}개 이하의 8의 배수로는 모델의 {}({})을(를) 나눌 수 없습니다")),
                        options_.weights.group, key, row),
            std::string(
                tr("choose sizes in train.model that are multiples of 8", "train.model의 크기를 8의 배수로 고르세요")));
  }

  std::string_view name() const override { return "optimize"; }
  int version() const override { return 2; }
  std::vector<std::string> inputs() const override { return {"train", "generate"}; }
  Json parameters() const override { return optimize::to_json(options_); }
  std::string about() const override {
    return fmt::format(fmt::runtime(tr("quantize to {} bits in groups of {}, and measure what it costs",
                                       "{}비트, {}개씩 묶어 양자화하고 손실 재기")),
                       options_.weights.bits, options_.weights.group);
  }

  void run(StepRun& run) const override {
    const optimize::Report report =
        optimize::quantize(run.input("train").folder / "model",
                           optimize::texts_of_samples(run.input("generate").folder / "samples", options_), options_,
                           run.out / "model", run.progress);
    // Which samples calibrated stays with the artefact: through them every weight leads back to documents.
    write_file_atomic(run.out / "quantization.json",
                      dump_json(optimize::report_json(report, options_, true), 2) + "\n");
    const optimize::Comparison& c = report.comparison;
    run.facts = optimize::report_json(report, options_, false);
    run.facts["bits"] = options_.weights.bits;
    run.facts["group"] = options_.weights.group;
    run.facts["tokens"] = c.tokens;
    run.facts["mean_kl"] = c.mean_kl.value;
    run.facts["p99_kl"] = c.p99_kl.value;
    run.facts["same_top"] = c.same_top.value;
    run.facts["perplexity_ratio"] = c.perplexity_ratio.value;
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(fmt::runtime(tr("{} -> {}, mean KL divergence {:.2e} nats, same next token {:.2f} %",
                                       "{} -> {}, 평균 KL 발산 {:.2e} nat, 같은 다음 토큰 {:.2f} %")),
                       bytes_text(a.facts.value("bytes_before", uint64_t{0})),
                       bytes_text(a.facts.value("bytes_after", uint64_t{0})), a.facts.value("mean_kl", 0.0),
                       100 * a.facts.value("same_top", 0.0));
  }

  void record(const Artefact& a, ledger::Ledger& ledger) const override { record_taught(a.key, ledger); }

 private:
  optimize::Options options_;
};

}  // namespace

std::unique_ptr<Step> make_optimize_step(const Config& recipe, const RecipeFile&) {
  return std::make_unique<OptimizeStep>(recipe);
}

}  // namespace moru::pipeline
