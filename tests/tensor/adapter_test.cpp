#include "tensor/adapter.h"

#include "tensor/gradient_check.h"
#include "tensor/ops.h"

namespace moru::tensor {
namespace {

Adapter adapter(int64_t begin, int64_t end, int64_t in, uint64_t seed, DType type = DType::f32) {
  Adapter one;
  one.begin = begin;
  one.end = end;
  one.scale = 1.5F;
  const auto matrix = [&](int64_t rows, int64_t cols, uint64_t s) {
    Factor p;
    const Tensor numbers = random_tensor({rows, cols}, s, 0.4);
    p.value = Tensor(type, {rows, cols});
    convert(numbers, p.value);
    p.gradient = Tensor::zeros(DType::f32, {rows, cols});
    return p;
  };
  one.a = matrix(3, in, seed);
  one.b = matrix(end - begin, 3, seed + 1);
  return one;
}

/// A frozen weight with an adapter on its first rows and one on its last.
Parameter frozen(DType type = DType::f32) {
  Parameter w;
  const Tensor numbers = random_tensor({20, 24}, 1, 0.5);
  w.value = Tensor(type, {20, 24});
  convert(numbers, w.value);
  w.adapters.push_back(adapter(0, 8, 24, 10, type));
  w.adapters.push_back(adapter(13, 20, 24, 20, type));
  return w;
}

double worst_difference(const Tensor& a, const Tensor& b) {
  const Tensor x = to_f32(a), y = to_f32(b);
  double worst = 0;
  for (int64_t i = 0; i < x.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(x.data<float>()[i]) - y.data<float>()[i]));
  return worst;
}

/// Gradients by input and by each adapter of sum(out * fixed weights).
void expect_gradients(Parameter& w, double tolerance) {
  const Tensor x = random_tensor({7, 24}, 2), probe = random_tensor({7, 20}, 5);
  const auto loss = [&] {
    // A tape, so that inputs are dropped as in training.
    Tape unused;
    const Tensor out = linear(&unused, Variable(x), w).value();
    double sum = 0;
    for (int64_t i = 0; i < out.size(); ++i) sum += static_cast<double>(out.data<float>()[i]) * probe.data<float>()[i];
    return sum;
  };
  for (Adapter& one : w.adapters) {
    one.a.gradient.clear();
    one.b.gradient.clear();
  }
  Tape tape;
  const Variable in(x);
  const Variable out = linear(&tape, in, w);
  out.add_gradient(probe.clone());
  tape.backward();
  EXPECT_FALSE(w.gradient);
  expect_gradient(x, in.gradient(), loss, "x", tolerance);
  for (const Adapter& one : w.adapters) {
    expect_gradient(one.a.value, one.a.gradient, loss, "a", tolerance);
    expect_gradient(one.b.value, one.b.gradient, loss, "b", tolerance);
  }
}

TEST(Adapter, GradientsAreThoseOfAAndBAndNoneOfTheWeight) {
  Parameter w = frozen();
  expect_gradients(w, 2e-2);
}

TEST(Adapter, GradientsWithDropoutLeaveOutTheSameInputs) {
  Parameter w = frozen();
  for (Adapter& one : w.adapters) {
    one.dropout = 0.4F;
    one.dropout_seed = 77;
  }
  expect_gradients(w, 2e-2);
  // Without a tape nothing is left out; with another seed other inputs are.
  const Tensor x = random_tensor({7, 24}, 2);
  Tape tape;
  const Tensor plain = linear(nullptr, Variable(x), w).value(), trained = linear(&tape, Variable(x), w).value();
  EXPECT_GT(worst_difference(plain, trained), 0.1);
  for (Adapter& one : w.adapters) one.dropout_seed = 78;
  EXPECT_GT(worst_difference(trained, linear(&tape, Variable(x), w).value()), 0.1);
}

TEST(Adapter, TheGradientByTheInputOfAQuantizedWeight) {
  for (const int bits : {4, 8}) {
    Parameter w = frozen();
    w.packed = quantize(w.value, bits, 8);
    Parameter unfolded = w;
    unfolded.packed = {};
    dequantize(w.packed, 0, 20, unfolded.value);
    w.value = {};
    const Tensor x = random_tensor({7, 24}, 2), probe = random_tensor({7, 20}, 5);
    const auto gradient = [&](Parameter& weight) {
      Tape tape;
      const Variable in(x);
      const Variable out = linear(&tape, in, weight);
      out.add_gradient(probe.clone());
      tape.backward();
      return in.gradient();
    };
    EXPECT_LT(worst_difference(gradient(w), gradient(unfolded)), 1e-5);
    EXPECT_LT(worst_difference(w.adapters[0].b.gradient, unfolded.adapters[0].b.gradient), 1e-5);
  }
}

TEST(Adapter, MergedItComputesTheSame) {
  const Tensor x = random_tensor({9, 24}, 3);
  Parameter w = frozen();
  const Tensor before = linear(nullptr, Variable(x), w).value();
  merge_adapters(w);
  EXPECT_TRUE(w.adapters.empty());
  EXPECT_LT(worst_difference(before, linear(nullptr, Variable(x), w).value()), 1e-5);

  Parameter packed = frozen();
  packed.packed = quantize(packed.value, 8, 8);
  packed.value = {};
  const Tensor quantized = linear(nullptr, Variable(x), packed).value();
  merge_adapters(packed);
  EXPECT_FALSE(packed.quantized());
  EXPECT_LT(worst_difference(quantized, linear(nullptr, Variable(x), packed).value()), 0.1);
}

TEST(Adapter, InBf16ItIsTheSameUpToRounding) {
  const Tensor x = random_tensor({33, 24}, 3);
  Tensor narrow(DType::bf16, {33, 24});
  convert(x, narrow);
  Parameter w = frozen(DType::bf16), wide = frozen();
  EXPECT_LT(worst_difference(linear(nullptr, Variable(narrow), w).value(), linear(nullptr, Variable(x), wide).value()),
            0.15);
  const Tensor probe = random_tensor({33, 20}, 5);
  Tensor narrow_probe(DType::bf16, {33, 20});
  convert(probe, narrow_probe);
  const auto backward = [](Parameter& weight, const Tensor& in, const Tensor& dout) {
    Tape tape;
    const Variable v(in);
    const Variable out = linear(&tape, v, weight);
    out.add_gradient(dout.clone());
    tape.backward();
    return v.gradient();
  };
  EXPECT_LT(worst_difference(backward(w, narrow, narrow_probe), backward(wide, x, probe)), 0.2);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_LT(worst_difference(w.adapters[i].a.gradient, wide.adapters[i].a.gradient), 0.4);
    EXPECT_LT(worst_difference(w.adapters[i].b.gradient, wide.adapters[i].b.gradient), 0.4);
  }
}

}  // namespace
}  // namespace moru::tensor
