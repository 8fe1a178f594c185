// exact_duplicates: of documents with the same words in the same order, one is kept.
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "core/language.h"
#include "curate/preference.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

/// 128 bits: among 2^40 documents two different ones meet by chance once in 2^49 runs.
using Key = std::pair<uint64_t, uint64_t>;

struct Fingerprint final : Observation {
  Key key;
};

class Run final : public RuleRun {
 public:
  bool needs_collection() const override { return true; }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto fingerprint = std::make_unique<Fingerprint>();
    // White space does not tell documents apart, whether or not white_space has run.
    const std::string text = text::normalise_space(item.document.text);
    fingerprint->key = {hash64(text, 1), hash64(text, 2)};
    return fingerprint;
  }

  void gather(const Item& item, std::unique_ptr<Observation> observation) override {
    const Key key = static_cast<const Fingerprint&>(*observation).key;
    copies_.emplace_back(key, Copy(item.index, item.collected_id, item.document));
  }

  void conclude(std::vector<bool>& alive) override {
    std::erase_if(copies_, [&](const auto& copy) { return !alive[copy.second.index]; });
    std::ranges::sort(copies_, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : preferred(a.second, b.second);
    });
    for (size_t i = 1, kept = 0; i < copies_.size(); ++i) {
      if (copies_[i].first != copies_[kept].first) {
        kept = i;
        continue;
      }
      dropped_[copies_[i].second.index] = {copies_[kept].second.id, copies_[kept].second.uri};
      alive[copies_[i].second.index] = false;
    }
    copies_ = {};
  }

  Verdict apply(Item& item) const override {
    const auto found = dropped_.find(item.index);
    if (found == dropped_.end()) return {};
    Verdict verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = 1.0;
    verdict.limit = 1.0;
    verdict.detail = fmt::format("the same text as {}", found->second.uri);
    verdict.members = {{"kept", found->second.id}};
    return verdict;
  }

 private:
  struct Kept {
    std::string id, uri;
  };
  std::vector<std::pair<Key, Copy>> copies_;
  std::map<uint64_t, Kept> dropped_;
};

class ExactDuplicates final : public Rule {
 public:
  Json parameters() const override { return {{"prefer", kPreferenceText}}; }
  std::string limit() const override { return std::string(tr("the same text", "같은 글")); }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(); }
};

}  // namespace

std::unique_ptr<Rule> make_exact_duplicates(const Config&) {
  return std::make_unique<ExactDuplicates>();
}

}  // namespace moru::curate
