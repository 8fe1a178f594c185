// near_duplicates: of documents that say nearly the same, one is kept (MinHash, see minhash.h).
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/lsh.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

struct Sketch final : Observation {
  MinHasher::Signature signature;
};

struct Settings {
  explicit Settings(const Config& section) : preference(section) {
    // Below 0.5 the bands find too few pairs for the limit to mean what it says.
    limits.similarity = section.number("similarity", limits.similarity, 0.5, 1);
    // Manuals describe MINIFS and MAXIFS, or FORECAST.ETS.ADD and .MULT, in the same words but one: of the 20 pages of
    // LibreOffice's Korean help that 0.8 alone takes, 11 stand under another title and say something else.
    limits.similarity_other_title =
        section.number("similarity_other_title", std::max(limits.similarity, limits.similarity_other_title), 0.5, 1);
    using Family = MinHashParameters::Family;
    minhash.family =
        section.choice("family", "moru", {"moru", "datatrove"}) == "moru" ? Family::moru : Family::datatrove;
    const auto size = [&](const char* key, size_t fallback, int64_t most) {
      return static_cast<size_t>(section.integer(key, static_cast<int64_t>(fallback), 1, most));
    };
    minhash.bands = size("bands", minhash.bands, 256);
    minhash.rows = size("rows", minhash.rows, 64);
    minhash.ngram = size("ngram", minhash.ngram, 64);
    const uint64_t seed = minhash.family == Family::moru ? minhash.seed : 1;
    minhash.seed = static_cast<uint64_t>(section.integer("seed", static_cast<int64_t>(seed), 0, UINT32_MAX));
  }
  NearLimits limits;
  MinHashParameters minhash;
  Preference preference;
};

class Run final : public RuleRun {
 public:
  explicit Run(const Settings& settings) : settings_(settings), hasher_(settings.minhash) {}
  bool needs_collection() const override { return true; }

  void begin(const Resources& resources) override {
    clusters_.emplace(settings_.minhash.hashes(), settings_.limits, resources);
    // Two thirds of the rest of what near clusters leave: the table of members, and the kept copies' names.
    names_.emplace(Resources{resources.folder, resources.memory / 8});
    members_.emplace(Resources{resources.folder, resources.memory / 16});
  }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto sketch = std::make_unique<Sketch>();
    sketch->signature = hasher_.signature(item.document.text);
    return sketch;
  }

  void gather(const Item& item, std::unique_ptr<Observation> observation) override {
    const auto& sketch = static_cast<const Sketch&>(*observation);
    if (sketch.signature.values.empty()) return;
    clusters_->add(settings_.preference.rank(item.index, item.document), title_hash(item.document), sketch.signature);
    names_->add(item.collected_id + "\n" + item.document.source.uri);
  }

  void conclude(std::vector<bool>& alive) override {
    // Filled in the order of index, as the table wants it.
    clusters_->conclude([&](uint64_t index) { return alive[index]; },
                        [&](const NearMember& member) {
                          members_->add(member);
                          if (member.kept != member.document) alive[member.index] = false;
                        });
    clusters_.reset();
  }

  Verdict apply(Item& item) const override {
    NearMember member;
    if (!members_->find(item.index, member)) return {};
    Verdict verdict;
    if (member.kept == member.document) {
      // Copies of its own, found before, are in the cluster too.
      auto [measure, is_new] = item.document.measures.try_emplace("cluster_size", 1);
      measure->second += member.size - 1;
      return verdict;
    }
    const std::string kept = names_->at(member.kept), first = names_->at(member.first);
    verdict.action = Verdict::Action::drop;
    // The limits are given with a few digits; a float of them is not what the user wrote.
    verdict.value = std::round(1e6 * static_cast<double>(member.similarity)) / 1e6;
    verdict.limit = std::round(1e6 * static_cast<double>(member.limit)) / 1e6;
    verdict.detail =
        fmt::format("near duplicate of {}, in a cluster of {}", kept.substr(kept.find('\n') + 1), member.size);
    verdict.members = {{"kept", kept.substr(0, kept.find('\n'))},
                       {"cluster", first.substr(0, first.find('\n'))},
                       {"cluster_size", std::to_string(member.size)}};
    return verdict;
  }

 private:
  const Settings& settings_;
  MinHasher hasher_;
  std::optional<NearClusters> clusters_;
  std::optional<ScratchTexts> names_;  ///< Id and path by the number of the document in the clusters.
  std::optional<ScratchTable<NearMember>> members_;
};

class NearDuplicates final : public Rule {
 public:
  explicit NearDuplicates(const Config& section) : settings_(section) {}
  Json parameters() const override {
    return {{"similarity", settings_.limits.similarity},
            {"similarity_other_title", settings_.limits.similarity_other_title},
            {"minhash", settings_.minhash.to_json()},
            {"prefer", settings_.preference.to_json()}};
  }
  std::string limit() const override {
    return fmt::format(
        fmt::runtime(tr("similarity >= {:g}; under another title {:g}", "유사도 >= {:g}, 제목이 다르면 {:g}")),
        settings_.limits.similarity, settings_.limits.similarity_other_title);
  }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(settings_); }

 private:
  Settings settings_;
};

}  // namespace

std::unique_ptr<Rule> make_near_duplicates(const Config& section) {
  return std::make_unique<NearDuplicates>(section);
}

}  // namespace moru::curate
