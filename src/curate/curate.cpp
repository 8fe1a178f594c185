#include "curate/curate.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "core/threads.h"
#include "curate/decision.h"
#include "curate/facts.h"
#include "curate/options.h"
#include "curate/spool.h"

namespace moru::curate {
namespace {

// A batch is what the threads share out among them: large enough to keep them busy, small enough to hold in memory.
constexpr size_t kBatchDocuments = 256;
constexpr size_t kBatchBytes = size_t{16} << 20;

struct ActiveRule {
  const Options::Rules::Entry* entry;
  std::unique_ptr<RuleRun> run;
  size_t row;  ///< In the funnel.
};

/// One pass over the collection: rules that decide, then rules that only look and will decide in the next pass.
struct Stage {
  std::vector<ActiveRule*> deciding, observing;
};

/// A document in a pass, and what came of it.
struct Work {
  std::string record;  ///< From the spool, not parsed yet; empty in the first pass.
  Item item;
  struct Step {
    Verdict verdict;
    Json decision;
    bool set_aside = false;
  };
  std::vector<Step> steps;  ///< One for each deciding rule that it reached.
  std::vector<std::unique_ptr<Observation>> observations;
  std::string next;  ///< Its record for the next pass.
  bool gone = false;
};

std::vector<Stage> make_stages(std::vector<ActiveRule>& rules) {
  std::vector<Stage> stages(1);
  for (size_t i = 0; i < rules.size(); ++i) {
    ActiveRule& rule = rules[i];
    if (rule.run->needs_collection()) {
      // Collection rules that stand side by side look in the same pass.
      if (i == 0 || !rules[i - 1].run->needs_collection()) stages.emplace_back();
      stages[stages.size() - 2].observing.push_back(&rule);
    }
    stages.back().deciding.push_back(&rule);
  }
  return stages;
}

std::string to_record(const Item& item) {
  return dump_json(
      {{"index", item.index}, {"collected", item.collected_id}, {"document", data::to_json(item.document)}});
}

Item from_record(const std::string& record) {
  constexpr std::string_view kPlace = "curate spool";
  const Json json = parse_json(record, kPlace);
  return {static_cast<uint64_t>(json_integer(json, "index", kPlace)), json_text(json, "collected", kPlace),
          data::document_from_json(json.at("document"), kPlace)};
}

class Curator {
 public:
  Curator(const Options& options, data::DatasetWriter& kept, data::DatasetWriter& decisions)
      : kept_(kept), decisions_(decisions) {
    for (const auto& entry : options.rules().entries) {
      if (!entry.enabled) continue;
      rules_.push_back({&entry, entry.rule->start(), funnel_.size()});
      FunnelRow& row = funnel_.emplace_back();
      row.rule = entry.name;
      row.limit = entry.rule->limit();
    }
    stages_ = make_stages(rules_);
  }

  Report run(const data::DatasetReader& documents, ProgressSink& sink) {
    Progress progress(sink, std::string(tr("curate", "정제")), std::string(tr("documents", "문서")),
                      documents.count() * stages_.size());
    progress_ = &progress;
    std::vector<bool> alive(documents.count(), true);
    uint64_t index = 0;
    documents.for_each([&](const Json& json, std::string_view place) {
      Work work;
      work.item.document = data::document_from_json(json, place);
      work.item.collected_id = work.item.document.id;
      work.item.index = index++;
      push(std::move(work), work.item.document.text.size(), 0);
    });
    flush(0);
    for (size_t stage = 1; stage < stages_.size(); ++stage) {
      for (ActiveRule* rule : stages_[stage - 1].observing) rule->run->conclude(alive);
      // What was dropped on the way has no part in the next pass.
      progress.advance(documents.count() - spool_.count());
      Spool input = std::exchange(spool_, Spool());
      input.drain([&](std::string record) {
        Work work;
        const size_t size = record.size();
        work.record = std::move(record);
        push(std::move(work), size, stage);
      });
      flush(stage);
    }
    progress.finish();
    Report report;
    report.facts = tally_.facts(funnel_);
    kept_.finish(report.facts);
    decisions_.finish({{"funnel", report.facts.at("funnel")}});
    report.funnel = std::move(funnel_);
    return report;
  }

 private:
  void push(Work work, size_t bytes, size_t stage) {
    batch_.push_back(std::move(work));
    batch_bytes_ += bytes;
    if (batch_.size() >= kBatchDocuments || batch_bytes_ >= kBatchBytes) flush(stage);
  }

  void flush(size_t stage) {
    const bool last = stage + 1 == stages_.size();
    parallel_for(batch_.size(), [&](size_t i) { process(stages_[stage], batch_[i], last); });
    for (Work& work : batch_) collect(stages_[stage], work, last);
    progress_->advance(batch_.size());
    batch_.clear();
    batch_bytes_ = 0;
  }

  /// On any thread: touches nothing but the work.
  static void process(const Stage& stage, Work& work, bool last) {
    if (!work.record.empty()) {
      work.item = from_record(work.record);
      work.record = {};
    }
    for (const ActiveRule* rule : stage.deciding) {
      Work::Step& step = work.steps.emplace_back();
      try {
        step.verdict = rule->run->apply(work.item);
        if (step.verdict.action != Verdict::Action::keep)
          step.decision = decision_record(rule->entry->name, work.item, step.verdict);
        work.gone = step.verdict.action == Verdict::Action::drop;
      } catch (const Error& error) {
        step.set_aside = work.gone = true;
        step.decision = set_aside_record(rule->entry->name, work.item, error.problem());
      }
      if (work.gone) return;
    }
    for (const ActiveRule* rule : stage.observing) work.observations.push_back(rule->run->observe(work.item));
    if (!last) work.next = to_record(work.item);
  }

  /// In the order of the input, on one thread.
  void collect(const Stage& stage, Work& work, bool last) {
    for (size_t i = 0; i < work.steps.size(); ++i) {
      const Work::Step& step = work.steps[i];
      FunnelRow& row = funnel_[stage.deciding[i]->row];
      ++row.in;
      const bool dropped = step.set_aside || step.verdict.action == Verdict::Action::drop;
      ++(dropped ? row.dropped : row.out);
      if (step.verdict.action == Verdict::Action::change) ++row.changed;
      if (!step.decision.is_null()) decisions_.add(step.decision);
      tally_.count(row.rule, step.verdict.counts);
    }
    if (work.gone) return;
    for (size_t i = 0; i < work.observations.size(); ++i)
      stage.observing[i]->run->gather(work.item, std::move(work.observations[i]));
    if (!last) {
      spool_.add(std::move(work.next));
      return;
    }
    data::Document& document = work.item.document;
    document.id = data::document_id(document);
    // The way back from a changed text to the document as collected.
    if (document.id != work.item.collected_id) document.metadata["collected_as"] = work.item.collected_id;
    tally_.keep(document);
    kept_.add(data::to_json(document));
  }

  data::DatasetWriter& kept_;
  data::DatasetWriter& decisions_;
  std::vector<ActiveRule> rules_;
  std::vector<Stage> stages_;
  std::vector<FunnelRow> funnel_;
  std::vector<Work> batch_;
  size_t batch_bytes_ = 0;
  Spool spool_;
  Tally tally_;
  Progress* progress_ = nullptr;
};

}  // namespace

Report curate(const data::DatasetReader& documents, const Options& options, data::DatasetWriter& kept,
              data::DatasetWriter& decisions, ProgressSink& progress) {
  return Curator(options, kept, decisions).run(documents, progress);
}

}  // namespace moru::curate
