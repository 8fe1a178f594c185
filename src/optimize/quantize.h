// Quantizing: int8 weights in groups, and what that costs, measured.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>  // Report holds a Json by value

#include "core/config.h"
#include "core/progress.h"

namespace moru::optimize {

struct Options {
  int bits = 8;
  int group = 64;                      ///< Weights along a row that share a scale.
  uint64_t comparison_tokens = 20000;  ///< Tokens of samples on which both models are run side by side.
};

Options read_options(const Config& section);
Json to_json(const Options& options);

struct Report {
  uint64_t bytes_before = 0, bytes_after = 0, tokens = 0;
  double mean_kl = 0, p99_kl = 0,
         same_top = 0;  ///< KL(original || quantized) in nats; share of equal most likely tokens.
  Json facts;
};

/// Reads a model folder, writes the quantized one to `out`, and compares the two on the samples' tokens.
Report quantize(const std::filesystem::path& model, const std::filesystem::path& samples, const Options& options,
                const std::filesystem::path& out, ProgressSink& progress);

std::string report_text(const Report& report);

}  // namespace moru::optimize
