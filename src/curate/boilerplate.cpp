// boilerplate: lines that recur across the collection (menus, footers, notices) are taken out of every document.
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "core/language.h"
#include "curate/change.h"
#include "curate/line_counts.h"
#include "curate/prose.h"
#include "curate/rule.h"
#include "curate/scratch.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

using data::Block;
using data::BlockKind;
using data::Range;

/// Titles, headings, tables, code and blocks with a role ("note", "how_to_get") recur because documents are alike in
/// build, not because a page template printed them.
bool may_be_boilerplate(const Block* block) {
  if (block == nullptr) return true;
  if (!block->role.empty()) return false;
  return block->kind == BlockKind::paragraph || block->kind == BlockKind::list_item ||
         block->kind == BlockKind::caption;
}

uint64_t line_hash(std::string_view line) {
  return hash64(text::lower(text::normalise_space(line)));
}

struct Lines final : Observation {
  std::vector<uint64_t> hashes;  ///< Sorted, each once: a line counts once a document.
};

struct Limits {
  double share = 0.2;
  uint64_t minimum_documents = 20;
};

class Run final : public RuleRun {
 public:
  explicit Run(Limits limits) : limits_(limits) {}
  bool needs_collection() const override { return true; }

  void begin(const Resources& resources) override { counts_ = LineCounts(resources.memory); }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto lines = std::make_unique<Lines>();
    for_each_line(item.document, [&](Range range, const Block* block) {
      if (may_be_boilerplate(block)) lines->hashes.push_back(line_hash(item.document.slice(range)));
    });
    std::ranges::sort(lines->hashes);
    lines->hashes.erase(std::unique(lines->hashes.begin(), lines->hashes.end()), lines->hashes.end());
    return lines;
  }

  void gather(const Item&, std::unique_ptr<Observation> observation) override {
    ++documents_;
    for (const uint64_t hash : static_cast<const Lines&>(*observation).hashes) counts_.add(hash);
  }

  void conclude(std::vector<bool>&) override {
    const auto share = static_cast<uint64_t>(limits_.share * static_cast<double>(documents_));
    counts_.keep_only(std::max(limits_.minimum_documents, share + 1));
  }

  Verdict apply(Item& item) const override {
    if (counts_.empty()) return {};
    data::Document& document = item.document;
    TextEdit edit;
    std::map<std::string, uint64_t> lines;
    uint64_t most = 0;
    for_each_line(document, [&](Range range, const Block* block) {
      if (!may_be_boilerplate(block)) return;
      const std::string_view line = document.slice(range);
      const uint64_t count = counts_.count(line_hash(line));
      if (count == 0) return;
      most = std::max(most, count);
      lines[text::normalise_space(line)] = 1;
      erase_line(document, range, block, edit);
    });
    Verdict verdict = change_document(
        edit, [](std::string_view other) { return std::string(other); }, document);
    if (edit.empty()) return verdict;
    verdict.value = static_cast<double>(most) / static_cast<double>(documents_);
    verdict.limit = limits_.share;
    verdict.detail = fmt::format("{} lines that recur across the collection", edit.changes().size());
    verdict.counts = std::move(lines);
    return verdict;
  }

 private:
  /// With its list mark before it and the line breaks after it, so that no gap stays.
  static void erase_line(const data::Document& document, Range range, const Block* block, TextEdit& edit) {
    const std::string_view text = document.text;
    uint64_t floor = edit.empty() ? 0 : edit.changes().back().range.end;
    if (block != nullptr && block != document.blocks.data()) floor = std::max(floor, (block - 1)->range.end);
    while (range.begin > floor && text[range.begin - 1] != '\n') --range.begin;
    while (range.end < text.size() && text[range.end] == '\n') ++range.end;
    if (range.end == text.size()) {
      // The last line break stays the last.
      if (text.back() == '\n') --range.end;
      while (range.begin > floor && text[range.begin - 1] == '\n') --range.begin;
    }
    edit.erase(range.begin, range.end);
  }

  Limits limits_;
  uint64_t documents_ = 0;
  LineCounts counts_{0};
};

class Boilerplate final : public Rule {
 public:
  explicit Boilerplate(const Config& section) {
    limits_.share = section.number("share", limits_.share, 0, 1);
    limits_.minimum_documents =
        static_cast<uint64_t>(section.integer("minimum_documents", static_cast<int64_t>(limits_.minimum_documents), 2));
  }
  Json parameters() const override {
    return {{"share", limits_.share}, {"minimum_documents", limits_.minimum_documents}};
  }
  std::string limit() const override {
    return fmt::format(
        fmt::runtime(tr("lines in over {:g} % of documents, {} at least", "문서의 {:g} % 넘게, {}건 이상 나오는 줄")),
        100 * limits_.share, limits_.minimum_documents);
  }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(limits_); }

 private:
  Limits limits_;
};

}  // namespace

std::unique_ptr<Rule> make_boilerplate(const Config& section) {
  return std::make_unique<Boilerplate>(section);
}

}  // namespace moru::curate
