// Plan: what a build would do, and what is done already. Making one changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/recipe.h"
#include "pipeline/workspace.h"

namespace moru::pipeline {

enum class StepState {
  done,     ///< Its artefact stands, whole.
  damaged,  ///< Its artefact stands, but not as it was written.
  make,     ///< It will run.
  waits,    ///< Whether it must run depends on what the steps before it give.
};

struct PlannedStep {
  const Step* step = nullptr;
  StepState state = StepState::waits;
  std::string reason;                ///< Why it is not done.
  Identity identity;                 ///< Not for `waits`.
  std::string key;                   ///< Not for `waits`.
  std::optional<Artefact> artefact;  ///< If done.
  double last_seconds = -1;          ///< How long the step took the last time, if it ever ran here.
};

/// Looks at one step whose inputs stand.
PlannedStep look_at(const Step& step, const std::map<std::string, Artefact>& inputs, const Workspace& workspace);

/// All steps up to `until` (empty: all).
std::vector<PlannedStep> make_plan(const Recipe& recipe, const Workspace& workspace, const std::string& until = {});

/// The plan as a table for the terminal.
std::string plan_text(const std::vector<PlannedStep>& plan);
Json plan_json(const std::vector<PlannedStep>& plan);

}  // namespace moru::pipeline
