#include "train/optimizer.h"

#include <cmath>

#include "tensor/elementwise.h"
#include "tensor/parallel.h"

namespace moru::train {

using model::Part;
using tensor::DType;
using tensor::Tensor;

Optimizer::Optimizer(model::ExaoneMoe& model, const OptimizerSettings& settings) : settings_(settings) {
  for (const Part& part : model.parts()) {
    if (part.kind == Part::Kind::bias) {
      biases_.push_back(part.parameter);
      bias_names_.push_back(part.name);
      continue;
    }
    if (slots_.empty() || slots_.back().parameter != part.parameter) {
      Slot slot;
      slot.name = part.name;
      slot.parameter = part.parameter;
      // In f32 the model computes with the master weights themselves.
      slot.master = tensor::to_f32(part.parameter->value);
      slot.first = Tensor::empty_like(slot.master);
      slot.first.fill_zero();
      slot.decays = part.kind != Part::Kind::norm;
      part.parameter->gradient = Tensor::empty_like(slot.master);
      slots_.push_back(std::move(slot));
    }
    if (part.kind == Part::Kind::matrix && settings.muon) slots_.back().matrices.emplace_back(part.begin, part.end);
  }
  for (Slot& slot : slots_) {
    if (!slot.matrices.empty()) continue;
    slot.second = Tensor::empty_like(slot.master);
    slot.second.fill_zero();
  }
  clear_gradients();
}

void Optimizer::clear_gradients() {
  for (const Slot& slot : slots_) slot.parameter->gradient.fill_zero();
}

double Optimizer::step(double learning_rate, double factor) {
  double squares = 0;
  for (const Slot& slot : slots_) squares += sum_of_squares(slot.parameter->gradient);
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
    if (slot.matrices.empty())
      adamw_step({}, steps_, rate, slot.decays ? decay : 0.0F, static_cast<float>(scale), slot.parameter->gradient,
                 slot.first, slot.second, slot.master);
    for (const auto& [begin, end] : slot.matrices) jobs.push_back({&slot, begin, end});
  }
  tensor::share_items(static_cast<int64_t>(jobs.size()), [&](int64_t i) {
    const MatrixJob& job = jobs[static_cast<size_t>(i)];
    muon_step({}, rate, decay, static_cast<float>(scale), job.slot->parameter->gradient.slice(job.begin, job.end),
              job.slot->first.slice(job.begin, job.end), job.slot->master.slice(job.begin, job.end));
  });
  for (const Slot& slot : slots_)
    if (slot.parameter->value.dtype() != DType::f32) convert(slot.master, slot.parameter->value);
  return norm;
}

std::vector<model::NamedTensor> Optimizer::state() const {
  std::vector<model::NamedTensor> tensors;
  for (const Slot& slot : slots_) {
    tensors.push_back({slot.name, slot.master});
    tensors.push_back({slot.name + ".first_moment", slot.first});
    if (slot.second) tensors.push_back({slot.name + ".second_moment", slot.second});
  }
  for (size_t i = 0; i < biases_.size(); ++i) tensors.push_back({bias_names_[i], biases_[i]->value});
  return tensors;
}

void Optimizer::restore(const model::SafetensorsFile& file, uint64_t steps) {
  for (const model::NamedTensor& t : state()) copy_into(file.at(t.name), t.value, file.place() + ": " + t.name);
  for (const Slot& slot : slots_)
    if (slot.parameter->value.dtype() != DType::f32) convert(slot.master, slot.parameter->value);
  steps_ = steps;
}

}  // namespace moru::train
