#include "pipeline/plan.h"

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "core/version.h"
#include "pipeline/show.h"

namespace moru::pipeline {
namespace {

std::string_view name_of(StepState state) {
  switch (state) {
    case StepState::done:
      return "done";
    case StepState::damaged:
      return "damaged";
    case StepState::make:
      return "to do";
    case StepState::waits:
      return "waits";
  }
  return "";
}

std::string_view shown(StepState state) {
  switch (state) {
    case StepState::done:
      return tr("done already", "이미 됨");
    case StepState::damaged:
      return tr("damaged: to do again", "손상됨: 다시 함");
    case StepState::make:
      return tr("to do", "할 일");
    case StepState::waits:
      return tr("to do, unless its inputs come out the same", "할 일 (입력이 그대로이면 건너뜀)");
  }
  return "";
}

}  // namespace

PlannedStep look_at(const Step& step, const std::map<std::string, Artefact>& inputs, const Workspace& workspace) {
  PlannedStep planned;
  planned.step = &step;
  planned.identity = {std::string(step.name()),         step.version(),
                      std::string(version()),           step.parameters(),
                      step.external(workspace.store()), {}};
  for (const std::string& name : step.inputs())
    planned.identity.inputs[name] = {inputs.at(name).key, inputs.at(name).content};
  planned.key = planned.identity.key();
  const fs::path folder = workspace.artefact(planned.key);
  if (fs::exists(folder)) {
    try {
      Artefact artefact = load_artefact(folder);
      planned.reason = damage(artefact);
      if (planned.reason.empty()) {
        planned.state = StepState::done;
        planned.artefact = std::move(artefact);
        return planned;
      }
    } catch (const Error& error) {
      planned.reason = error.problem();
    }
    planned.state = StepState::damaged;
    return planned;
  }
  planned.state = StepState::make;
  planned.reason = tr("not made yet", "아직 만들지 않음");
  return planned;
}

std::vector<PlannedStep> make_plan(const Recipe& recipe, const Workspace& workspace, const std::string& until) {
  if (!until.empty()) recipe.step(until);
  std::vector<PlannedStep> plan;
  std::map<std::string, Artefact> inputs;
  const std::vector<Artefact> existing = workspace.artefacts();
  for (const auto& step : recipe.steps) {
    const std::vector<std::string> needed = step->inputs();
    const auto first_missing =
        std::ranges::find_if(needed, [&](const std::string& name) { return !inputs.contains(name); });
    PlannedStep planned;
    planned.step = step.get();
    if (first_missing == needed.end()) {
      planned = look_at(*step, inputs, workspace);
    } else {
      planned.reason = fmt::format(fmt::runtime(tr("after \"{}\"", "\"{}\" 다음")), *first_missing);
    }
    for (const Artefact& artefact : existing) {
      if (artefact.identity.step != step->name()) continue;
      planned.last_seconds = artefact.made.value("seconds", -1.0);
      if (planned.state == StepState::make) planned.reason = difference(artefact.identity, planned.identity);
    }
    if (planned.artefact) inputs[std::string(step->name())] = *planned.artefact;
    plan.push_back(std::move(planned));
    if (step->name() == until) break;
  }
  // A step that ran never means that those after it must: say "to do" where nothing of the kind was ever made.
  for (PlannedStep& planned : plan)
    if (planned.state == StepState::waits && planned.last_seconds < 0) {
      planned.state = StepState::make;
      planned.reason = tr("not made yet", "아직 만들지 않음");
    }
  return plan;
}

std::string plan_text(const std::vector<PlannedStep>& plan) {
  std::string text;
  size_t number = 0;
  for (const PlannedStep& planned : plan) {
    text += fmt::format("  {}. {:<10} {}\n", ++number, planned.step->name(), planned.step->about());
    std::string state(shown(planned.state));
    if (planned.state == StepState::done) {
      state += fmt::format(" ({}, {})", planned.key.substr(0, 12), planned.step->summary(*planned.artefact));
    } else if (!planned.reason.empty()) {
      state += fmt::format(" ({})", planned.reason);
    }
    if (planned.state != StepState::done && planned.last_seconds >= 0)
      state += fmt::format(fmt::runtime(tr(", last time {}", ", 지난번 {}")), seconds_text(planned.last_seconds));
    text += fmt::format("     {:<10} -> {}\n", "", state);
  }
  return text;
}

Json plan_json(const std::vector<PlannedStep>& plan) {
  Json json = Json::array();
  for (const PlannedStep& planned : plan) {
    Json step = {{"step", planned.step->name()},
                 {"about", planned.step->about()},
                 {"state", name_of(planned.state)},
                 {"reason", planned.reason}};
    if (!planned.key.empty()) step["key"] = planned.key;
    if (planned.artefact) step["content"] = planned.artefact->content;
    json.push_back(std::move(step));
  }
  return json;
}

}  // namespace moru::pipeline
