// The optimizer of a whole model: Muon for matrices and AdamW for the rest, or AdamW for all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/decoder.h"
#include "model/safetensors.h"
#include "train/adamw.h"
#include "train/muon.h"

namespace moru::train {

struct OptimizerSettings {
  bool muon = true;
  double weight_decay = 0;  ///< Of matrices; norms and biases do not decay.
  double clip = 1.0;        ///< Most that the gradient's global norm may be; 0: no limit.
};

/// What an optimizer changes. Tensors are handles: the model's own are meant.
struct TrainedTensor {
  std::string name;
  tensor::Tensor value;
  tensor::Gradient gradient;                               ///< f32, allocated.
  std::vector<std::pair<int64_t, int64_t>> matrices = {};  ///< Row ranges that are matrices of their own, for Muon.
  bool decays = true;
};

/// Owns the f32 master weights, the moments and the gradients; keeps the model's own (bf16) values in step.
class Optimizer {
 public:
  /// Takes the model's present values as the start and gives every trained parameter a gradient.
  Optimizer(model::DecoderModel& model, const OptimizerSettings& settings);

  /// These alone: no master copies, moments or gradients for anything else.
  Optimizer(std::vector<TrainedTensor> tensors, const OptimizerSettings& settings);

  void clear_gradients();
  /// One step. `factor` multiplies all gradients first (1 / number of loss tokens). Returns the norm before clipping.
  double step(double learning_rate, double factor);
  uint64_t steps() const { return steps_; }
  /// Numbers that are trained.
  uint64_t parameters() const;

  /// Everything that a later process needs to go on exactly here, router biases included.
  std::vector<model::NamedTensor> state() const;
  /// Throws Error if the file does not hold this model's state.
  void restore(const model::SafetensorsFile& file, uint64_t steps);

 private:
  struct Slot {
    TrainedTensor trained;
    tensor::Tensor master, first, second;  // second: AdamW's v; empty for Muon
  };
  void add(TrainedTensor trained);
  OptimizerSettings settings_;
  std::vector<Slot> slots_;
  std::vector<tensor::Parameter*> biases_;
  std::vector<std::string> bias_names_;
  uint64_t steps_ = 0;
};

}  // namespace moru::train
