#include "pipeline/build.h"

#include <unistd.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/version.h"
#include "pipeline/machine.h"
#include "pipeline/publish.h"
#include "pipeline/record.h"
#include "pipeline/show.h"

namespace moru::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The run in the ledger; an end without finish() is a failure.
class RunRecord {
 public:
  RunRecord(ledger::Ledger& ledger, const Recipe& recipe) : ledger_(ledger) {
    run_.started = utc_now();
    run_.recipe = fs::absolute(recipe.file).lexically_normal().string();
    run_.recipe_sha256 = recipe.sha256;
    run_.code = version();
    run_.machine = dump_json(machine());
    run_.id = sha256(
        fmt::format("{} {} {} {}", run_.started, ::getpid(), run_.recipe, Clock::now().time_since_epoch().count()));
    ledger_.close_open_runs("killed", run_.started);
    ledger_.put(run_);
  }
  RunRecord(const RunRecord&) = delete;
  RunRecord& operator=(const RunRecord&) = delete;
  ~RunRecord() {
    if (!run_.outcome.empty()) return;
    try {
      ledger_.close_open_runs("failed", utc_now());
    } catch (const Error&) {
      // On a full disk the next build marks the run instead.
    }
  }
  void begin(const PlannedStep& planned, std::string_view outcome) {
    step_ = {run_.id,
             planned.identity.step,
             planned.key,
             utc_now(),
             "",
             std::string(outcome),
             dump_json(planned.identity.parameters)};
    ledger_.put(step_);
  }
  void end(std::string_view outcome) {
    step_.finished = utc_now();
    step_.outcome = outcome;
    ledger_.put(step_);
  }
  void finish() {
    run_.finished = utc_now();
    run_.outcome = "done";
    ledger_.put(run_);
  }

 private:
  ledger::Ledger& ledger_;
  ledger::Run run_;
  ledger::StepRecord step_;
};

Artefact run_step(const PlannedStep& planned, const std::map<std::string, Artefact>& inputs, const Workspace& workspace,
                  const ledger::Ledger& ledger, ProgressSink& progress) {
  const fs::path out = workspace.partial(planned.key);
  make_directories(out);
  const auto start = Clock::now();
  const std::string started = utc_now();
  StepRun run{out, workspace.work(planned.key), workspace.store(), inputs, ledger, progress};
  try {
    planned.step->run(run);
    Json made = {{"started", started},       {"finished", utc_now()}, {"seconds", seconds_since(start)},
                 {"measured", run.measured}, {"machine", machine()},  {"code", version()}};
    Artefact artefact = workspace.publish(seal(out, planned.identity, std::move(run.facts), std::move(made)));
    // Only now: checkpoints are worth nothing once the artefact stands, and everything until then. Those of other keys
    // go too: the user went on with another recipe.
    if (fs::exists(run.work)) workspace.remove_work();
    return artefact;
  } catch (...) {
    // What was half-written may be what filled the disk.
    std::error_code ignored;
    fs::remove_all(out, ignored);
    throw;
  }
}

}  // namespace

BuildReport build(const Recipe& recipe, const Workspace& workspace, const BuildOptions& options,
                  ProgressSink& progress) {
  const std::string& until = options.until;
  if (!until.empty()) recipe.step(until);
  const auto start = Clock::now();
  const WorkspaceLock lock(workspace);
  workspace.prepare();
  ledger::Ledger ledger = open_ledger(workspace, recipe, [&](const std::string& line) { progress.say(line); });
  RunRecord run(ledger, recipe);
  BuildReport report;
  std::map<std::string, Artefact> inputs;
  size_t number = 0;
  for (const auto& step : recipe.steps) {
    const auto step_start = Clock::now();
    const std::string head = fmt::format("[{}/{}] {}", ++number, recipe.steps.size(), step->name());
    step->prepare({workspace.store(), options.offline, progress});
    PlannedStep planned = look_at(*step, inputs, workspace);
    BuiltStep built{step.get(), {}, planned.state != StepState::done, 0};
    if (built.made) {
      if (planned.state == StepState::damaged) {
        progress.say(fmt::format(fmt::runtime(tr("{}: its artefact {} is damaged ({}); it is made again",
                                                 "{}: 산출물 {}이(가) 손상되어({}) 다시 만듭니다")),
                                 head, planned.key.substr(0, 12), planned.reason));
        workspace.remove_artefact(planned.key);
      }
      progress.say(fmt::format("{}: {}", head, step->about()));
      run.begin(planned, "");
      built.artefact = run_step(planned, inputs, workspace, ledger, progress);
      built.seconds = seconds_since(step_start);
      record(built.artefact, *step, ledger);
      run.end("made");
      progress.say(fmt::format("      {} ({})", step->summary(built.artefact), seconds_text(built.seconds)));
    } else {
      built.artefact = std::move(*planned.artefact);
      record(built.artefact, *step, ledger);
      run.begin(planned, "reused");
      run.end("reused");
      progress.say(fmt::format("{}: {} ({})", head, tr("done already", "이미 됨"), step->summary(built.artefact)));
    }
    inputs[std::string(step->name())] = built.artefact;
    report.steps.push_back(std::move(built));
    if (step->name() == until) break;
  }
  if (inputs.contains("package")) {
    const Published published = publish_model(recipe, workspace, inputs, ledger, progress);
    report.model = published.folder;
    report.model_id = published.id;
    report.model_written = published.written;
  }
  run.finish();
  report.seconds = seconds_since(start);
  return report;
}

}  // namespace moru::pipeline
