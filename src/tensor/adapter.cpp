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

/// Adapters that see the same input and scale it alike: their a's stand below each other, so that the input is read,
/// and its gradient written, once for all of them.
struct Group {
  std::span<const Adapter> adapters;
  Tensor a;  ///< [ranks together, in]

  explicit Group(std::span<const Adapter> members) : adapters(members), a(members.front().a.value) {
    if (members.size() == 1) return;
    int64_t ranks = 0;
    for (const Adapter& adapter : members) ranks += adapter.a.value.rows();
    a = Tensor(a.dtype(), {ranks, a.cols()});
    each([&](const Adapter& adapter, int64_t from, int64_t to) {
      std::memcpy(a.slice(from, to).raw(), adapter.a.value.raw(), adapter.a.value.bytes());
    });
  }

  /// work(adapter, from, to): its rows of a, columns of h.
  template <class Work>
  void each(const Work& work) const {
    int64_t from = 0;
    for (const Adapter& adapter : adapters) {
      const int64_t to = from + adapter.a.value.rows();
      work(adapter, from, to);
      from = to;
    }
  }

  /// scale · (x aᵀ): [T, ranks together].
  Tensor lowered(const Tensor& x) const {
    const Tensor h(x.dtype(), {x.rows(), a.rows()});
    matmul(x, Matrix(a).transposed(), h);
    scale(h, adapters.front().scale);
    return h;
  }
};

/// An adapter that drops inputs chooses its own, and stands alone.
std::vector<Group> groups_of(const Parameter& weight, bool training) {
  const std::span<const Adapter> all = weight.adapters;
  std::vector<Group> groups;
  const bool together = std::ranges::all_of(all, [&](const Adapter& adapter) {
    return adapter.scale == all.front().scale && !(training && adapter.dropout > 0);
  });
  if (together && !all.empty()) return {Group(all)};
  for (size_t i = 0; i < all.size(); ++i) groups.emplace_back(all.subspan(i, 1));
  return groups;
}

}  // namespace

void apply_adapters(const Tensor& x, const Parameter& weight, const Tensor& out, bool training) {
  for (const Group& group : groups_of(weight, training)) {
    const Adapter& first = group.adapters.front();
    const bool drops = training && first.dropout > 0;
    const Tensor h = group.lowered(drops ? dropped(x, first.dropout, first.dropout_seed) : x);
    group.each([&](const Adapter& adapter, int64_t from, int64_t to) {
      matmul(Matrix(h).col_range(from, to), Matrix(adapter.b.value).transposed(),
             Matrix(out).col_range(adapter.begin, adapter.end), true);
    });
  }
}

void adapters_backward(const Tensor& x, const Parameter& weight, const Tensor& out_gradient, const Tensor& x_gradient) {
  for (const Group& group : groups_of(weight, true)) {
    const Adapter& first = group.adapters.front();
    const bool drops = first.dropout > 0;
    const Tensor seen = drops ? dropped(x, first.dropout, first.dropout_seed) : x;
    // h is computed again: a row of r numbers costs little next to the weight's own products, and needs no keeping.
    const Tensor h = group.lowered(seen), dh = Tensor::empty_like(h);
    group.each([&](const Adapter& adapter, int64_t from, int64_t to) {
      const Matrix dout = Matrix(out_gradient).col_range(adapter.begin, adapter.end);
      if (adapter.b.gradient) adapter.b.gradient.add_product(dout.transposed(), Matrix(h).col_range(from, to));
      matmul(dout, adapter.b.value, Matrix(dh).col_range(from, to));
    });
    scale(dh, first.scale);
    if (group.adapters.size() == 1) {
      if (first.a.gradient) first.a.gradient.add_product(Matrix(dh).transposed(), seen);
    } else {
      const Tensor da(DType::f32, {group.a.rows(), group.a.cols()});
      matmul(Matrix(dh).transposed(), seen, da);
      group.each([&](const Adapter& adapter, int64_t from, int64_t to) {
        if (adapter.a.gradient) accumulate(da.slice(from, to), adapter.a.gradient.sum());
      });
    }
    if (!drops) {
      matmul(dh, group.a, x_gradient, true);
      continue;
    }
    const Tensor dx = Tensor::empty_like(x);
    matmul(dh, group.a, dx);
    accumulate(dropped(dx, first.dropout, first.dropout_seed), x_gradient);
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
