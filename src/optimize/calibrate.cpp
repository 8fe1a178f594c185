#include "optimize/calibrate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/error.h"
#include "core/language.h"
#include "optimize/error_feedback.h"
#include "tensor/matmul.h"

namespace moru::optimize {
namespace {

using model::Part;
using tensor::DType;
using tensor::Matrix;
using tensor::Parameter;
using tensor::Tensor;

constexpr size_t kRows = 2048;     // tokens that go through a layer at a time
constexpr float kMostSum = 1e30F;  // of products of inputs: leaves room to damp the sums until they can be factored

/// Sums x xᵀ over a weight's inputs.
class InputSums final : public tensor::InputObserver {
 public:
  explicit InputSums(Parameter& weight)
      : weight_(weight), sums_(Tensor::zeros(DType::f32, {weight.cols(), weight.cols()})) {
    weight.observer = this;
  }
  ~InputSums() override { weight_.observer = nullptr; }
  InputSums(const InputSums&) = delete;
  InputSums& operator=(const InputSums&) = delete;

  void see(const Parameter&, const Tensor& x) override {
    matmul(Matrix(x).transposed(), x, sums_, true);
    const size_t bytes = static_cast<size_t>(x.cols()) * size_of(x.dtype());
    const auto* row = static_cast<const char*>(x.raw());
    for (int64_t r = 0; r < x.rows(); ++r, row += bytes)
      rows_ += std::any_of(row, row + bytes, [](char c) { return c != 0; }) ? 1 : 0;  // experts' padding is zero
  }

  Parameter& weight() const { return weight_; }
  const Tensor& sums() const { return sums_; }
  uint64_t rows() const { return rows_; }

 private:
  Parameter& weight_;
  Tensor sums_;
  uint64_t rows_ = 0;
};

/// Whether all elements (f32 or bf16) are numbers of no more than this magnitude.
bool within(const Tensor& t, float most) {
  return t.dtype() == DType::f32 ? std::ranges::all_of(t.span<float>(), [&](float x) { return std::fabs(x) <= most; })
                                 : std::ranges::all_of(t.span<tensor::Bf16>(), [&](tensor::Bf16 x) {
                                     return std::fabs(tensor::to_float(x)) <= most;
                                   });
}

/// The router decides which weights are used at all, and is small: it stays as it is.
bool is_linear(const Part& part) {
  return part.kind == Part::Kind::matrix && part.role != model::TensorRole::router;
}

class ModelQuantizer {
 public:
  ModelQuantizer(model::DecoderModel& model, const WeightSettings& settings) : model_(model), settings_(settings) {
    for (const Part& part : model.parts()) {
      if (part.parameter->quantized()) continue;
      if (is_linear(part)) check_group(part, settings.group);
      if (part.begin == 0) check_numbers(*part.parameter);
    }
  }

  CalibrationReport run(const Sequences& text, ProgressSink& sink) {
    Progress progress(sink, std::string(tr("quantize", "양자화")), std::string(tr("layers", "층")),
                      model_.layers().size() + 1);
    if (settings_.method == Method::feedback) {
      std::vector<Pack> packs = pack_sequences(text, kRows);
      std::vector<Tensor> states;
      for (const Pack& pack : packs) {
        states.push_back(model_.layer_input(pack.batch()));
        report_.tokens += pack.tokens.size();
        report_.sequences += pack.count();
      }
      for (size_t layer = 0; layer < model_.layers().size(); ++layer) {
        calibrate_layer(layer, packs, states);
        progress.advance();
      }
    }
    for (const Part& part : model_.parts()) {
      const bool embedding = part.kind == Part::Kind::embedding && settings_.embedding_bits == 8;
      if ((is_linear(part) || embedding) && !part.parameter->quantized()) round(part, embedding ? 8 : settings_.bits);
    }
    progress.advance(settings_.method == Method::feedback ? 1 : model_.layers().size() + 1);
    progress.finish();
    return std::move(report_);
  }

 private:
  void check_group(const Part& part, int group) const {
    if (group_for(part.parameter->cols(), group) > 0) return;
    throw Error(
        "optimize.group",
        fmt::format(fmt::runtime(tr("no group of {} weights or fewer, in steps of 8, divides the rows of {} in {}",
                                    "{0}개 이하의 8의 배수 가운데 {2}의 {1}개짜리 행을 나누는 그룹 크기가 없습니다")),
                    group, part.parameter->cols(), part.name),
        std::string(tr("take a larger group, or a model whose hidden and expert sizes are multiples of 8",
                       "그룹을 더 크게 하거나 hidden과 전문가 크기가 8의 배수인 모델을 쓰세요")));
  }

  static void check_numbers(const Parameter& p) {
    if (within(p.value, std::numeric_limits<float>::max())) return;
    throw Error(
        p.name,
        std::string(tr("a weight is infinite or no number", "가중치 가운데 무한대이거나 수가 아닌 값이 있습니다")),
        std::string(tr("get the model again, or train it again from before it came apart",
                       "모델을 다시 받거나, 값이 무너지기 전부터 다시 학습하세요")));
  }

  std::vector<Parameter*> weights_of(size_t layer) {
    std::vector<Parameter*> weights;
    for (const Part& part : model_.parts())
      if (part.begin == 0 && is_linear(part) && part.layer == static_cast<int>(layer) && !part.parameter->quantized())
        weights.push_back(part.parameter);
    return weights;
  }

  void calibrate_layer(size_t layer, const std::vector<Pack>& packs, std::vector<Tensor>& states) {
    std::vector<Parameter*> weights = weights_of(layer);
    for (size_t next = 0; next < weights.size();) {
      std::vector<std::unique_ptr<InputSums>> sums;
      uint64_t bytes = 0;
      do {
        sums.push_back(std::make_unique<InputSums>(*weights[next]));
        bytes += sums.back()->sums().bytes();
        ++next;
      } while (next < weights.size() && bytes < settings_.most_bytes);
      for (size_t p = 0; p < packs.size(); ++p) model_.layer_output(layer, states[p], packs[p].batch());
      for (const auto& input : sums) round_with_inputs(*input);
    }
    for (size_t p = 0; p < packs.size(); ++p) states[p] = model_.layer_output(layer, states[p], packs[p].batch());
  }

  void round_with_inputs(const InputSums& input) {
    Parameter& p = input.weight();
    const int64_t k = p.cols();
    if (static_cast<int64_t>(input.rows()) * 4 < k) {
      ++report_.nearest_for_want_of_inputs;
      return;  // rounded with the rest at the end
    }
    if (!within(input.sums(), kMostSum))
      throw Error(p.name,
                  std::string(tr("its inputs on the calibration's text are infinite, no numbers, or far too large",
                                 "보정 텍스트에서 이 가중치의 입력이 무한대이거나 수가 아니거나 너무 큽니다")),
                  std::string(tr("check the model with `moru perplexity`, or quantize with method: nearest",
                                 "`moru perplexity`로 모델을 확인하거나 method: nearest로 양자화하세요")));
    const int group = group_for(k, settings_.group);
    const FeedbackResult r = round_with_feedback(
        p.value, input.sums(), {settings_.bits, group, settings_.damping, settings_.activation_order});
    report_.nearest_as_better += r.feedback ? 0 : 1;
    report_.tensors.push_back({p.name, settings_.bits, group, r.feedback, input.rows(), r.error, r.error_nearest});
    p.packed = tensor::pack(r.rows, settings_.bits);
    p.value = Tensor();
  }

  void round(const Part& part, int bits) {
    Parameter& p = *part.parameter;
    check_group(part, settings_.group);
    const int group = group_for(p.cols(), settings_.group);
    report_.tensors.push_back({p.name, bits, group, false, 0, 0, 0});
    p.packed = tensor::quantize(p.value, bits, group);
    p.value = Tensor();
  }

  model::DecoderModel& model_;
  const WeightSettings& settings_;
  CalibrationReport report_;
};

}  // namespace

int group_for(int64_t cols, int group) {
  for (int64_t g = std::min<int64_t>(group, cols) / 8 * 8; g > 0; g -= 8)
    if (cols % g == 0) return static_cast<int>(g);
  return 0;
}

CalibrationReport quantize_model(model::DecoderModel& model, const Sequences& text, const WeightSettings& settings,
                                 ProgressSink& sink) {
  return ModelQuantizer(model, settings).run(text, sink);
}

}  // namespace moru::optimize
