#include "model/exaone_moe.h"

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

/// Next-token loss of all sequences, with the MTP module's part.
double loss_of(const ExaoneMoe& model, const Tokens& t, tensor::Tape* tape) {
  const std::vector<float> weights(t.tokens.size(), 1.0F);
  std::vector<int32_t> next(t.tokens.begin() + 1, t.tokens.end());
  next.push_back(0);
  static std::vector<int32_t> kept;  // the tape reads the ids on its way back
  kept = next;
  const tensor::Variable normed = model.final_norm(tape, model.hidden(tape, t.batch()));
  double loss = tensor::linear_cross_entropy(tape, normed, model.head(), kept, weights);
  const tensor::Variable mtp = model.mtp_hidden(tape, normed, kept, t.batch());
  loss += tensor::linear_cross_entropy(tape, mtp, model.head(), kept, weights);
  return loss;
}

TEST(ExaoneMoe, TheWholeModelsGradientAgreesWithFiniteDifferences) {
  ExaoneMoe model(small_config(), DType::f32);
  model.initialise(3);
  // A choice of experts is a step, which differences must not cross: biases far apart fix it, to other experts in each
  // layer.
  for (size_t i = 0; i < model.layers().size(); ++i)
    if (model.layers()[i].sparse)
      for (size_t e = 0; e < 4; ++e)
        model.layers()[i].router_bias.value.data<float>()[e] = e == i % 4 || e == (i + 1) % 4 ? 2.0F : 0.0F;
  Tokens t;
  t.add(13, 1, 61);
  t.add(5, 2, 61);
  for (const Part& part : model.parts()) {
    if (part.kind == Part::Kind::bias) continue;
    part.parameter->gradient = Tensor::empty_like(part.parameter->value);
    part.parameter->gradient.fill_zero();
  }
  tensor::Tape tape;
  loss_of(model, t, &tape);
  tape.backward();
  int idle = 0;
  for (const Part& part : model.parts()) {
    if (part.kind == Part::Kind::bias) continue;
    const Tensor gradient = part.parameter->gradient.slice(part.begin, part.end);
    if (part.name.find(".experts.") != std::string::npos &&
        std::ranges::all_of(gradient.span<float>(), [](float g) { return g == 0; })) {
      ++idle;  // an expert that no token was sent to
      continue;
    }
    tensor::expect_gradient(
        part.parameter->value.slice(part.begin, part.end), gradient, [&] { return loss_of(model, t, nullptr); },
        part.name.c_str(), 5e-2, 2e-3, 1, 2);
  }
  EXPECT_EQ(idle, 3 * 2 * 3) << "two idle experts of three matrices in each of three layers";
}

TEST(ExaoneMoe, ChunksWithACacheGiveTheLogitsOfOnePass) {
  const ModelConfig config = small_config();
  ExaoneMoe model(config, DType::f32);
  model.initialise(5);
  Tokens whole;
  whole.add(40, 7, config.vocabulary);  // well past the window of 8
  std::vector<int32_t> all_rows(40);
  for (int i = 0; i < 40; ++i) all_rows[static_cast<size_t>(i)] = i;
  std::vector<float> expected(40 * 61), got;
  model.logits(whole.batch(), all_rows, expected);

  const auto cache = model.make_cache(3, 64);
  size_t done = 0;
  for (const size_t chunk : {1U, 9U, 2U, 16U, 1U, 1U, 10U}) {
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
  EXPECT_EQ(cache->length(2), 40U);
  for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 1e-4) << i;
}

TEST(ExaoneMoe, ASequenceDoesNotSeeItsNeighboursInTheBatch) {
  const ModelConfig config = small_config();
  ExaoneMoe model(config, DType::f32);
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

TEST(ExaoneMoe, SavedAndLoadedItIsTheSame) {
  const ModelConfig config = small_config();
  ExaoneMoe model(config, DType::bf16);
  model.initialise(9);
  const TemporaryDirectory folder;
  save_model(model, folder.path());
  ExaoneMoe again(load_config(folder.path()), DType::bf16);
  again.load_weights(folder.path());
  Tokens t;
  t.add(20, 3, config.vocabulary);
  std::vector<float> a(61), b(61);
  model.logits(t.batch(), std::vector<int32_t>{19}, a);
  again.logits(t.batch(), std::vector<int32_t>{19}, b);
  EXPECT_EQ(a, b);
  EXPECT_EQ(to_json(load_config(folder.path())), to_json(config));
}

TEST(ExaoneMoe, CountsItsParameters) {
  ExaoneMoe model(small_config(), DType::f32);
  uint64_t count = 0;
  for (const Part& part : model.parts())
    count += static_cast<uint64_t>(part.parameter->value.slice(part.begin, part.end).size());
  EXPECT_EQ(count, small_config().parameters());
}

}  // namespace
}  // namespace moru::model
