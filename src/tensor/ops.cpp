#include "tensor/ops.h"

#include "tensor/adapter.h"
#include "tensor/cross_entropy.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"
#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

/// target := dout · w, or target += dout · w. A quantized weight is unfolded, a few thousand rows at a time.
void matmul_by(const Tensor& dout, const Parameter& weight, const Tensor& target, bool accumulates = false) {
  constexpr int64_t kRows = 4096;
  if (!weight.quantized()) return matmul(dout, weight.value, target, accumulates);
  const int64_t rows = weight.rows();
  const bool pieces = rows > kRows && target.dtype() != DType::f32;
  // Sums of many pieces are kept in f32.
  const Tensor sum = pieces ? Tensor(DType::f32, {target.rows(), target.cols()}) : target;
  for (int64_t begin = 0; begin < rows; begin += kRows) {
    const int64_t end = std::min(rows, begin + kRows);
    const Tensor unfolded(dout.dtype(), {end - begin, weight.cols()});
    dequantize(weight.packed, begin, end, unfolded);
    matmul(Matrix(dout).col_range(begin, end), unfolded, sum, begin > 0 || (accumulates && !pieces));
  }
  if (!pieces) return;
  const Tensor narrow = accumulates ? Tensor::empty_like(target) : target;
  convert(sum, narrow);
  if (accumulates) accumulate(narrow, target);
}

/// x.gradient += dout · w, in place where it can be; with it what the weight's adapters add, and their own gradients.
void add_input_gradient(const Variable& x, const Tensor& dout, const Parameter& weight) {
  const Tensor in_place = x.gradient_in_place();
  const Tensor target = in_place ? in_place : Tensor::empty_like(x.value());
  matmul_by(dout, weight, target, static_cast<bool>(in_place));
  adapters_backward(x.value(), weight, dout, target);
  if (!in_place) x.add_gradient(target);
}

void add_weight_gradient(const Tensor& x, const Tensor& dout, const Parameter& weight) {
  if (weight.gradient) weight.gradient.add_product(Matrix(dout).transposed(), x);
}

/// The weight that multiplies: the parameter's, plus the offset.
Tensor norm_weight(const Parameter& weight, const NormSettings& settings) {
  if (settings.offset == 0 || !weight.value) return weight.value;
  const Tensor sum = Tensor::empty_like(weight.value);
  for (int64_t i = 0; i < sum.size(); ++i) sum.data<float>()[i] = settings.offset + weight.value.data<float>()[i];
  return sum;
}

}  // namespace

void apply(const Tensor& x, const Parameter& weight, const Tensor& out, bool training) {
  if (weight.observer != nullptr) weight.observer->see(weight, x);
  if (weight.quantized()) {
    matmul_quantized(x, weight.packed, out);
  } else {
    matmul(x, Matrix(weight.value).transposed(), out);
  }
  apply_adapters(x, weight, out, training);
}

Variable embed(Tape* tape, std::span<const int32_t> ids, const Parameter& table, DType type, float scale) {
  const int64_t d = table.cols(), count = static_cast<int64_t>(ids.size());
  const Tensor out(type, {count, d});
  share_rows(count, 32, [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; ++r) {
      const int64_t id = ids[static_cast<size_t>(r)];
      if (table.quantized()) {
        dequantize(table.packed, id, id + 1, out.slice(r, r + 1));
      } else {
        convert(table.value.slice(id, id + 1), out.slice(r, r + 1));
      }
    }
  });
  if (scale != 1) tensor::scale(out, scale);
  const Variable result(out);
  if (tape != nullptr && table.gradient) {
    tape->record([result, ids, &table, d, scale] {
      const Tensor dout = to_f32(result.take_gradient());
      const Tensor& gradient = table.gradient.sum();
      // Each thread owns a share of the columns: no two threads touch one number, and rows are added in order.
      share_rows(d, 16, [&](int64_t begin, int64_t end, int) {
        for (size_t r = 0; r < ids.size(); ++r) {
          float* target = gradient.data<float>() + ids[r] * d;
          const float* row = dout.data<float>() + static_cast<int64_t>(r) * d;
          for (int64_t i = begin; i < end; ++i) target[i] += scale * row[i];
        }
      });
    });
  }
  return result;
}

Variable linear(Tape* tape, const Variable& x, const Parameter& weight) {
  const Tensor out(x.value().dtype(), {x.value().rows(), weight.rows()});
  apply(x.value(), weight, out, tape != nullptr);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([x, result, &weight] {
      const Tensor dout = result.take_gradient();
      add_weight_gradient(x.value(), dout, weight);
      add_input_gradient(x, dout, weight);
    });
  }
  return result;
}

Variable rms_norm(Tape* tape, const Variable& x, const Parameter& weight, const NormSettings& settings) {
  const Tensor factors = norm_weight(weight, settings);
  const Tensor out = Tensor::empty_like(x.value());
  const Tensor inverse(DType::f32, {x.value().rows()});
  rms_norm(x.value(), factors, settings.epsilon, out, inverse);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([x, result, inverse, factors, &weight] {
      const Tensor dout = result.take_gradient();
      const Tensor in_place = x.gradient_in_place();
      const Tensor target = in_place ? in_place : Tensor::empty_like(x.value());
      rms_norm_backward(x.value(), factors, inverse, dout, target, static_cast<bool>(in_place), weight.gradient);
      if (!in_place) x.add_gradient(target);
    });
  }
  return result;
}

Variable norm_heads(Tape* tape, const Variable& qkv, const HeadLayout& layout, std::span<const int32_t> positions,
                    const Parameter& q_weight, const Parameter& k_weight, const NormSettings& settings,
                    const RopeTable* rope) {
  const Tensor out = Tensor::empty_like(qkv.value());
  const Tensor q_factors = norm_weight(q_weight, settings), k_factors = norm_weight(k_weight, settings);
  const Tensor inverse =
      q_factors ? Tensor(DType::f32, {qkv.value().rows(), layout.heads + layout.kv_heads}) : Tensor();
  norm_heads(qkv.value(), layout, positions, q_factors, k_factors, settings.epsilon, rope, out, inverse);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=, &q_weight, &k_weight] {
      const Tensor dout = result.take_gradient();
      const Tensor gradient = Tensor::empty_like(dout);
      norm_heads_backward(qkv.value(), layout, positions, q_factors, k_factors, rope, inverse, dout, gradient,
                          q_weight.gradient, k_weight.gradient);
      qkv.add_gradient(gradient);
    });
  }
  return result;
}

Variable attention(Tape* tape, const Variable& qkv, std::span<const int32_t> starts,
                   const AttentionSettings& settings) {
  const int64_t rows = qkv.value().rows();
  const Tensor out(qkv.value().dtype(), {rows, static_cast<int64_t>(settings.layout.heads) * settings.layout.head_dim});
  const Tensor sums = tape == nullptr ? Tensor() : Tensor(DType::f32, {rows, settings.layout.heads});
  attention(qkv.value(), starts, own_keys(qkv.value(), starts, settings.layout), settings, out, sums);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=] {
      const Tensor dout = result.take_gradient();
      const Tensor gradient = Tensor::empty_like(qkv.value());
      attention_backward(qkv.value(), starts, settings, result.value(), sums, dout, gradient);
      qkv.add_gradient(gradient);
    });
  }
  return result;
}

Variable add(Tape* tape, const Variable& a, const Variable& b) {
  const Tensor out = Tensor::empty_like(a.value());
  add(a.value(), b.value(), out);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=] {
      const Tensor dout = result.take_gradient();
      a.add_gradient(dout);
      b.add_gradient(dout);
    });
  }
  return result;
}

Variable concat(Tape* tape, const Variable& a, const Variable& b) {
  const int64_t rows = a.value().rows();
  const size_t left = static_cast<size_t>(a.value().cols()) * size_of(a.value().dtype());
  const size_t right = static_cast<size_t>(b.value().cols()) * size_of(b.value().dtype());
  const Tensor out(a.value().dtype(), {rows, a.value().cols() + b.value().cols()});
  const auto copy = [=](const Tensor& joined, const Tensor& l, const Tensor& r, bool join) {
    share_rows(rows, 32, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        auto* row = static_cast<std::byte*>(joined.raw()) + static_cast<size_t>(i) * (left + right);
        auto* l_row = static_cast<std::byte*>(l.raw()) + static_cast<size_t>(i) * left;
        auto* r_row = static_cast<std::byte*>(r.raw()) + static_cast<size_t>(i) * right;
        std::memcpy(join ? row : l_row, join ? l_row : row, left);
        std::memcpy(join ? row + left : r_row, join ? r_row : row + left, right);
      }
    });
  };
  copy(out, a.value(), b.value(), true);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=] {
      const Tensor da = Tensor::empty_like(a.value()), db = Tensor::empty_like(b.value());
      copy(result.take_gradient(), da, db, false);
      a.add_gradient(da);
      b.add_gradient(db);
    });
  }
  return result;
}

Variable select_rows(Tape* tape, const Variable& x, std::span<const int32_t> rows) {
  const Tensor out(x.value().dtype(), {static_cast<int64_t>(rows.size()), x.value().cols()});
  gather_rows(x.value(), rows, out);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=] {
      const Tensor dout = result.take_gradient();
      const Tensor gradient = Tensor::empty_like(x.value());
      gradient.fill_zero();
      const size_t bytes = static_cast<size_t>(gradient.cols()) * size_of(gradient.dtype());
      share_rows(static_cast<int64_t>(rows.size()), 32, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
          std::memcpy(
              static_cast<std::byte*>(gradient.raw()) + static_cast<size_t>(rows[static_cast<size_t>(i)]) * bytes,
              static_cast<const std::byte*>(dout.raw()) + static_cast<size_t>(i) * bytes, bytes);
      });
      x.add_gradient(gradient);
    });
  }
  return result;
}

Variable glu(Tape* tape, const Variable& gate_up, const Gate& gate) {
  const Tensor out(gate_up.value().dtype(), {gate_up.value().rows(), gate_up.value().cols() / 2});
  glu(gate_up.value(), gate, out);
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=] {
      const Tensor dout = result.take_gradient();
      const Tensor gradient = Tensor::empty_like(gate_up.value());
      glu_backward(gate_up.value(), gate, dout, gradient);
      gate_up.add_gradient(gradient);
    });
  }
  return result;
}

Variable mixture_of_experts(Tape* tape, const Variable& x, const Variable& base, const Experts& experts,
                            const MoeSettings& settings, std::span<const int32_t> starts, std::vector<int64_t>* load) {
  const RouterSettings& r = settings.router;
  const Tensor& in = x.value();
  const int64_t d = in.cols(), width = experts.down.front().cols();
  const Tensor logits(DType::f32, {in.rows(), r.experts});
  apply(in, experts.router, logits);
  auto routing = std::make_shared<Routing>(route(logits, experts.bias, r));
  const int64_t rows = routing->rows();
  const Tensor gathered(in.dtype(), {rows, d}), hidden(in.dtype(), {rows, 2 * width}),
      active(in.dtype(), {rows, width}), outputs(in.dtype(), {rows, d});
  gather_rows(in, routing->tokens, gathered);
  // One expert's products run on one thread: no waiting for each other inside a product, and each expert's weights are
  // prepared once.
  const auto each_expert = [](const Routing& way, const auto& work) {
    share_items(static_cast<int64_t>(way.loads.size()), [&](int64_t i) {
      const auto e = static_cast<size_t>(i);
      if (way.loads[e] > 0) work(e, way.offsets[e], way.offsets[e + 1]);
    });
  };
  each_expert(*routing, [&](size_t e, int64_t begin, int64_t end) {
    apply(gathered.slice(begin, end), experts.gate_up[e], hidden.slice(begin, end));
  });
  glu(hidden, settings.gate, active);
  each_expert(*routing, [&](size_t e, int64_t begin, int64_t end) {
    apply(active.slice(begin, end), experts.down[e], outputs.slice(begin, end));
  });
  const Tensor out = Tensor::empty_like(in);
  combine_rows(*routing, r.top, outputs, base ? base.value() : Tensor(), out);
  if (load != nullptr) {
    load->resize(static_cast<size_t>(r.experts));
    for (size_t e = 0; e < load->size(); ++e) (*load)[e] += routing->loads[e];
  }
  const Variable result(out);
  if (tape != nullptr) {
    tape->record([=, &gate_up = experts.gate_up, &down = experts.down, &router = experts.router] {
      const Tensor dout = result.take_gradient();
      const Tensor doutputs = Tensor::empty_like(outputs);
      const Tensor dweights = combine_rows_backward(*routing, r.top, outputs, dout, doutputs);
      if (base) base.add_gradient(dout);
      const Tensor dactive = Tensor::empty_like(active);
      each_expert(*routing, [&](size_t e, int64_t begin, int64_t end) {
        add_weight_gradient(active.slice(begin, end), doutputs.slice(begin, end), down[e]);
        matmul_by(doutputs.slice(begin, end), down[e], dactive.slice(begin, end));
      });
      const Tensor dhidden = Tensor::empty_like(hidden);
      glu_backward(hidden, settings.gate, dactive, dhidden);
      const Tensor dgathered = Tensor::empty_like(gathered);
      each_expert(*routing, [&](size_t e, int64_t begin, int64_t end) {
        add_weight_gradient(gathered.slice(begin, end), dhidden.slice(begin, end), gate_up[e]);
        matmul_by(dhidden.slice(begin, end), gate_up[e], dgathered.slice(begin, end));
      });
      const Tensor dlogits_wide = route_backward(*routing, dweights, r, settings.balance_loss, starts);
      Tensor dlogits = dlogits_wide;
      if (x.value().dtype() != DType::f32) {
        dlogits = Tensor(x.value().dtype(), {dlogits_wide.rows(), dlogits_wide.cols()});
        convert(dlogits_wide, dlogits);
      }
      add_weight_gradient(x.value(), dlogits, router);
      add_input_gradient(x, dlogits, router);
      gather_rows_backward(*routing, r.top, dgathered, x.gradient());
    });
  }
  return result;
}

double linear_cross_entropy(Tape* tape, const Variable& hidden, const Parameter& head, std::span<const int32_t> targets,
                            std::span<const float> weights, float cap) {
  constexpr int64_t kChunk = 1024;  // rows: 1024 x 8192 logits in bf16 are 16 MB
  const Tensor& in = hidden.value();
  const int64_t rows = in.rows();
  const Tensor logits(in.dtype(), {std::min(rows, kChunk), head.rows()});
  const Tensor gradient = tape == nullptr ? Tensor() : Tensor::empty_like(in);
  double loss = 0;
  for (int64_t begin = 0; begin < rows; begin += kChunk) {
    const int64_t end = std::min(rows, begin + kChunk);
    const Tensor chunk = logits.slice(0, end - begin);
    apply(in.slice(begin, end), head, chunk);
    const auto first = static_cast<size_t>(begin), count = static_cast<size_t>(end - begin);
    Tensor capped;
    if (cap > 0) {
      soft_cap(chunk, cap);
      if (tape != nullptr) capped = chunk.clone();
    }
    loss += cross_entropy_in_place(chunk, targets.subspan(first, count), weights.subspan(first, count));
    if (tape != nullptr) {
      if (cap > 0) soft_cap_backward(capped, cap, chunk);
      add_weight_gradient(in.slice(begin, end), chunk, head);
      matmul_by(chunk, head, gradient.slice(begin, end));
    }
  }
  if (tape != nullptr) tape->record([hidden, gradient] { hidden.add_gradient(gradient); });
  return loss;
}

}  // namespace moru::tensor
