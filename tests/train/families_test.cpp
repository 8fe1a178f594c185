// Every family learns: the optimizer moves all its weights, tied or not, with or without experts and biases.
#include <gtest/gtest.h>

#include <numeric>

#include "core/random.h"
#include "model/small_config.h"
#include "train/optimizer.h"

namespace moru::train {
namespace {

class FamilyTraining : public ::testing::TestWithParam<const char*> {};

TEST_P(FamilyTraining, TheLossOfAFixedBatchFallsAndEveryWeightMoves) {
  model::ModelConfig config = model::config_named(GetParam());
  config.initializer_range = 0.05;
  for (const bool muon : {false, true}) {
    model::DecoderModel model(config, tensor::DType::bf16);
    model.initialise(1);
    std::vector<tensor::Tensor> before;
    for (const model::Part& part : model.parts()) before.push_back(part.parameter->value.clone());
    Optimizer optimizer(model, {muon, 0.0, 1.0});
    Random random(2);
    std::vector<int32_t> tokens(48), positions(48), targets(48);
    const std::vector<int32_t> starts = {0, 20, 48};
    for (size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = static_cast<int32_t>(random.below(61));
      targets[i] = static_cast<int32_t>(random.below(61));
      positions[i] = static_cast<int32_t>(i < 20 ? i : i - 20);
    }
    const std::vector<float> weights(tokens.size(), 1.0F);
    double first = 0, last = 0;
    for (int step = 0; step < 30; ++step) {
      optimizer.clear_gradients();
      tensor::Tape tape;
      const model::Batch batch{tokens, positions, starts, nullptr, {}};
      const tensor::Variable normed = model.final_norm(&tape, model.hidden(&tape, batch));
      last = model.loss(&tape, normed, targets, weights);
      if (config.mtp_layers > 0) model.loss(&tape, model.mtp_hidden(&tape, normed, targets, batch), targets, weights);
      tape.backward();
      optimizer.step(0.02, 1.0 / static_cast<double>(tokens.size()));
      if (step == 0) first = last;
    }
    EXPECT_LT(last, 0.7 * first) << (muon ? "muon" : "adamw");
    size_t i = 0;
    for (const model::Part& part : model.parts()) {
      const tensor::Tensor now = part.parameter->value, was = before[i++];
      if (part.kind == model::Part::Kind::bias || part.expert >= 0) continue;  // balance moves biases; idle experts
      EXPECT_NE(std::memcmp(now.raw(), was.raw(), now.bytes()), 0) << part.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FamilyTraining, ::testing::ValuesIn(model::kConfigNames),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace moru::train
