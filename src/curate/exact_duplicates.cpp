// exact_duplicates: of documents with the same words in the same order, one is kept.
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "core/language.h"
#include "curate/external_sort.h"
#include "curate/preference.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

/// 128 bits: among 2^40 documents two different ones meet by chance once in 2^49 runs.
using Key = std::array<uint64_t, 2>;

struct Fingerprint final : Observation {
  Key key;
};

struct Copy {
  Key key;
  Rank rank;
  uint64_t name;  ///< Its number among the names.
  bool operator<(const Copy& other) const { return std::tie(key, rank) < std::tie(other.key, other.rank); }
};

/// A document with copies. The kept one, whose index is `kept`, carries the size of the cluster.
struct Member {
  uint64_t index = 0, name = 0, kept = 0, size = 0;
  bool operator<(const Member& other) const { return index < other.index; }
};

class Run final : public RuleRun {
 public:
  explicit Run(const Preference& preference) : preference_(preference) {}
  bool needs_collection() const override { return true; }

  void begin(const Resources& resources) override {
    resources_ = resources;
    copies_.emplace(Resources{resources.folder, resources.memory / 2});
    names_.emplace(Resources{resources.folder, resources.memory / 8});
    members_.emplace(Resources{resources.folder, resources.memory / 16});
  }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto fingerprint = std::make_unique<Fingerprint>();
    // White space does not tell documents apart, whether or not white_space has run.
    const std::string text = text::normalise_space(item.document.text);
    fingerprint->key = {hash64(text, 1), hash64(text, 2)};
    return fingerprint;
  }

  void gather(const Item& item, std::unique_ptr<Observation> observation) override {
    const Key key = static_cast<const Fingerprint&>(*observation).key;
    copies_->add({key, preference_.rank(item.index, item.document), names_->count()});
    names_->add(item.collected_id + "\n" + item.document.source.uri);
  }

  void conclude(std::vector<bool>& alive) override {
    ExternalSort<Member> found({resources_.folder, resources_.memory / 4});
    Key key{};
    Member kept;  // the first of its key; size 0: there is none yet
    const auto end_group = [&] {
      if (kept.size > 1) found.add(kept);
      kept = {};
    };
    copies_->drain([&](const Copy& copy) {
      const uint64_t index = copy.rank.index;
      if (!alive[index]) return;
      if (copy.key != key) end_group();
      key = copy.key;
      if (kept.size++ == 0) {
        kept = {index, copy.name, index, 1};
        return;
      }
      found.add({index, copy.name, kept.index, 0});
      alive[index] = false;
    });
    end_group();
    copies_.reset();
    found.drain([&](const Member& member) { members_->add(member); });
  }

  Verdict apply(Item& item) const override {
    Member member;
    if (!members_->find(item.index, member)) return {};
    Verdict verdict;
    if (member.kept == member.index) {
      item.document.measures["cluster_size"] = static_cast<double>(member.size);
      return verdict;
    }
    Member kept;
    members_->find(member.kept, kept);
    const std::string name = names_->at(kept.name);
    const std::string id = name.substr(0, name.find('\n'));
    verdict.action = Verdict::Action::drop;
    verdict.value = 1.0;
    verdict.limit = 1.0;
    verdict.detail = fmt::format("the same text as {}, one of {} copies", name.substr(name.find('\n') + 1), kept.size);
    verdict.members = {{"kept", id}, {"cluster", id}, {"cluster_size", std::to_string(kept.size)}};
    return verdict;
  }

 private:
  const Preference& preference_;
  Resources resources_;
  std::optional<ExternalSort<Copy>> copies_;
  std::optional<ScratchTexts> names_;  ///< Id and path.
  std::optional<ScratchTable<Member>> members_;
};

class ExactDuplicates final : public Rule {
 public:
  explicit ExactDuplicates(const Config& section) : preference_(section) {}
  Json parameters() const override { return {{"prefer", preference_.to_json()}}; }
  std::string limit() const override { return std::string(tr("the same text", "같은 글")); }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(preference_); }

 private:
  Preference preference_;
};

}  // namespace

std::unique_ptr<Rule> make_exact_duplicates(const Config& section) {
  return std::make_unique<ExactDuplicates>(section);
}

}  // namespace moru::curate
