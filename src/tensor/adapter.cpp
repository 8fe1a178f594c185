#include "tensor/adapter.h"

#include <algorithm>

#include "core/random.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"
#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

/// source with some elements zero and the rest divided by what is left of them. Which ones: by seed and place alone, so
/// that the way back leaves out the same.
Tensor dropped(const Tensor& source, float share, uint64_t seed) {
  const Tensor out = source.clone();
  const auto limit = static_cast<uint64_t>(static_cast<double>(share) * 0x1p64);
  const float kept = 1 / (1 - share);
  share_rows(out.rows(), 32, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin * out.cols(); i < end * out.cols(); ++i) {
      const bool drop = Random(seed + static_cast<uint64_t>(i) * 0x9E3779B97F4A7C15ULL).next() < limit;
      if (out.dtype() == DType::f32) {
        float& x = out.data<float>()[i];
        x = drop ? 0 : x * kept;
      } else {
        Bf16& x = out.data<Bf16>()[i];
        x = drop ? Bf16() : to_bf16(to_float(x) * kept);
      }
    }
  });
  return out;
}

/// scale · (x aᵀ): [T, r].
Tensor lowered(const Tensor& x, const Adapter& adapter) {
  const Tensor h(x.dtype(), {x.rows(), adapter.a.value.rows()});
  matmul(x, Matrix(adapter.a.value).transposed(), h);
  scale(h, adapter.scale);
  return h;
}

}  // namespace

void apply_adapters(const Tensor& x, const Parameter& weight, const Tensor& out, bool training) {
  for (const Adapter& adapter : weight.adapters) {
    const bool drops = training && adapter.dropout > 0;
    const Tensor h = lowered(drops ? dropped(x, adapter.dropout, adapter.dropout_seed) : x, adapter);
    matmul(h, Matrix(adapter.b.value).transposed(), Matrix(out).col_range(adapter.begin, adapter.end), true);
  }
}

void adapters_backward(const Tensor& x, const Parameter& weight, const Tensor& out_gradient, const Tensor& x_gradient) {
  for (const Adapter& adapter : weight.adapters) {
    const Matrix dout = Matrix(out_gradient).col_range(adapter.begin, adapter.end);
    const bool drops = adapter.dropout > 0;
    const Tensor seen = drops ? dropped(x, adapter.dropout, adapter.dropout_seed) : x;
    // h is computed again: a row of r numbers costs little next to the weight's own products, and needs no keeping.
    if (adapter.b.gradient) adapter.b.gradient.add_product(dout.transposed(), lowered(seen, adapter));
    const Tensor dh(x.dtype(), {x.rows(), adapter.a.value.rows()});
    matmul(dout, adapter.b.value, dh);
    scale(dh, adapter.scale);
    if (adapter.a.gradient) adapter.a.gradient.add_product(Matrix(dh).transposed(), seen);
    if (!drops) {
      matmul(dh, adapter.a.value, x_gradient, true);
      continue;
    }
    const Tensor dx = Tensor::empty_like(x);
    matmul(dh, adapter.a.value, dx);
    accumulate(dropped(dx, adapter.dropout, adapter.dropout_seed), x_gradient);
  }
}

void merge_adapters(Parameter& weight) {
  if (weight.adapters.empty()) return;
  const int64_t rows = weight.rows(), cols = weight.cols();
  Tensor sum(DType::f32, {rows, cols});
  DType type = weight.adapters.front().a.value.dtype();
  if (weight.quantized()) {
    dequantize(weight.packed, 0, rows, sum);
  } else {
    type = weight.value.dtype();
    convert(weight.value, sum);
  }
  for (const Adapter& adapter : weight.adapters) {
    const Tensor a = to_f32(adapter.a.value);
    const Tensor b = to_f32(adapter.b.value).clone();
    scale(b, adapter.scale);
    matmul(b, a, Matrix(sum).row_range(adapter.begin, adapter.end), true);
  }
  weight.packed = {};
  if (type == DType::f32) {
    weight.value = sum;
  } else {
    weight.value = Tensor(type, {rows, cols});
    convert(sum, weight.value);
  }
  weight.adapters.clear();
}

}  // namespace moru::tensor
