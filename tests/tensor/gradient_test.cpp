// Every op's gradient against finite differences, in float.
#include "tensor/gradient_check.h"
#include "tensor/ops.h"

namespace moru::tensor {
namespace {

Parameter parameter(std::initializer_list<int64_t> shape, uint64_t seed, double scale = 0.5) {
  Parameter p;
  p.value = random_tensor(shape, seed, scale);
  p.gradient = Tensor::empty_like(p.value);
  p.gradient.clear();
  return p;
}

/// loss = sum of out * weights, with fixed random weights: its gradient by out is `weights`.
class Probe {
 public:
  double loss(const Tensor& out) {
    if (!weights_)
      weights_ = out.dimensions() == 1 ? random_tensor({out.dim(0)}, 5) : random_tensor({out.dim(0), out.dim(1)}, 5);
    double sum = 0;
    for (int64_t i = 0; i < out.size(); ++i)
      sum += static_cast<double>(out.data<float>()[i]) * weights_.data<float>()[i];
    return sum;
  }
  /// Runs the way back from `out`.
  void backward(Tape& tape, const Variable& out) {
    loss(out.value());
    out.add_gradient(weights_.clone());
    tape.backward();
  }

 private:
  Tensor weights_;
};

/// Runs `op` on inputs and checks the gradient of each input and parameter.
void expect_gradients(const std::function<Variable(Tape*, const std::vector<Variable>&)>& op,
                      const std::vector<Tensor>& inputs, const std::vector<Parameter*>& parameters, double step = 1e-2,
                      double tolerance = 2e-2) {
  Probe probe;
  Tape tape;
  std::vector<Variable> variables;
  for (const Tensor& t : inputs) variables.emplace_back(t);
  probe.backward(tape, op(&tape, variables));
  const auto loss = [&] {
    std::vector<Variable> fresh;
    for (const Tensor& t : inputs) fresh.emplace_back(t);
    return probe.loss(op(nullptr, fresh).value());
  };
  for (size_t i = 0; i < inputs.size(); ++i)
    expect_gradient(inputs[i], variables[i].gradient(), loss, fmt::format("input {}", i).c_str(), tolerance, step);
  for (size_t i = 0; i < parameters.size(); ++i)
    expect_gradient(parameters[i]->value, parameters[i]->gradient, loss, fmt::format("parameter {}", i).c_str(),
                    tolerance, step);
}

TEST(Gradient, Linear) {
  Parameter w = parameter({10, 24}, 1);
  expect_gradients([&](Tape* t, const auto& in) { return linear(t, in[0], w); }, {random_tensor({7, 24}, 2)}, {&w});
}

TEST(Gradient, RmsNorm) {
  Parameter w = parameter({37}, 1);  // not a multiple of any vector
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return rms_norm(t, in[0], w, {1e-5F, 0});
      },
      {random_tensor({50, 37}, 2)}, {&w});
}

TEST(Gradient, RmsNormWithAnOffset) {
  Parameter w = parameter({37}, 1);
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return rms_norm(t, in[0], w, {1e-5F, 1});
      },
      {random_tensor({50, 37}, 2)}, {&w});
}

TEST(Gradient, FrozenNormsPassTheGradientOn) {
  Parameter w = parameter({37}, 1), q = parameter({12}, 1), k = parameter({12}, 2);
  for (Parameter* p : {&w, &q, &k}) p->gradient = Tensor();
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return rms_norm(t, in[0], w, {1e-5F, 0});
      },
      {random_tensor({9, 37}, 2)}, {});
  const HeadLayout layout{4, 2, 12};
  const std::vector<int32_t> positions = {0, 1, 2};
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return norm_heads(t, in[0], layout, positions, q, k, {1e-5F, 0}, nullptr);
      },
      {random_tensor({3, layout.width()}, 3)}, {});
}

TEST(Gradient, Swiglu) {
  expect_gradients([](Tape* t, const auto& in) { return glu(t, in[0]); }, {random_tensor({9, 2 * 21}, 3)}, {});
}

TEST(Gradient, GeluGate) {
  const Gate gate{Gate::Kind::gelu_tanh, 0};
  expect_gradients([&](Tape* t, const auto& in) { return glu(t, in[0], gate); }, {random_tensor({9, 2 * 21}, 3)}, {});
}

TEST(Gradient, ClampedSwiglu) {
  // Values far from the limits on both sides: a difference must not cross the bend.
  for (const Gate::Kind kind : {Gate::Kind::silu, Gate::Kind::gelu_tanh}) {
    const Gate gate{kind, 0.8F};
    Tensor in = random_tensor({9, 2 * 21}, 3);
    for (float& x : in.span<float>())
      if (std::abs(std::abs(x) - gate.limit) < 0.1F) x *= 1.5F;
    expect_gradients([&](Tape* t, const auto& v) { return glu(t, v[0], gate); }, {in}, {});
  }
}

TEST(Gradient, AddAndAShareOfBothSides) {
  expect_gradients([](Tape* t, const auto& in) { return add(t, in[0], add(t, in[0], in[1])); },
                   {random_tensor({5, 18}, 1), random_tensor({5, 18}, 2)}, {});
}

TEST(Gradient, Concat) {
  expect_gradients([](Tape* t, const auto& in) { return concat(t, in[0], in[1]); },
                   {random_tensor({5, 6}, 1), random_tensor({5, 9}, 2)}, {});
}

TEST(Gradient, SelectRows) {
  const std::vector<int32_t> rows = {3, 0, 4};
  expect_gradients([&](Tape* t, const auto& in) { return select_rows(t, in[0], rows); }, {random_tensor({5, 6}, 1)},
                   {});
}

TEST(Gradient, Embedding) {
  Parameter table = parameter({11, 20}, 1);
  const std::vector<int32_t> ids = {3, 7, 3, 0, 10};
  expect_gradients([&](Tape* t, const auto&) { return embed(t, ids, table, DType::f32); }, {}, {&table});
}

TEST(Gradient, ScaledEmbedding) {
  Parameter table = parameter({11, 20}, 1);
  const std::vector<int32_t> ids = {3, 7, 3, 0, 10};
  expect_gradients([&](Tape* t, const auto&) { return embed(t, ids, table, DType::f32, 5.5F); }, {}, {&table});
}

class HeadsGradient : public ::testing::TestWithParam<bool> {};

TEST_P(HeadsGradient, NormAndRotation) {
  const HeadLayout layout{4, 2, 12};
  Parameter q = parameter({12}, 1), k = parameter({12}, 2);
  const RopeTable rope = make_rope_table(64, rope_frequencies(12, 1000.0));
  const std::vector<int32_t> positions = {0, 1, 2, 0, 1, 40};
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return norm_heads(t, in[0], layout, positions, q, k, {1e-5F, 0}, GetParam() ? &rope : nullptr);
      },
      {random_tensor({6, layout.width()}, 3)}, {&q, &k});
}
TEST_P(HeadsGradient, WithoutNorm) {
  const HeadLayout layout{4, 2, 12};
  const Parameter none;
  const RopeTable rope = make_rope_table(64, rope_frequencies(12, 1000.0));
  const std::vector<int32_t> positions = {0, 1, 2, 0, 1, 40};
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return norm_heads(t, in[0], layout, positions, none, none, {1e-5F, 0}, GetParam() ? &rope : nullptr);
      },
      {random_tensor({6, layout.width()}, 3)}, {});
}
INSTANTIATE_TEST_SUITE_P(RopeOnAndOff, HeadsGradient, ::testing::Bool());

class AttentionGradient : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(AttentionGradient, RaggedSequences) {
  const auto [window, head_dim] = GetParam();
  const AttentionSettings settings{{4, 2, head_dim}, window, 0};
  const std::vector<int32_t> starts = {0, 1, 1, 38, 60};  // one row, none, more than a block of queries, and the rest
  expect_gradients([&](Tape* t, const auto& in) { return attention(t, in[0], starts, settings); },
                   {random_tensor({60, settings.layout.width()}, 3, 0.7)}, {});
}
INSTANTIATE_TEST_SUITE_P(Windows, AttentionGradient,
                         ::testing::Values(std::tuple{0, 16}, std::tuple{5, 16}, std::tuple{33, 10}));

TEST(Gradient, AttentionWithAScaleOfItsOwn) {
  const AttentionSettings settings{{4, 2, 16}, 5, 0.6F};
  const std::vector<int32_t> starts = {0, 20};
  expect_gradients([&](Tape* t, const auto& in) { return attention(t, in[0], starts, settings); },
                   {random_tensor({20, settings.layout.width()}, 3, 0.7)}, {});
}

using Scores = RouterSettings::Scores;
class MoeGradient : public ::testing::TestWithParam<std::tuple<int, bool, Scores, bool>> {};

TEST_P(MoeGradient, RouterExpertsAndBase) {
  const auto [groups, normalise, scores, bias_and_base] = GetParam();
  constexpr int kExperts = 6, kTop = 2, kWidth = 8, kHidden = 16;
  std::vector<Parameter> gate_up, down;
  for (uint64_t e = 0; e < kExperts; ++e) {
    gate_up.push_back(parameter({2 * kWidth, kHidden}, 10 + e));
    down.push_back(parameter({kHidden, kWidth}, 20 + e));
  }
  Parameter router = parameter({kExperts, kHidden}, 1);
  const Tensor bias = bias_and_base ? random_tensor({kExperts}, 2, 0.05) : Tensor();
  const std::vector<int32_t> starts = {0, 10, 16};
  const MoeSettings settings{
      {kExperts, kTop, groups, groups > 1 ? groups - 1 : 1, normalise, 2.5F, scores}, 0, Gate{Gate::Kind::silu, 50}};
  const Experts experts{gate_up, down, router, bias};
  std::vector<Parameter*> all = {&router};
  for (size_t e = 0; e < kExperts; ++e) {
    all.push_back(&gate_up[e]);
    all.push_back(&down[e]);
  }
  // A choice of experts is a step: values are moved so little that no choice changes, and rounding shows more.
  std::vector<Tensor> inputs = {random_tensor({16, kHidden}, 7, 2.0)};
  if (bias_and_base) inputs.push_back(random_tensor({16, kHidden}, 4));
  expect_gradients(
      [&](Tape* t, const auto& in) {
        return mixture_of_experts(t, in[0], in.size() > 1 ? in[1] : Variable(), experts, settings, starts, nullptr);
      },
      inputs, all, 1e-3, 4e-2);
}
INSTANTIATE_TEST_SUITE_P(Routers, MoeGradient,
                         ::testing::Values(std::tuple{1, true, Scores::sigmoid, true},
                                           std::tuple{1, false, Scores::sigmoid, true},
                                           std::tuple{3, true, Scores::sigmoid, true},
                                           std::tuple{1, true, Scores::softmax, false},
                                           std::tuple{1, false, Scores::softmax, false}));

TEST(Gradient, BalanceLoss) {
  constexpr int kExperts = 5;
  const RouterSettings settings{kExperts, 2, 1, 1, true, 2.5F};
  const Tensor logits = random_tensor({12, kExperts}, 3);
  const Tensor bias = Tensor::zeros(DType::f32, {kExperts});
  const std::vector<int32_t> starts = {0, 7, 12};
  const Routing routing = route(logits, bias, settings);
  const Tensor none = Tensor::zeros(DType::f32, {12, 2});
  const Tensor gradient = route_backward(routing, none, settings, 1.0F, starts);
  const auto loss = [&] {
    // f_e counts choices and is constant; P_e moves.
    double total = 0;
    for (size_t s = 0; s + 1 < starts.size(); ++s) {
      const double length = starts[s + 1] - starts[s];
      for (int e = 0; e < kExperts; ++e) {
        double f = 0, p = 0;
        for (int t = starts[s]; t < starts[s + 1]; ++t) {
          double sum = 0;
          for (int j = 0; j < kExperts; ++j)
            sum += 1.0 / (1.0 + std::exp(-static_cast<double>(logits.data<float>()[t * kExperts + j])));
          p += 1.0 / (1.0 + std::exp(-static_cast<double>(logits.data<float>()[t * kExperts + e]))) / sum / length;
          for (int k = 0; k < 2; ++k)
            f += routing.experts[static_cast<size_t>(t * 2 + k)] == e ? kExperts / (2.0 * length) : 0.0;
        }
        total += f * p;
      }
    }
    return total / static_cast<double>(starts.size() - 1);
  };
  expect_gradient(logits, gradient, loss, "logits");
}

TEST(Gradient, LinearCrossEntropy) {
  Parameter head = parameter({23, 16}, 1);
  const Tensor hidden = random_tensor({9, 16}, 2);
  const std::vector<int32_t> targets = {0, 22, 5, 5, 9, 1, 17, 3, 2};
  const std::vector<float> weights = {1, 0.5, 0, 1, 2, 1, 1, 1, 0.25};
  Tape tape;
  const Variable h(hidden);
  linear_cross_entropy(&tape, h, head, targets, weights);
  tape.backward();
  const auto loss = [&] { return linear_cross_entropy(nullptr, Variable(hidden), head, targets, weights); };
  expect_gradient(hidden, h.gradient(), loss, "hidden");
  expect_gradient(head.value, head.gradient, loss, "head");
}

TEST(Gradient, LinearCrossEntropyOfCappedLogits) {
  Parameter head = parameter({23, 16}, 1);
  const Tensor hidden = random_tensor({9, 16}, 2);
  const std::vector<int32_t> targets = {0, 22, 5, 5, 9, 1, 17, 3, 2};
  const std::vector<float> weights = {1, 0.5, 0, 1, 2, 1, 1, 1, 0.25};
  Tape tape;
  const Variable h(hidden);
  const double capped = linear_cross_entropy(&tape, h, head, targets, weights, 2.0F);
  tape.backward();
  const auto loss = [&] { return linear_cross_entropy(nullptr, Variable(hidden), head, targets, weights, 2.0F); };
  EXPECT_NE(capped, linear_cross_entropy(nullptr, Variable(hidden), head, targets, weights));
  expect_gradient(hidden, h.gradient(), loss, "hidden");
  expect_gradient(head.value, head.gradient, loss, "head");
}

}  // namespace
}  // namespace moru::tensor
