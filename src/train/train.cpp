#include "train/train.h"

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "data/held_out.h"
#include "model/checkpoint.h"
#include "model/model_files.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"
#include "train/batches.h"
#include "train/checkpoint.h"
#include "train/schedule.h"

namespace moru::train {
namespace {

using tensor::DType;
using tensor::Tape;
using tensor::Variable;

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Multiply-adds of one row through the body, of one row of logits, and of one row of the MTP module, each times 6
/// (2 forward, 4 backward): the usual count of training's arithmetic, which leaves attention's scores out.
struct Flops {
  double body = 0, head = 0, mtp = 0;
  /// Frozen weights have no gradient of their own: 4 instead of 6 times.
  Flops(const model::ModelConfig& c, bool frozen) {
    head = (frozen ? 4.0 : 6.0) * c.vocabulary * c.hidden;
    body = (frozen ? 4.0 : 6.0) * static_cast<double>(c.active_parameters()) - head;
    const double attention = static_cast<double>(c.hidden) * c.head_dim * (2 * c.heads + 2 * c.kv_heads);
    mtp = c.mtp_layers == 0 ? 0 : 6.0 * (attention + 3.0 * c.hidden * c.intermediate + 2.0 * c.hidden * c.hidden);
  }
};

/// Router biases move against the load (Wang et al., "Auxiliary-loss-free load balancing", 2024).
void balance(model::DecoderModel& model, const std::vector<std::vector<int64_t>>& loads, double step) {
  for (size_t i = 0; i < loads.size(); ++i) {
    if (loads[i].empty()) continue;
    const double mean = static_cast<double>(std::accumulate(loads[i].begin(), loads[i].end(), int64_t{0})) /
                        static_cast<double>(loads[i].size());
    const tensor::Tensor& biases = model.layers()[i].router_bias.value;
    if (!biases) continue;  // a router that is balanced by its loss alone
    const std::span<float> bias = biases.span<float>();
    for (size_t e = 0; e < bias.size(); ++e) {
      const double difference = mean - static_cast<double>(loads[i][e]);
      if (difference != 0) bias[e] += static_cast<float>(difference > 0 ? step : -step);
    }
  }
}

/// Rounds the matrices under adapters, which stay as they are: less memory, and products on integers.
void quantize_frozen(model::DecoderModel& model, int bits, int group) {
  for (const model::Part& part : model.parts()) {
    tensor::Parameter& weight = *part.parameter;
    if (weight.adapters.empty() || weight.quantized()) continue;
    int fitting = group;
    while (fitting > 8 && weight.cols() % fitting != 0) fitting /= 2;
    if (weight.cols() % fitting != 0) continue;
    weight.packed = tensor::quantize(weight.value, bits, fitting);
    weight.value = {};
  }
}

std::unique_ptr<model::DecoderModel> make_model(const Options& options) {
  const DType type = options.compute == "bf16" ? DType::bf16 : DType::f32;
  if (options.base.path.empty()) {
    auto model = std::make_unique<model::DecoderModel>(options.model, type);
    model->initialise(options.seed);
    return model;
  }
  auto model = model::load_model(options.base.path, type);
  if (options.base.lora) {
    attach_adapters(model->parts(), *options.base.lora, type, options.seed);
    if (options.base.bits != 0) quantize_frozen(*model, options.base.bits, options.base.group);
    return model;
  }
  for (const model::Part& part : model->parts())
    if (part.parameter->quantized() || !part.parameter->adapters.empty())
      throw Error(options.base.path.string(),
                  std::string(tr("a quantized model or one with an adapter cannot be trained whole",
                                 "양자화했거나 어댑터가 놓인 모델은 통째로 학습할 수 없습니다")),
                  std::string(tr("train adapters on it (train.lora), or take the float model",
                                 "어댑터를 학습하거나(train.lora) 양자화하지 않은 모델을 쓰세요")));
  return model;
}

Optimizer make_optimizer(model::DecoderModel& model, const Options& options) {
  const OptimizerSettings settings{options.optimizer == "muon", options.weight_decay, options.clip};
  if (!options.base.lora) return {model, settings};
  std::vector<TrainedTensor> tensors;
  for (const model::NamedAdapter& one : adapters_of(model.parts()))
    for (tensor::Factor* factor : {&one.adapter->a, &one.adapter->b}) {
      factor->gradient = tensor::Tensor(DType::f32, {factor->value.rows(), factor->value.cols()});
      TrainedTensor trained{factor->name, factor->value, factor->gradient};
      if (settings.muon) trained.matrices.emplace_back(0, factor->value.rows());
      tensors.push_back(std::move(trained));
    }
  return {std::move(tensors), settings};
}

class Trainer {
 public:
  Trainer(const Options& options, const PackedTokens& corpus, const PackedTokens& samples)
      : options_(options),
        model_(make_model(options)),
        optimizer_(make_optimizer(*model_, options)),
        pretrain_(corpus, options.pretrain.epochs, static_cast<uint64_t>(options.batch_tokens), options.seed),
        supervise_(samples, options.supervise.epochs, static_cast<uint64_t>(options.batch_tokens), options.seed + 1),
        flops_(options.model, options.base.lora.has_value()) {}

  uint64_t steps() const { return pretrain_.steps() + supervise_.steps(); }
  uint64_t pretrain_steps() const { return pretrain_.steps(); }
  uint64_t rows() const { return pretrain_.rows() + supervise_.rows(); }
  Optimizer& optimizer() { return optimizer_; }
  model::DecoderModel& model() { return *model_; }

  struct Step {
    double loss = 0, norm = 0, flops = 0;
    uint64_t rows = 0;
  };

  Step run(uint64_t step) {
    const bool pretraining = step < pretrain_.steps();
    const BatchPlan& plan = pretraining ? pretrain_ : supervise_;
    const PhaseOptions& phase = pretraining ? options_.pretrain : options_.supervise;
    const uint64_t local = pretraining ? step : step - pretrain_.steps();
    const TrainingBatch batch = plan.batch(local);
    optimizer_.clear_gradients();
    const bool frozen = options_.base.lora.has_value();
    if (frozen && options_.base.lora->dropout > 0) draw_dropout(step);
    Step result;
    std::vector<std::vector<int64_t>> loads;
    const double learned = static_cast<double>(batch.learned_rows.size());
    result.loss =
        forward_and_backward(batch, pretraining && !frozen && options_.mtp_loss > 0 && options_.model.mtp_layers > 0,
                             loads, result.flops) /
        std::max(1.0, learned);
    if (!std::isfinite(result.loss))
      throw Error(
          fmt::format("step {}", step + 1), std::string(tr("the loss is not a number", "손실이 수가 아닙니다")),
          std::string(tr("lower train.learning_rate in the recipe", "레시피의 train.learning_rate를 낮추세요")));
    result.norm = optimizer_.step(phase.learning_rate * schedule(local, plan.steps(), phase.warmup, phase.decay),
                                  1.0 / std::max(1.0, learned));
    if (!frozen) balance(*model_, loads, options_.bias_step);
    result.rows = batch.inputs.size();
    return result;
  }

 private:
  /// Which inputs the adapters leave out in this step.
  void draw_dropout(uint64_t step) {
    const std::vector<model::NamedAdapter> adapters = adapters_of(model_->parts());
    for (const model::NamedAdapter& one : adapters)
      one.adapter->dropout_seed = hash64(one.module, options_.seed + 0x9E3779B97F4A7C15ULL * (step + 1));
  }

  /// Returns the sum of the main loss; adds the arithmetic done to `flops`.
  double forward_and_backward(const TrainingBatch& batch, bool with_mtp, std::vector<std::vector<int64_t>>& loads,
                              double& flops) {
    Tape tape;
    const model::Batch view = batch.view();
    const auto learned = static_cast<float>(batch.learned_rows.size());
    // Gradients are divided by the number of learned tokens at the end; losses that are means are scaled up to match.
    const Variable normed = model_->final_norm(
        &tape, model_->hidden(&tape, view, {static_cast<float>(options_.balance_loss) * learned, &loads}));
    const bool all = batch.learned_rows.size() == batch.inputs.size();
    const Variable rows = all ? normed : select_rows(&tape, normed, batch.learned_rows);
    const std::vector<float> ones(batch.learned_rows.size(), 1.0F);
    const double loss = model_->loss(&tape, rows, batch.learned_targets, ones);
    std::vector<float> mtp_weights;
    if (with_mtp) {
      for (const float w : batch.mtp_weights) mtp_weights.push_back(w * static_cast<float>(options_.mtp_loss));
      const Variable mtp = model_->mtp_hidden(&tape, normed, batch.targets, view);
      model_->loss(&tape, mtp, batch.mtp_targets, mtp_weights);
      flops += (flops_.mtp + flops_.head) * static_cast<double>(batch.inputs.size());
    }
    tape.backward();
    flops += flops_.body * static_cast<double>(batch.inputs.size()) +
             flops_.head * static_cast<double>(batch.learned_rows.size());
    return loss;
  }

  const Options& options_;
  std::unique_ptr<model::DecoderModel> model_;
  Optimizer optimizer_;
  BatchPlan pretrain_, supervise_;
  Flops flops_;
};

/// Writes the model, or its adapters, or both.
void write_model(model::DecoderModel& model, const Options& options, const fs::path& out) {
  if (options.base.lora) {
    const std::string base = fs::absolute(options.base.path).lexically_normal().string();
    save_adapters(model.parts(), *options.base.lora, base, options.base.merge ? out / "adapter" : out);
    if (!options.base.merge) {
      const fs::path generation = options.base.path / "generation_config.json";
      if (fs::exists(generation)) write_file_atomic(out / "generation_config.json", read_file(generation));
      return;
    }
    merge_adapters(model.parts());
  }
  model::save_model(model, out);
}

/// Mean of the last tenth of losses[begin, end).
double closing_loss(const std::vector<double>& losses, size_t begin, size_t end) {
  if (begin >= end) return 0;
  const size_t count = std::max<size_t>(1, (end - begin) / 10);
  return std::accumulate(losses.begin() + static_cast<std::ptrdiff_t>(end - count),
                         losses.begin() + static_cast<std::ptrdiff_t>(end), 0.0) /
         static_cast<double>(count);
}

Options fitted(Options options, const text::Tokenizer& tokenizer) {
  if (!options.base.path.empty()) {
    // The base knows its tokens.
    if (tokenizer.vocabulary_size() > static_cast<size_t>(options.model.vocabulary))
      throw Error(options.base.path.string(),
                  fmt::format(fmt::runtime(tr("its tokenizer has {} tokens, its model {}",
                                              "토크나이저의 토큰은 {}개인데 모델은 {}개입니다")),
                              tokenizer.vocabulary_size(), options.model.vocabulary),
                  std::string(tr("use the tokenizer that the model was trained with",
                                 "모델을 학습할 때 쓴 토크나이저를 쓰세요")));
    return options;
  }
  // A multiple of 64 keeps the rows of the head aligned for every instruction set.
  options.model.vocabulary = static_cast<int>((tokenizer.vocabulary_size() + 63) / 64 * 64);
  const auto id = [&](const char* name, int fallback) {
    return tokenizer.special(name) >= 0 ? tokenizer.special(name) : fallback;
  };
  options.model.eos = id("<|endofturn|>", options.model.eos);
  options.model.bos = id("[BOS]", options.model.bos);
  options.model.pad = id("[PAD]", options.model.pad);
  return options;
}

}  // namespace

Report train(const Inputs& inputs, const Options& given, const fs::path& work, const fs::path& out,
             ProgressSink& sink) {
  const text::Tokenizer tokenizer = text::Tokenizer::load(inputs.tokenizer);
  const Options options = fitted(given, tokenizer);
  make_directories(work);
  make_directories(out / "training");
  const auto length = static_cast<size_t>(options.sequence_tokens);
  pack_corpus(inputs.corpus, tokenizer, options.model.eos, length, out / "training" / "pretrain",
              data::read_held_out(inputs.held_out));
  const uint64_t left_out = pack_samples(inputs.samples, tokenizer, text::ModelChat::load(inputs.tokenizer), length,
                                         out / "training" / "supervise");
  const PackedTokens corpus(out / "training" / "pretrain"), samples(out / "training" / "supervise");

  Trainer trainer(options, corpus, samples);
  if (trainer.steps() == 0)
    throw Error(inputs.corpus.string(), std::string(tr("there is nothing to train on", "학습할 것이 없습니다")),
                std::string(tr("look at what curating left over, or raise the epochs",
                               "정제 뒤에 남은 것을 확인하거나 epochs를 올리세요")));
  const CheckpointFolder checkpoints(work,
                                     sha256(dump_json(to_json(options)) + sha256_tree(out / "training") +
                                            (options.base.path.empty() ? "" : model::hash_of(options.base.path))));
  RunState state = checkpoints.restore(trainer.optimizer(), sink).value_or(RunState{});

  const DType type = trainer.model().type();
  const double peak = tensor::measure_peak(type, 3);
  Progress progress(sink, "train", "tokens", trainer.rows());
  progress.skip(state.tokens);
  const auto start = Clock::now();
  double flops = 0, recent_loss = 0;
  uint64_t rows = 0;
  while (state.step < trainer.steps()) {
    const Trainer::Step step = trainer.run(state.step);
    ++state.step;
    state.tokens += step.rows;
    state.losses.push_back(step.loss);
    rows += step.rows;
    flops += step.flops;
    recent_loss = recent_loss == 0 ? step.loss : 0.9 * recent_loss + 0.1 * step.loss;
    progress.note(
        fmt::format(fmt::runtime(tr("{} loss {:.3f}, {:.0f} % of {} peak", "{} 손실 {:.3f}, {} 최대 속도의 {:.0f} %")),
                    state.step <= trainer.pretrain_steps() ? tr("pretrain", "사전학습") : tr("supervise", "지도학습"),
                    recent_loss, 100 * flops / seconds_since(start) / peak, options.compute));
    progress.advance(step.rows);
    if (state.step % static_cast<uint64_t>(options.checkpoint_steps) == 0 && state.step < trainer.steps())
      checkpoints.save(trainer.optimizer(), state);
  }
  progress.finish();
  const double seconds = seconds_since(start);

  write_model(trainer.model(), options, out);
  text::copy_text_files(inputs.tokenizer, out);
  std::string losses;
  for (size_t i = 0; i < state.losses.size(); ++i) losses += fmt::format("{} {:.6f}\n", i + 1, state.losses[i]);
  write_file_atomic(out / "training" / "losses.txt", losses);

  Report report;
  report.steps = state.step;
  report.tokens = state.tokens;
  report.parameters = options.model.parameters();
  report.active_parameters = options.model.active_parameters();
  report.trained_parameters = trainer.optimizer().parameters();
  const auto boundary = static_cast<size_t>(trainer.pretrain_steps());
  report.pretrain_loss = closing_loss(state.losses, 0, boundary);
  report.supervise_loss = closing_loss(state.losses, boundary, state.losses.size());
  report.seconds = seconds;
  report.tokens_per_second = seconds > 0 ? static_cast<double>(rows) / seconds : 0;
  report.flops_per_second = seconds > 0 ? flops / seconds : 0;
  report.peak_flops_per_second = peak;
  report.facts = {{"steps", report.steps},
                  {"tokens", report.tokens},
                  {"parameters", report.parameters},
                  {"active_parameters", report.active_parameters},
                  {"trained_parameters", report.trained_parameters},
                  {"samples_left_out", left_out},
                  {"pretrain_loss", report.pretrain_loss},
                  {"supervise_loss", report.supervise_loss},
                  {"seed", options.seed},
                  {"model", model::to_json(options.model)}};
  return report;
}

}  // namespace moru::train
