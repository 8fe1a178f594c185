// A step of the pipeline: reads artefacts, writes one artefact. One file a step under pipeline/steps/, one line of
// registration in steps.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.h"
#include "core/progress.h"
#include "ledger/ledger.h"
#include "pipeline/artefact.h"

namespace moru::pipeline {

/// What a step may do before the plan asks for its key.
struct StepPreparation {
  std::filesystem::path store;
  bool offline = false;  ///< Ask no other machine for anything.
  ProgressSink& progress;
};

/// What a running step is given, and what it gives back.
struct StepRun {
  std::filesystem::path out;    ///< Write here; becomes the artefact.
  std::filesystem::path work;   ///< Survives kills; gone when the artefact stands.
  std::filesystem::path store;  ///< What steps remember between builds; losing it costs time, never a result.
  const std::map<std::string, Artefact>& inputs;
  const ledger::Ledger& ledger;  ///< Knows all of the inputs' records.
  ProgressSink& progress;
  Json facts = Json::object();     ///< Deterministic.
  Json measured = Json::object();  ///< Times and rates of this process.

  const Artefact& input(const std::string& step) const { return inputs.at(step); }
};

class Step {
 public:
  virtual ~Step() = default;
  virtual std::string_view name() const = 0;
  /// Raise it when the output changes for the same input.
  virtual int version() const = 0;
  /// Names of the earlier steps whose artefacts it reads.
  virtual std::vector<std::string> inputs() const { return {}; }
  /// All in the recipe that decides the result.
  virtual Json parameters() const = 0;
  /// Called by a build, not by a plan, before external(): brings what lies on other machines into the store.
  virtual void prepare(const StepPreparation& /*preparation*/) {}
  /// Hashes of what it reads outside the workspace, by name. Throws Error if that is missing. Changes nothing.
  virtual Json external(const std::filesystem::path& /*store*/) const { return Json::object(); }
  /// What it does, for the plan: one line.
  virtual std::string about() const = 0;
  virtual void run(StepRun& run) const = 0;
  /// What came of it: one line.
  virtual std::string summary(const Artefact& artefact) const = 0;
  /// A table for the end of the build, if it has one.
  virtual std::string report(const Artefact&) const { return {}; }
  /// Puts the records that the artefact holds into the ledger, from its files alone, so that a lost ledger can be made
  /// again. The artefact's own node is there already.
  virtual void record(const Artefact&, ledger::Ledger&) const {}
};

/// The file that a recipe was read from.
struct RecipeFile {
  std::string name;              ///< The recipe's own name.
  std::filesystem::path folder;  ///< Relative paths in the recipe are relative to it.
  std::string sha256;            ///< Of its text.
};

/// Reads the step's part of the recipe.
using MakeStep = std::unique_ptr<Step> (*)(const Config& recipe, const RecipeFile& file);

/// All steps, in the order in which they run.
std::span<const MakeStep> all_steps();

}  // namespace moru::pipeline
