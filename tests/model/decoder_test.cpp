#include "model/decoder.h"

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "model/checkpoint.h"
#include "model/small_config.h"
#include "tensor/gradient_check.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;

struct Tokens {
  std::vector<int32_t> tokens, positions, starts = {0};
  void add(int count, uint64_t seed, int vocabulary) {
    Random random(seed);
    for (int i = 0; i < count; ++i) {
      tokens.push_back(static_cast<int32_t>(random.below(static_cast<uint64_t>(vocabulary))));
      positions.push_back(i);
    }
    starts.push_back(static_cast<int32_t>(tokens.size()));
  }
  Batch batch() const { return {tokens, positions, starts, nullptr, {}}; }
};

/// Next-token loss of all sequences, with the MTP module's part if there is one: two steps ahead by the same layer.
class Loss {
 public:
  Loss(const DecoderModel& model, const Tokens& tokens)
      : model_(model), tokens_(tokens), next_(tokens.tokens.begin() + 1, tokens.tokens.end()) {
    next_.push_back(0);
  }
  double operator()(tensor::Tape* tape) const {
    const std::vector<float> weights(next_.size(), 1.0F);
    const tensor::Variable normed = model_.final_norm(tape, model_.hidden(tape, tokens_.batch()));
    double loss = model_.loss(tape, normed, next_, weights);
    if (model_.config().mtp_layers == 0) return loss;
    tensor::Variable mtp = normed;
    for (int step = 0; step < std::min(2, model_.config().mtp_steps); ++step) {
      mtp = model_.mtp_hidden(tape, mtp, next_, tokens_.batch());
      loss += model_.loss(tape, mtp, next_, weights);
    }
    return loss;
  }

 private:
  const DecoderModel& model_;
  const Tokens& tokens_;
  std::vector<int32_t> next_;  // the tape reads the ids on its way back
};

class Decoder : public ::testing::TestWithParam<const char*> {
 protected:
  const ModelConfig config = config_named(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Families, Decoder, ::testing::ValuesIn(kConfigNames),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(Decoder, TheWholeModelsGradientAgreesWithFiniteDifferences) {
  DecoderModel model(config, DType::f32);
  model.initialise(3);
  // A choice of experts is a step, which differences must not cross: biases far apart fix it, to other experts in each
  // layer.
  const auto chosen = [&](int layer, int expert) {  // of four, two: of one group if there are groups
    return config.groups > 1 ? expert / 2 == layer % 2 : expert == layer % 4 || expert == (layer + 1) % 4;
  };
  for (size_t i = 0; i < model.layers().size(); ++i)
    if (model.layers()[i].router_bias.value)
      for (int e = 0; e < 4; ++e)
        model.layers()[i].router_bias.value.data<float>()[e] = chosen(static_cast<int>(i), e) ? 2.0F : 0.0F;
  Tokens t;
  t.add(13, 1, 61);
  t.add(5, 2, 61);
  for (const Part& part : model.parts()) {
    if (part.kind == Part::Kind::bias) continue;
    part.parameter->gradient = Tensor::empty_like(part.parameter->value);
    part.parameter->gradient.clear();
  }
  const Loss loss(model, t);
  tensor::Tape tape;
  loss(&tape);
  tape.backward();
  for (const Part& part : model.parts()) {
    if (part.kind == Part::Kind::bias) continue;
    const Tensor gradient = part.parameter->gradient.sum().slice(part.begin, part.end);
    if (part.expert >= 0 && std::ranges::all_of(gradient.span<float>(), [](float g) { return g == 0; })) {
      EXPECT_FALSE(chosen(part.layer, part.expert)) << part.name << " was chosen and has no gradient";
      continue;  // an expert that no token was sent to
    }
    tensor::expect_gradient(
        part.parameter->value.slice(part.begin, part.end), gradient, [&] { return loss(nullptr); }, part.name.c_str(),
        5e-2, 2e-3, 1, 0);
  }
}

TEST_P(Decoder, ChunksWithACacheGiveTheLogitsOfOnePass) {
  DecoderModel model(config, DType::f32);
  model.initialise(5);
  Tokens whole;
  whole.add(60, 7, config.vocabulary);  // well past the windows
  std::vector<int32_t> all_rows(60);
  for (int i = 0; i < 60; ++i) all_rows[static_cast<size_t>(i)] = i;
  std::vector<float> expected(60 * 61), got;
  model.logits(whole.batch(), all_rows, expected);

  const auto cache = model.make_cache(3, 64);
  size_t done = 0;
  for (const size_t chunk : {1U, 9U, 2U, 16U, 1U, 1U, 30U}) {
    const std::span<const int32_t> tokens = std::span(whole.tokens).subspan(done, chunk),
                                   positions = std::span(whole.positions).subspan(done, chunk);
    const std::vector<int32_t> starts = {0, static_cast<int32_t>(chunk)}, slots = {2};
    std::vector<int32_t> rows(chunk);
    for (size_t i = 0; i < chunk; ++i) rows[i] = static_cast<int32_t>(i);
    std::vector<float> part(chunk * 61);
    model.logits({tokens, positions, starts, cache.get(), slots}, rows, part);
    got.insert(got.end(), part.begin(), part.end());
    done += chunk;
  }
  EXPECT_EQ(cache->length(2), 60U);
  for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 1e-4) << i;
}

TEST_P(Decoder, ASequenceDoesNotSeeItsNeighboursInTheBatch) {
  DecoderModel model(config, DType::f32);
  model.initialise(5);
  Tokens alone, packed;
  alone.add(12, 3, config.vocabulary);
  packed.add(9, 4, config.vocabulary);
  packed.add(12, 3, config.vocabulary);
  std::vector<float> a(61), b(61);
  model.logits(alone.batch(), std::vector<int32_t>{11}, a);
  model.logits(packed.batch(), std::vector<int32_t>{20}, b);
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-5);
}

TEST_P(Decoder, SavedAndLoadedItIsTheSame) {
  DecoderModel model(config, DType::bf16);
  model.initialise(9);
  const TemporaryDirectory folder;
  save_model(model, folder.path());
  DecoderModel again(load_config(folder.path()), DType::bf16);
  again.load_weights(folder.path());
  Tokens t;
  t.add(20, 3, config.vocabulary);
  std::vector<float> a(61), b(61);
  model.logits(t.batch(), std::vector<int32_t>{19}, a);
  again.logits(t.batch(), std::vector<int32_t>{19}, b);
  EXPECT_EQ(a, b);
  EXPECT_EQ(to_json(load_config(folder.path())), to_json(config));
}

TEST_P(Decoder, ItsTensorsAreThoseThatTheConfigurationCounts) {
  DecoderModel model(config, DType::f32);
  const std::vector<NamedSpec> specs = named_tensors(config);
  const std::vector<Part> parts = model.parts();
  ASSERT_EQ(specs.size(), parts.size());
  uint64_t count = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Tensor value = parts[i].parameter->value.slice(parts[i].begin, parts[i].end);
    EXPECT_EQ(specs[i].name, parts[i].name);
    EXPECT_EQ(specs[i].spec.elements(), static_cast<uint64_t>(value.size())) << parts[i].name;
    EXPECT_EQ(specs[i].spec.rows == 0 ? 1 : 2, value.dimensions()) << parts[i].name;
    count += static_cast<uint64_t>(value.size());
  }
  EXPECT_EQ(count, config.parameters());
  EXPECT_EQ(tensor_totals(config).tensors, parts.size());
}

TEST(DecoderRules, WhatALayerDoesShowsInTheLogits) {
  // Each switch of a configuration, turned the other way, gives other logits: none is read and forgotten.
  const auto last = [](const ModelConfig& c) {
    DecoderModel model(c, DType::f32);
    model.initialise(5);
    Tokens t;
    t.add(30, 3, c.vocabulary);
    std::vector<float> out(61);
    model.logits(t.batch(), std::vector<int32_t>{29}, out);
    return out;
  };
  const auto changes = [&](std::string_view name, const auto& change) {
    ModelConfig c = config_named(name);
    const std::vector<float> before = last(c);
    change(c);
    return before != last(c);
  };
  EXPECT_TRUE(changes("gemma3_text", [](ModelConfig& c) { c.embedding_scale = 1; }));
  EXPECT_TRUE(changes("gemma3_text", [](ModelConfig& c) { c.attention_scalar = 0; }));
  EXPECT_TRUE(changes("gemma3_text", [](ModelConfig& c) { c.logit_cap = 0; }));
  EXPECT_TRUE(changes("gemma3_text", [](ModelConfig& c) { c.activation = Activation::silu; }));
  EXPECT_TRUE(changes("gemma3_text", [](ModelConfig& c) { c.local_rope.reset(); }));
  EXPECT_TRUE(changes("gemma3_text", [](ModelConfig& c) { c.rope.scaling = Rope::Scaling::none; }));
  EXPECT_TRUE(changes("exaone4", [](ModelConfig& c) { c.norms = NormPlacement::pre; }));
  EXPECT_TRUE(changes("exaone4", [](ModelConfig& c) { c.rope.scaling = Rope::Scaling::none; }));
  EXPECT_TRUE(changes("exaone4", [](ModelConfig& c) { c.full_layers_rotate = true; }));
  EXPECT_TRUE(changes("exaone4", [](ModelConfig& c) { c.sliding_window = 9; }));
  EXPECT_TRUE(changes("second", [](ModelConfig& c) { c.swiglu_limits.clear(); }));
  EXPECT_TRUE(changes("second", [](ModelConfig& c) { c.sliding_windows.clear(); }));
  EXPECT_TRUE(changes("qwen3_moe", [](ModelConfig& c) { c.router_scores = RouterScores::sigmoid; }));
  EXPECT_TRUE(changes("qwen3_moe", [](ModelConfig& c) { c.normalise_top = false; }));
}

}  // namespace
}  // namespace moru::model
