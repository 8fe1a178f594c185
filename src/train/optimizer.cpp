#include "train/optimizer.h"

#include <cmath>

#include "tensor/elementwise.h"
#include "tensor/parallel.h"

namespace moru::train {

using model::Part;
using tensor::DType;
using tensor::Tensor;

Optimizer::Optimizer(model::DecoderModel& model, const OptimizerSettings& settings) : settings_(settings) {
  std::vector<TrainedTensor> tensors;
  const tensor::Parameter* last = nullptr;
  for (const Part& part : model.parts()) {
    if (part.kind == Part::Kind::bias) {
      biases_.push_back(part.parameter);
      bias_names_.push_back(part.name);
      continue;
    }
    if (part.parameter != last) {
      last = part.parameter;
      const Tensor& value = part.parameter->value;
      part.parameter->gradient =
          value.dtype() == DType::f32 ? Tensor::empty_like(value) : Tensor::empty_like(to_f32(value));
      tensors.push_back({part.name, value, part.parameter->gradient, {}, part.kind != Part::Kind::norm});
    }
    if (part.kind == Part::Kind::matrix && settings.muon) tensors.back().matrices.emplace_back(part.begin, part.end);
  }
  for (TrainedTensor& trained : tensors) add(std::move(trained));
  clear_gradients();
}

Optimizer::Optimizer(std::vector<TrainedTensor> tensors, const OptimizerSettings& settings) : settings_(settings) {
  for (TrainedTensor& trained : tensors) add(std::move(trained));
  clear_gradients();
}

void Optimizer::add(TrainedTensor trained) {
  Slot slot;
  // In f32 the model computes with the master weights themselves.
  slot.master = tensor::to_f32(trained.value);
  slot.first = Tensor::empty_like(slot.master);
  slot.first.fill_zero();
  if (trained.matrices.empty()) {
    slot.second = Tensor::empty_like(slot.master);
    slot.second.fill_zero();
  }
  slot.trained = std::move(trained);
  slots_.push_back(std::move(slot));
}

uint64_t Optimizer::parameters() const {
  uint64_t count = 0;
  for (const Slot& slot : slots_) count += static_cast<uint64_t>(slot.master.size());
  return count;
}

void Optimizer::clear_gradients() {
  for (const Slot& slot : slots_) slot.trained.gradient.clear();
}

double Optimizer::step(double learning_rate, double factor) {
  double squares = 0;
  for (const Slot& slot : slots_) squares += sum_of_squares(slot.trained.gradient);
  const double norm = std::sqrt(squares) * factor;
  const double scale = settings_.clip > 0 && norm > settings_.clip ? factor * settings_.clip / norm : factor;
  ++steps_;
  const auto rate = static_cast<float>(learning_rate), decay = static_cast<float>(settings_.weight_decay);
  struct MatrixJob {
    const Slot* slot;
    int64_t begin, end;
  };
  std::vector<MatrixJob> jobs;
  for (const Slot& slot : slots_) {
    const bool rounded = slot.trained.value.dtype() != DType::f32;
    if (slot.trained.matrices.empty())
      adamw_step({}, steps_, rate, slot.trained.decays ? decay : 0.0F, static_cast<float>(scale), slot.trained.gradient,
                 slot.first, slot.second, slot.master, rounded ? slot.trained.value : Tensor());
    for (const auto& [begin, end] : slot.trained.matrices) jobs.push_back({&slot, begin, end});
  }
  tensor::share_items(static_cast<int64_t>(jobs.size()), [&](int64_t i) {
    const MatrixJob& job = jobs[static_cast<size_t>(i)];
    muon_step({}, rate, decay, static_cast<float>(scale), job.slot->trained.gradient.sum().slice(job.begin, job.end),
              job.slot->first.slice(job.begin, job.end), job.slot->master.slice(job.begin, job.end));
  });
  for (const Slot& slot : slots_)
    if (!slot.trained.matrices.empty() && slot.trained.value.dtype() != DType::f32)
      convert(slot.master, slot.trained.value);
  return norm;
}

std::vector<model::NamedTensor> Optimizer::state() const {
  std::vector<model::NamedTensor> tensors;
  for (const Slot& slot : slots_) {
    tensors.push_back({slot.trained.name, slot.master});
    tensors.push_back({slot.trained.name + ".first_moment", slot.first});
    if (slot.second) tensors.push_back({slot.trained.name + ".second_moment", slot.second});
  }
  for (size_t i = 0; i < biases_.size(); ++i) tensors.push_back({bias_names_[i], biases_[i]->value});
  return tensors;
}

void Optimizer::restore(const model::SafetensorsFile& file, uint64_t steps) {
  for (const model::NamedTensor& t : state()) copy_into(file.at(t.name), t.value, file.place() + ": " + t.name);
  for (const Slot& slot : slots_)
    if (slot.trained.value.dtype() != DType::f32) convert(slot.master, slot.trained.value);
  steps_ = steps;
}

}  // namespace moru::train
