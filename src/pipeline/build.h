// The runner on this machine: makes what the plan says, one step after another.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.h"
#include "pipeline/plan.h"

namespace moru::pipeline {

struct BuiltStep {
  const Step* step = nullptr;
  Artefact artefact;
  bool made = false;  ///< In this build; else it stood already.
  double seconds = 0;
};

struct BuildReport {
  std::vector<BuiltStep> steps;
  std::filesystem::path model;  ///< The published model folder; empty if the build ended before it (`until`).
  std::string model_id;
  bool model_written = false;  ///< In this build.
  double seconds = 0;
};

struct BuildOptions {
  std::string until;     ///< The last step to make; empty: all.
  bool offline = false;  ///< Use what was fetched before; ask no other machine for anything.
};

/// Runs the steps up to `options.until` and publishes the model. Killed at any moment and called again, it ends
/// with the same artefacts. Throws Error if another build holds the workspace, or a step cannot go on (a full disk, a
/// missing folder); what is finished stays.
BuildReport build(const Recipe& recipe, const Workspace& workspace, const BuildOptions& options,
                  ProgressSink& progress);

}  // namespace moru::pipeline
