// exact_substrings: long passages that stand word for word in several documents are kept in one of them.
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/repeated_spans.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

struct Settings {
  explicit Settings(const Config& section)
      : length(static_cast<size_t>(section.integer("length", 200, 32, 1 << 20))),
        drops(section.choice("action", "remove", {"remove", "drop"}) == "drop"),
        share(section.number("share", 0.5, 0, 1)),
        preference(section) {}
  size_t length;
  bool drops;
  double share;  ///< Of the bytes, that may be repeated before the document is dropped.
  Preference preference;
};

struct Anchors final : Observation {
  std::vector<Anchor> anchors;
};

/// Where a document's spans lie among all.
struct Entry {
  uint64_t index = 0, first = 0, count = 0;
};

class Run final : public RuleRun {
 public:
  explicit Run(const Settings& settings) : settings_(settings), winnowing_(settings.length) {}
  bool needs_collection() const override { return true; }

  void begin(const Resources& resources) override {
    spans_.emplace(settings_.length, resources);
    const Resources part{resources.folder, resources.memory / 16};
    names_.emplace(part);
    entries_.emplace(part);
    found_.emplace(part);
  }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto observation = std::make_unique<Anchors>();
    observation->anchors = winnowing_.anchors(item.document.text);
    return observation;
  }

  void gather(const Item& item, std::unique_ptr<Observation> observation) override {
    spans_->add(settings_.preference.rank(item.index, item.document), item.document.text,
                static_cast<const Anchors&>(*observation).anchors);
    names_->add(item.collected_id + "\n" + item.document.source.uri);
  }

  void conclude(std::vector<bool>& alive) override {
    // A document that this rule will drop is not known yet: whether it does is decided on its own spans.
    Entry entry;
    uint64_t number = 0;
    spans_->conclude([&](uint64_t index) { return alive[index]; },
                     [&](const RepeatedSpan& span) {
                       if (entry.count > 0 && entry.index != span.index) {
                         entries_->add(entry);
                         entry.count = 0;
                       }
                       if (entry.count++ == 0) entry = {span.index, number, 1};
                       ++number;
                       found_->append({reinterpret_cast<const char*>(&span), sizeof span});
                     });
    if (entry.count > 0) entries_->add(entry);
    spans_.reset();
  }

  Verdict apply(Item& item) const override {
    Entry entry;
    if (!entries_->find(item.index, entry)) return {};
    std::vector<RepeatedSpan> spans(entry.count);
    found_->read(entry.first * sizeof(RepeatedSpan), reinterpret_cast<char*>(spans.data()),
                 spans.size() * sizeof(RepeatedSpan));
    data::Document& document = item.document;
    TextEdit edit;
    uint64_t removed = 0;
    for (const RepeatedSpan& span : spans) {
      const data::Range range = at_characters(document.text, {span.begin, span.end});
      if (range.begin >= range.end) continue;
      edit.erase(range.begin, range.end);
      removed += range.end - range.begin;
    }
    if (removed == 0) return {};
    const double share = static_cast<double>(removed) / static_cast<double>(document.text.size());
    const std::string kept = names_->at(spans[0].kept);
    Verdict verdict;
    if (settings_.drops) {
      if (share <= settings_.share) return {};
      verdict.action = Verdict::Action::drop;
      verdict.limit = settings_.share;
    } else {
      verdict = change_document(
          edit, [](std::string_view other) { return std::string(other); }, document);
      verdict.limit = static_cast<double>(settings_.length);
    }
    verdict.value = settings_.drops ? share : static_cast<double>(removed);
    verdict.detail = fmt::format("{} bytes stand word for word elsewhere, the first in {}", removed,
                                 kept.substr(kept.find('\n') + 1));
    verdict.members = {{"kept", kept.substr(0, kept.find('\n'))}};
    verdict.counts = {{"bytes", removed}, {"spans", spans.size()}};
    return verdict;
  }

 private:
  /// Bytes are compared, characters are removed: what is cut off at the ends stays.
  static data::Range at_characters(std::string_view text, data::Range range) {
    const auto inside = [&](uint64_t at) {
      return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    while (range.begin < range.end && inside(range.begin)) ++range.begin;
    while (range.end > range.begin && inside(range.end)) --range.end;
    return range;
  }

  const Settings& settings_;
  Winnowing winnowing_;
  std::optional<RepeatedSpans> spans_;
  std::optional<ScratchTexts> names_;  ///< Id and path by the number of the document in the spans.
  std::optional<ScratchTable<Entry>> entries_;
  std::optional<ScratchFile> found_;
};

class ExactSubstrings final : public Rule {
 public:
  explicit ExactSubstrings(const Config& section) : settings_(section) {}
  Json parameters() const override {
    return {{"length", settings_.length},
            {"action", settings_.drops ? "drop" : "remove"},
            {"share", settings_.share},
            {"prefer", settings_.preference.to_json()}};
  }
  std::string limit() const override {
    return fmt::format(fmt::runtime(tr("the same {} bytes", "같은 {}바이트")), settings_.length);
  }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(settings_); }

 private:
  Settings settings_;
};

}  // namespace

std::unique_ptr<Rule> make_exact_substrings(const Config& section) {
  return std::make_unique<ExactSubstrings>(section);
}

}  // namespace moru::curate
