// Quantizing: weights of 8 or 4 bits in groups, and what that costs, measured.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>  // Report holds a Json by value
#include <vector>

#include "core/config.h"
#include "core/progress.h"
#include "optimize/calibrate.h"
#include "optimize/compare.h"
#include "optimize/text_source.h"

namespace moru::optimize {

struct Options {
  WeightSettings weights;
  uint64_t calibration_tokens = 32768;  ///< For error feedback.
  uint64_t comparison_tokens = 20000;   ///< Tokens on which both models are run side by side.
  double margin = 0;                    ///< For judge(); 0: no claim is made.
};

/// Throws Error for a key or value that is none.
Options read_options(const Config& section);
Json to_json(const Options& options);

struct Texts {
  TextSource calibration;  ///< Used by error feedback alone.
  TextSource comparison;   ///< Shares no sequence with the calibration's.
};
/// Reads the texts as the model takes them, in sequences of at most `longest` tokens.
using ReadTexts = std::function<Texts(const ModelText& model, size_t longest)>;

/// Samples that were trained on calibrate; held-out ones are compared on. Where none is held out, those are that did
/// not calibrate.
ReadTexts texts_of_samples(const std::filesystem::path& samples, const Options& options);

struct Report {
  uint64_t bytes_before = 0, bytes_after = 0;  ///< Of the weights' files.
  Texts texts;
  CalibrationReport weights;
  Comparison comparison;
  Verdict verdict = Verdict::none;
};

/// Reads a model folder, writes the quantized one to `out`, and compares the two. Throws Error for one whose weights are
/// in few bits already.
Report quantize(const std::filesystem::path& model, const ReadTexts& read, const Options& options,
                const std::filesystem::path& out, ProgressSink& progress);

/// The whole report ("quantization/1", docs/formats.md); with what became of each weight if `whole`.
Json report_json(const Report& report, const Options& options, bool whole);
std::string report_text(const Report& report, const Options& options);

}  // namespace moru::optimize
