#include "tensor/moe.h"

#include <cmath>
#include <numeric>

#include "tensor/every_target.h"

namespace moru::tensor {
namespace {

/// The router as its definition says, in double, sorting everything.
struct PlainChoice {
  std::vector<int32_t> experts;
  std::vector<double> weights;
};
PlainChoice plain_route(const float* logits, const float* bias, const RouterSettings& s) {
  std::vector<double> scores, choice;
  for (int e = 0; e < s.experts; ++e) {
    scores.push_back(1.0F / (1.0F + std::exp(-logits[e])));
    choice.push_back(static_cast<float>(scores.back()) + bias[e]);
  }
  const int size = s.experts / s.groups;
  std::vector<int> groups(static_cast<size_t>(s.groups));
  std::iota(groups.begin(), groups.end(), 0);
  const auto sum_of = [&](int g) {
    std::vector<double> c(choice.begin() + g * size, choice.begin() + (g + 1) * size);
    std::sort(c.rbegin(), c.rend());
    return static_cast<float>(c[0] + (size > 1 ? c[1] : 0.0));
  };
  std::ranges::stable_sort(groups, [&](int a, int b) { return sum_of(a) > sum_of(b); });
  groups.resize(static_cast<size_t>(s.top_groups));
  std::vector<int32_t> candidates;
  for (int e = 0; e < s.experts; ++e)
    if (std::ranges::find(groups, e / size) != groups.end()) candidates.push_back(e);
  std::ranges::stable_sort(
      candidates, [&](int a, int b) { return choice[static_cast<size_t>(a)] > choice[static_cast<size_t>(b)]; });
  PlainChoice c;
  c.experts.assign(candidates.begin(), candidates.begin() + s.top);
  std::ranges::sort(c.experts);
  double sum = 1e-20;
  for (const int32_t e : c.experts) sum += scores[static_cast<size_t>(e)];
  for (const int32_t e : c.experts)
    c.weights.push_back(scores[static_cast<size_t>(e)] / (s.normalise ? sum : 1.0) * s.scale);
  return c;
}

TEST(Route, ChoosesAsItsDefinitionSays) {
  const RouterSettings all[] = {{8, 2, 1, 1, true, 2.5F},  {8, 2, 4, 2, true, 2.5F},   {8, 4, 4, 2, false, 1.0F},
                                {6, 1, 3, 1, true, 1.0F},  {128, 8, 8, 4, true, 2.5F}, {5, 5, 1, 1, true, 2.5F},
                                {8, 2, 8, 2, false, 1.0F}, {1, 1, 1, 1, true, 1.0F}};
  for (const RouterSettings& s : all) {
    const Tensor logits = random_of(DType::f32, {70, s.experts}, 3, 2.0), bias = random_of(DType::f32, {s.experts}, 4);
    const Routing r = route(logits, bias, s);
    for (int64_t t = 0; t < 70; ++t) {
      const PlainChoice plain = plain_route(logits.data<float>() + t * s.experts, bias.data<float>(), s);
      for (int k = 0; k < s.top; ++k) {
        const auto i = static_cast<size_t>(t * s.top + k);
        ASSERT_EQ(r.experts[i], plain.experts[static_cast<size_t>(k)]) << s.experts << " experts, token " << t;
        ASSERT_NEAR(r.weights.data<float>()[i], plain.weights[static_cast<size_t>(k)], 1e-6);
      }
    }
  }
}

TEST(Route, TiesGoToTheLowerNumber) {
  const Tensor logits = Tensor::zeros(DType::f32, {3, 6}), bias = Tensor::zeros(DType::f32, {6});
  EXPECT_EQ(route(logits, bias, {6, 2, 1, 1, true, 1}).experts, (std::vector<int32_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(route(logits, bias, {6, 2, 3, 1, true, 1}).experts, (std::vector<int32_t>{0, 1, 0, 1, 0, 1}));
}

TEST(Route, TheBiasChoosesButDoesNotWeigh) {
  const Tensor logits = Tensor::zeros(DType::f32, {1, 4}), bias = Tensor::zeros(DType::f32, {4});
  logits.data<float>()[0] = 3.0F;
  bias.data<float>()[2] = bias.data<float>()[3] = 5.0F;
  const Routing r = route(logits, bias, {4, 2, 1, 1, false, 1});
  EXPECT_EQ(r.experts, (std::vector<int32_t>{2, 3}));
  EXPECT_NEAR(r.weights.data<float>()[0], 0.5F, 1e-6);
}

TEST(Route, RowsLieByExpertAndThenByTokenWithPaddingBehind) {
  const RouterSettings s{5, 2, 1, 1, true, 1};
  for (const int64_t tokens : {1, 3, 40, 200}) {
    const Routing r = route(random_of(DType::f32, {tokens, 5}, 8), Tensor::zeros(DType::f32, {5}), s);
    std::vector<int32_t> loads(5);
    for (const int32_t e : r.experts) ++loads[static_cast<size_t>(e)];
    EXPECT_EQ(r.loads, loads);
    for (size_t e = 0; e < 5; ++e) {
      const int32_t stretch = r.offsets[e + 1] - r.offsets[e];
      EXPECT_GE(stretch, loads[e]);
      EXPECT_LT(stretch, std::max(2 * loads[e], loads[e] + kExpertRows));
      for (int32_t i = 0; i < stretch; ++i) {
        const int32_t token = r.tokens[static_cast<size_t>(r.offsets[e] + i)];
        if (i >= loads[e]) {
          EXPECT_EQ(token, -1);
        } else if (i > 0) {
          EXPECT_GT(token, r.tokens[static_cast<size_t>(r.offsets[e] + i - 1)]);
        }
      }
    }
    for (size_t i = 0; i < r.slots.size(); ++i) {
      EXPECT_EQ(r.tokens[static_cast<size_t>(r.slots[i])], static_cast<int32_t>(i) / 2);
      const auto e = static_cast<size_t>(r.experts[i]);
      EXPECT_TRUE(r.slots[i] >= r.offsets[e] && r.slots[i] < r.offsets[e + 1]);
    }
  }
}

class MoeRowsTest : public EveryTarget {};

TEST_P(MoeRowsTest, ThereAndBack) {
  const int64_t tokens = 50, d = 37;
  const RouterSettings s{6, 3, 1, 1, true, 2.5F};
  for (const DType type : {DType::f32, DType::bf16}) {
    const Routing r = route(random_of(DType::f32, {tokens, 6}, 1), random_of(DType::f32, {6}, 2, 0.1), s);
    const Tensor x = random_of(type, {tokens, d}, 3), rows(type, {r.rows(), d});
    gather_rows(x, r.tokens, rows);
    for (int64_t i = 0; i < r.rows(); ++i)
      for (int64_t c = 0; c < d; ++c)
        ASSERT_EQ(element(rows, i * d + c),
                  r.tokens[static_cast<size_t>(i)] < 0 ? 0.0F : element(x, r.tokens[static_cast<size_t>(i)] * d + c));

    const Tensor outputs = random_of(type, {r.rows(), d}, 4), out = Tensor::empty_like(x);
    for (const Tensor& base : {Tensor(), random_of(type, {tokens, d}, 5)}) {
      combine_rows(r, 3, outputs, base, out);
      for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t c = 0; c < d; ++c) {
          double expected = base ? element(base, t * d + c) : 0.0;
          for (int64_t k = 0; k < 3; ++k)
            expected += static_cast<double>(r.weights.data<float>()[t * 3 + k]) *
                        element(outputs, r.slots[static_cast<size_t>(t * 3 + k)] * d + c);
          ASSERT_NEAR(element(out, t * d + c), expected, rounding(type) * (std::abs(expected) + 1));
        }
      }
    }

    const Tensor dout = random_of(type, {tokens, d}, 6), drows = Tensor::empty_like(outputs), dx = x.clone();
    const Tensor dweights = combine_rows_backward(r, 3, outputs, dout, drows);
    gather_rows_backward(r, 3, drows, dx);
    std::vector<bool> used(static_cast<size_t>(r.rows()));
    for (int64_t t = 0; t < tokens; ++t) {
      for (int64_t k = 0; k < 3; ++k) {
        const int64_t slot = r.slots[static_cast<size_t>(t * 3 + k)];
        used[static_cast<size_t>(slot)] = true;
        double dot = 0;
        for (int64_t c = 0; c < d; ++c) {
          dot += static_cast<double>(element(dout, t * d + c)) * element(outputs, slot * d + c);
          const double expected = r.weights.data<float>()[t * 3 + k] * element(dout, t * d + c);
          ASSERT_NEAR(element(drows, slot * d + c), expected, rounding(type) * (std::abs(expected) + 1e-3));
        }
        ASSERT_NEAR(dweights.data<float>()[t * 3 + k], dot, 1e-4 * (std::abs(dot) + 1));
      }
      for (int64_t c = 0; c < d; ++c) {
        double expected = element(x, t * d + c);
        for (int64_t k = 0; k < 3; ++k) expected += element(drows, r.slots[static_cast<size_t>(t * 3 + k)] * d + c);
        ASSERT_NEAR(element(dx, t * d + c), expected, rounding(type) * (std::abs(expected) + 1));
      }
    }
    for (int64_t i = 0; i < r.rows(); ++i)
      for (int64_t c = 0; c < d; ++c)
        ASSERT_TRUE(used[static_cast<size_t>(i)] || element(drows, i * d + c) == 0.0F) << "padding has no gradient";
  }
}
MORU_EVERY_TARGET(MoeRowsTest);

}  // namespace
}  // namespace moru::tensor
