// optimize: int8 weights in groups, compared with the weights before.
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "optimize/quantize.h"
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
      if (row % options_.group != 0)
        throw Error(recipe.section("optimize").place("group"),
                    fmt::format(fmt::runtime(tr("groups of {} weights do not divide the model's {} ({})",
                                                "가중치 {}개씩의 묶음으로는 모델의 {}({})을(를) 나눌 수 없습니다")),
                                options_.group, key, row),
                    std::string(tr("choose a group, or sizes in train.model, that divide evenly",
                                   "나누어떨어지는 group이나 train.model 크기를 고르세요")));
  }

  std::string_view name() const override { return "optimize"; }
  int version() const override { return 1; }
  std::vector<std::string> inputs() const override { return {"train", "generate"}; }
  Json parameters() const override { return optimize::to_json(options_); }
  std::string about() const override {
    return fmt::format(fmt::runtime(tr("quantize to {} bits in groups of {}, and measure what it costs",
                                       "{}비트, {}개씩 묶어 양자화하고 손실 재기")),
                       options_.bits, options_.group);
  }

  void run(StepRun& run) const override {
    const optimize::Report report =
        optimize::quantize(run.input("train").folder / "model", run.input("generate").folder / "samples", options_,
                           run.out / "model", run.progress);
    run.facts = report.facts;
    run.facts["bytes_before"] = report.bytes_before;
    run.facts["bytes_after"] = report.bytes_after;
    run.facts["tokens"] = report.tokens;
    run.facts["mean_kl"] = report.mean_kl;
    run.facts["p99_kl"] = report.p99_kl;
    run.facts["same_top"] = report.same_top;
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(fmt::runtime(tr("{} -> {}, mean KL divergence {:.2e} nats, same next token {:.2f} %",
                                       "{} -> {}, 평균 KL 발산 {:.2e} nat, 같은 다음 토큰 {:.2f} %")),
                       bytes_text(a.facts.value("bytes_before", uint64_t{0})),
                       bytes_text(a.facts.value("bytes_after", uint64_t{0})), a.facts.value("mean_kl", 0.0),
                       100 * a.facts.value("same_top", 0.0));
  }

 private:
  optimize::Options options_;
};

}  // namespace

std::unique_ptr<Step> make_optimize_step(const Config& recipe, const RecipeFile&) {
  return std::make_unique<OptimizeStep>(recipe);
}

}  // namespace moru::pipeline
