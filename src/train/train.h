// Training: a tokenizer, a corpus and samples in, a model folder out; killed and resumed it ends with the same bytes.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>  // Report holds a Json by value
#include <optional>
#include <string>

#include "core/config.h"
#include "core/progress.h"
#include "model/config.h"
#include "model/lora.h"

namespace moru::train {

/// One phase: pretraining on the corpus, or supervision on the samples.
struct PhaseOptions {
  double epochs = 1;         ///< Passes over the data (fractions allowed).
  double learning_rate = 0;  ///< At the plateau of the schedule.
  double warmup = 0.05;      ///< Share of steps.
  double decay = 0.3;        ///< Share of steps, linear to zero ("warm-up/stable/decay").
};

/// A model to go on from, instead of a fresh one.
struct BaseOptions {
  std::filesystem::path path;              ///< A model folder or a .gguf file; empty: a fresh model of Options::model.
  std::optional<model::LoraOptions> lora;  ///< Adapters alone are trained; without: every weight.
  bool merge = true;                       ///< Adapters end in the weights; else the output is an adapter folder.
  int bits = 0;    ///< 4 or 8: under adapters the frozen matrices are rounded to so many bits while training.
  int group = 64;  ///< Weights that share a scale then.
};

struct Options {
  model::ModelConfig model;  ///< Of a fresh model.
  BaseOptions base;
  PhaseOptions pretrain{1, 4e-3, 0.05, 0.0};
  PhaseOptions supervise{8, 4e-3, 0.0, 0.4};
  std::string optimizer = "muon";  ///< "muon" (matrices; AdamW elsewhere) or "adamw".
  std::string compute = "bf16";    ///< "bf16" or "fp32" products; master weights and accumulation are fp32.
  int batch_tokens = 8192;
  int sequence_tokens = 512;
  double weight_decay = 0.0;
  double clip = 1.0;
  double balance_loss = 1e-4;
  double bias_step = 1e-3;
  double mtp_loss = 0.05;
  uint64_t seed = 7;
  int checkpoint_steps = 50;
};

Options read_options(const Config& section);
Json to_json(const Options& options);

struct Inputs {
  std::filesystem::path tokenizer;  ///< Folder with tokenizer.json.
  std::filesystem::path corpus;     ///< document/1 dataset.
  std::filesystem::path samples;    ///< sample/1 dataset; held-out samples are never read into a batch.
  /// Ids of documents that are held out with all that is made of them (data/held_out.h); empty: none.
  std::filesystem::path held_out = {};
};

struct Report {
  uint64_t steps = 0, tokens = 0, parameters = 0, active_parameters = 0, trained_parameters = 0;
  double pretrain_loss = 0, supervise_loss = 0;
  double seconds = 0, tokens_per_second = 0;               ///< Of this process alone; not part of any hash.
  double flops_per_second = 0, peak_flops_per_second = 0;  ///< 6 x active parameters x rate, and the matrix peak.
  Json facts;                                              ///< Deterministic: goes into the artefact.
};

/// Writes the model into `out` (Hugging Face layout, tokenizer files included) and the untrained model's seed into its
/// facts. Of adapters, also `out`/adapter in PEFT's layout if they are merged, else `out` itself is that. Checkpoints
/// go to `work`; a later call with the same arguments goes on from the last whole one.
Report train(const Inputs& inputs, const Options& options, const std::filesystem::path& work,
             const std::filesystem::path& out, ProgressSink& progress);

}  // namespace moru::train
