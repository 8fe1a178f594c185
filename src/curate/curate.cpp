#include "curate/curate.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "core/ordered_work.h"
#include "core/threads.h"
#include "curate/decision.h"
#include "curate/facts.h"
#include "curate/limit_samples.h"
#include "curate/options.h"
#include "curate/spool.h"
#include "data/document_record.h"

namespace moru::curate {
namespace {

// What a thread takes at a time: enough that handing over costs nothing, little enough that much of it fits in memory.
constexpr size_t kBatchDocuments = 64;
constexpr size_t kBatchBytes = size_t{1} << 20;

struct ActiveRule {
  const Options::Rules::Entry* entry;
  std::unique_ptr<RuleRun> run;
  const Overrides* overrides;
  size_t row;  ///< In the funnel.
};

/// One pass over the collection: rules that decide, then rules that only look and will decide in the next pass.
struct Stage {
  std::vector<ActiveRule*> deciding, observing;
  bool last = false;
};

/// A document in a pass, and what came of it.
struct Work {
  std::string input;  ///< A line of the dataset in the first pass, then a record of a spool's block.
  std::string place;  ///< Of the line; empty after the first pass.
  Item item;
  struct Step {
    Verdict::Action action = Verdict::Action::keep;
    std::string decision;  ///< The line of its record, if there is one.
    std::map<std::string, uint64_t> counts;
    std::vector<Quantity> quantities;  ///< Of a document that the report samples.
    Example example;
  };
  std::vector<Step> steps;  ///< One for each deciding rule that it reached.
  std::vector<std::unique_ptr<Observation>> observations;
  std::string output;  ///< Its record for the next pass until it is packed, or its line of the corpus.
  Tally::Measured measured;
  bool gone = false;
};

struct Batch {
  std::vector<Work> works;
  size_t bytes = 0;
  data::DocumentLineReader reader;
  std::string packed;  ///< In a later pass, what came in; then, but in the last pass, what is left for the next one.
  size_t left = 0;     ///< Documents in it.
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
  stages.back().last = true;
  return stages;
}

std::string to_record(const Item& item) {
  std::string record;
  record.reserve(item.document.text.size() + item.document.blocks.size() * 16 + 512);
  data::append_number(item.index, record);
  data::append_text(item.collected_id, record);
  data::append_record(item.document, record);
  return record;
}

void from_record(std::string_view record, Item& item) {
  item.index = data::take_number(record);
  item.collected_id = data::take_text(record);
  item.document = data::take_record(record);
}

/// A quarter of the machine's memory.
uint64_t usual_memory() {
  return static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) / 4;
}

/// A document as the report may show it: what masks personal data in the corpus masks it here.
Example shown(const Item& item, const RuleRun* masks) {
  Example example = example_of(item, 0);
  if (masks == nullptr) return example;
  Item masked;
  masked.document.title = std::move(example.title);
  masked.document.text = std::move(example.text);
  masks->apply(masked);
  example.title = std::move(masked.document.title);
  example.text = std::move(masked.document.text);
  return example;
}

/// On any thread: touches nothing but the work.
void process(const Stage& stage, Work& work, data::DocumentLineReader& reader, const LimitSamples& samples,
             const RuleRun* masks) {
  if (work.place.empty()) {
    from_record(work.input, work.item);
  } else {
    work.item.document = reader.read(work.input, work.place);
    work.item.collected_id = work.item.document.id;
  }
  work.input = {};
  for (const ActiveRule* rule : stage.deciding) {
    Work::Step& step = work.steps.emplace_back();
    try {
      if (samples.chosen(work.item.collected_id)) {
        step.quantities = rule->entry->rule->quantities(work.item);
        if (!step.quantities.empty()) step.example = shown(work.item, masks);
      }
      if (rule->overrides->cover(work.item.collected_id, rule->entry->name)) {
        // The document stays as it is; what the rule would have done is on record.
        Item tried = work.item;
        // A trial of masking is not to be counted as masking.
        const bool masking = masks != nullptr && rule->entry->name == "personal_data";
        const Verdict verdict = (masking ? *masks : *rule->run).apply(tried);
        if (verdict.action != Verdict::Action::keep)
          step.decision = dump_json(undone_record(rule->entry->name, work.item, verdict));
        continue;
      }
      Verdict verdict = rule->run->apply(work.item);
      step.action = verdict.action;
      if (verdict.action != Verdict::Action::keep)
        step.decision = dump_json(decision_record(rule->entry->name, work.item, verdict));
      step.counts = std::move(verdict.counts);
    } catch (const Error& error) {
      step.action = Verdict::Action::drop;
      step.decision = dump_json(set_aside_record(rule->entry->name, work.item, error.problem()));
    }
    work.gone = step.action == Verdict::Action::drop;
    if (work.gone) return;
  }
  for (const ActiveRule* rule : stage.observing) work.observations.push_back(rule->run->observe(work.item));
  if (!stage.last) {
    work.output = to_record(work.item);
    return;
  }
  data::Document& document = work.item.document;
  document.id = data::document_id(document);
  // The way back from a changed text to the document as collected.
  if (document.id != work.item.collected_id) document.metadata["collected_as"] = work.item.collected_id;
  work.measured = Tally::measure(document);
  data::append_json(document, work.output);
}

void process(const Stage& stage, Batch& batch, const LimitSamples& samples, const RuleRun* masks) {
  if (!batch.packed.empty()) {
    for (std::string& record : SpoolBlock::unpack(batch.packed)) batch.works.emplace_back().input = std::move(record);
    batch.packed = {};
  }
  SpoolBlock next;
  for (Work& work : batch.works) {
    process(stage, work, batch.reader, samples, masks);
    if (stage.last || work.gone) continue;
    next.add(work.output);
    work.output = {};
  }
  batch.left = next.count();
  if (batch.left > 0) batch.packed = next.pack();
}

class Curator {
 public:
  Curator(const Options& options, data::DatasetWriter& kept, data::DatasetWriter& decisions, Resources resources)
      : kept_(kept), decisions_(decisions), resources_(std::move(resources)) {
    if (resources_.memory == 0) resources_.memory = usual_memory();
    // At most two rules watch a pass and two spools stand at a time; the rest is for what is on its way.
    const Resources share{resources_.folder, resources_.memory / 4};
    for (const auto& entry : options.rules().entries) {
      if (!entry.enabled) continue;
      rules_.push_back({&entry, entry.rule->start(), &options.rules().overrides, funnel_.size()});
      rules_.back().run->begin(share);
      FunnelRow& row = funnel_.emplace_back();
      row.rule = entry.name;
      row.limit = entry.rule->limit();
    }
    stages_ = make_stages(rules_);
    spool_ = new_spool();
  }

  Report run(const data::DatasetReader& documents, ProgressSink& sink) {
    Progress progress(sink, std::string(tr("curate", "정제")), std::string(tr("documents", "문서")),
                      documents.count() * stages_.size());
    samples_ = std::make_unique<LimitSamples>(documents.count());
    for (const ActiveRule& rule : rules_)
      if (rule.entry->name == "personal_data") masks_ = rule.entry->rule->start();
    std::vector<bool> alive(documents.count(), true);
    first_pass(documents, progress);
    for (size_t stage = 1; stage < stages_.size(); ++stage) {
      for (ActiveRule* rule : stages_[stage - 1].observing) rule->run->conclude(alive);
      // What was dropped on the way has no part in the next pass.
      progress.advance(documents.count() - spool_->count());
      const std::unique_ptr<Spool> input = std::exchange(spool_, new_spool());
      next_pass(stages_[stage], *input, progress);
    }
    progress.finish();
    Report report;
    report.facts = tally_.facts(funnel_);
    report.limits = samples_->facts();
    for (const ActiveRule& rule : rules_)
      if (Json facts = rule.run->facts(); !facts.is_null()) report.facts[rule.entry->name] = std::move(facts);
    kept_.finish(report.facts);
    decisions_.finish({{"funnel", report.facts.at("funnel")}});
    report.funnel = std::move(funnel_);
    return report;
  }

 private:
  std::unique_ptr<Spool> new_spool() const {
    return std::make_unique<Spool>(Resources{resources_.folder, resources_.memory / 8});
  }

  /// The batches that are on their way through a stage.
  struct Pass {
    Curator& curator;
    const Stage& stage;
    Progress& progress;
    std::vector<Batch> batches{4 * processor_count()};
    OrderedWork ordered{batches.size(),
                        [this](size_t slot) { process(stage, batches[slot], *curator.samples_, curator.masks_.get()); },
                        [this](size_t slot) { curator.use(stage, batches[slot], progress); }};
  };

  void first_pass(const data::DatasetReader& documents, Progress& progress) {
    Pass pass{*this, stages_[0], progress};
    Batch* batch = nullptr;
    uint64_t index = 0;
    documents.for_each_line([&](std::string_view line, const data::RecordPlace& place) {
      if (batch != nullptr && (batch->works.size() >= kBatchDocuments || batch->bytes + line.size() > kBatchBytes)) {
        pass.ordered.submit();
        batch = nullptr;
      }
      if (batch == nullptr) batch = &pass.batches[pass.ordered.next()];
      batch->bytes += line.size();
      Work& work = batch->works.emplace_back();
      work.input = line;
      work.place = place.text();
      work.item.index = index++;
    });
    if (batch != nullptr) pass.ordered.submit();
    pass.ordered.finish();
  }

  void next_pass(const Stage& stage, const Spool& input, Progress& progress) {
    Pass pass{*this, stage, progress};
    Spool::Reader reader(input);
    for (std::string packed; reader.next(packed);) {
      pass.batches[pass.ordered.next()].packed = std::move(packed);
      pass.ordered.submit();
    }
    pass.ordered.finish();
  }

  /// In the order of the input, on one thread.
  void use(const Stage& stage, Batch& batch, Progress& progress) {
    for (Work& work : batch.works) collect(stage, work);
    if (batch.left > 0) spool_->add(batch.packed, batch.left);
    progress.advance(batch.works.size());
    batch.works.clear();
    batch.packed = {};
    batch.bytes = batch.left = 0;
  }

  void collect(const Stage& stage, Work& work) {
    for (size_t i = 0; i < work.steps.size(); ++i) {
      const Work::Step& step = work.steps[i];
      FunnelRow& row = funnel_[stage.deciding[i]->row];
      ++row.in;
      ++(step.action == Verdict::Action::drop ? row.dropped : row.out);
      if (step.action == Verdict::Action::change) ++row.changed;
      if (!step.decision.empty()) decisions_.add_line(step.decision);
      tally_.count(row.rule, step.counts);
      samples_->add(row.rule, step.quantities, step.example);
    }
    if (work.gone) return;
    for (size_t i = 0; i < work.observations.size(); ++i)
      stage.observing[i]->run->gather(work.item, std::move(work.observations[i]));
    if (!stage.last) return;
    tally_.keep(work.item.document, work.measured);
    kept_.add_line(work.output);
  }

  data::DatasetWriter& kept_;
  data::DatasetWriter& decisions_;
  Resources resources_;
  std::vector<ActiveRule> rules_;
  std::vector<Stage> stages_;
  std::vector<FunnelRow> funnel_;
  std::unique_ptr<Spool> spool_;
  Tally tally_;
  std::unique_ptr<LimitSamples> samples_;
  std::unique_ptr<RuleRun> masks_;  ///< A run of its own, for what is shown and tried: the real one counts.
};

}  // namespace

Report curate(const data::DatasetReader& documents, const Options& options, data::DatasetWriter& kept,
              data::DatasetWriter& decisions, ProgressSink& progress, const Resources& resources) {
  return Curator(options, kept, decisions, resources).run(documents, progress);
}

}  // namespace moru::curate
