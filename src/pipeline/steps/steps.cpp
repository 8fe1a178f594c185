#include "pipeline/steps/steps.h"

namespace moru::pipeline {
namespace {

// In the order in which they run.
constexpr MakeStep kSteps[] = {
    make_collect_step, make_curate_step,   make_generate_step, make_tokenizer_step,
    make_train_step,   make_optimize_step, make_evaluate_step, make_package_step,
};

}  // namespace

std::span<const MakeStep> all_steps() {
  return kSteps;
}

}  // namespace moru::pipeline
