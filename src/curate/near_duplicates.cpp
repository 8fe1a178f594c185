// near_duplicates: of documents that say nearly the same, one is kept (MinHash, see minhash.h).
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/minhash.h"
#include "curate/preference.h"
#include "curate/rule.h"
#include "curate/union_find.h"

namespace moru::curate {
namespace {

struct Sketch final : Observation {
  Signature signature;
  bool empty = true;
};

// A form filled in ten thousand times falls into one bucket without being near enough to itself: past so many
// comparisons in vain a document is left to its other 13 bands, or time would grow with the square of the bucket.
constexpr size_t kMaxApart = 256;

struct Limits {
  double similarity = 0.8;
  // Manuals describe MINIFS and MAXIFS, or FORECAST.ETS.ADD and .MULT, in the same words but one: of the 20 pages of
  // LibreOffice's Korean help that 0.8 alone takes, 11 stand under another title and say something else.
  double similarity_other_title = 0.95;
};

class Run final : public RuleRun {
 public:
  explicit Run(Limits limits) : limits_(limits) {}
  bool needs_collection() const override { return true; }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto sketch = std::make_unique<Sketch>();
    const std::vector<uint32_t> hashes = shingles(item.document.text);
    sketch->empty = hashes.empty();
    sketch->signature = minhash(hashes);
    return sketch;
  }

  void gather(const Item& item, std::unique_ptr<Observation> observation) override {
    const auto& sketch = static_cast<const Sketch&>(*observation);
    if (sketch.empty) return;
    signatures_.push_back(sketch.signature);
    copies_.emplace_back(item.index, item.collected_id, item.document);
  }

  void conclude(std::vector<bool>& alive) override {
    UnionFind sets(copies_.size());
    for (size_t band = 0; band < kBands; ++band) unite_band(band, alive, sets);
    std::map<size_t, std::vector<size_t>> clusters;
    for (size_t i = 0; i < copies_.size(); ++i)
      if (const size_t root = sets.find(i); alive[copies_[i].index]) clusters[root].push_back(i);
    for (auto& [root, members] : clusters)
      if (members.size() > 1) choose(members, alive);
    signatures_ = {};
    copies_ = {};
  }

  Verdict apply(Item& item) const override {
    const auto found = dropped_.find(item.index);
    if (found == dropped_.end()) return {};
    Verdict verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = found->second.similarity;
    verdict.limit = found->second.limit;
    verdict.detail =
        fmt::format("near duplicate of {}, in a cluster of {}", found->second.uri, found->second.cluster_size);
    verdict.members = {{"kept", found->second.kept}, {"cluster", found->second.cluster}};
    return verdict;
  }

 private:
  struct Dropped {
    std::string kept, uri, cluster;  ///< The kept copy's id and path; the id of the cluster's first choice names it.
    size_t cluster_size = 0;
    double similarity = 0, limit = 0;
  };

  double limit(const Copy& a, const Copy& b) const {
    return a.title == b.title || a.title == 0 || b.title == 0 ? limits_.similarity : limits_.similarity_other_title;
  }

  void unite_band(size_t band, const std::vector<bool>& alive, UnionFind& sets) const {
    std::vector<std::pair<uint64_t, size_t>> keys;
    keys.reserve(copies_.size());
    for (size_t i = 0; i < copies_.size(); ++i)
      if (alive[copies_[i].index]) keys.emplace_back(band_key(signatures_[i], band), i);
    std::ranges::sort(keys);
    for (size_t begin = 0; begin < keys.size();) {
      size_t end = begin + 1;
      while (end < keys.size() && keys[end].first == keys[begin].first) ++end;
      for (size_t i = begin; i < end; ++i) {
        size_t apart = 0;
        for (size_t j = i + 1; j < end && apart < kMaxApart; ++j) {
          const size_t a = keys[i].second;
          const size_t b = keys[j].second;
          if (sets.find(a) == sets.find(b)) continue;
          if (estimated_similarity(signatures_[a], signatures_[b]) >= limit(copies_[a], copies_[b])) {
            sets.unite(a, b);
          } else {
            ++apart;
          }
        }
      }
      begin = end;
    }
  }

  /// Goes through a cluster in the declared order and drops what is near to a copy kept before. A chain (a near b, b
  /// near c) may keep both its ends: no document goes without a kept one that it is near to.
  void choose(std::vector<size_t>& members, std::vector<bool>& alive) {
    std::ranges::sort(members, [&](size_t a, size_t b) { return preferred(copies_[a], copies_[b]); });
    std::vector<size_t> kept;
    for (const size_t member : members) {
      double best = 0;
      size_t nearest = member;
      for (const size_t candidate : kept) {
        const double similarity = estimated_similarity(signatures_[member], signatures_[candidate]);
        if (similarity <= best || similarity < limit(copies_[member], copies_[candidate])) continue;
        best = similarity;
        nearest = candidate;
      }
      if (nearest == member) {
        kept.push_back(member);
        continue;
      }
      dropped_[copies_[member].index] = {copies_[nearest].id,
                                         copies_[nearest].uri,
                                         copies_[members.front()].id,
                                         members.size(),
                                         best,
                                         limit(copies_[member], copies_[nearest])};
      alive[copies_[member].index] = false;
    }
  }

  Limits limits_;
  std::vector<Signature> signatures_;
  std::vector<Copy> copies_;
  std::map<uint64_t, Dropped> dropped_;
};

class NearDuplicates final : public Rule {
 public:
  explicit NearDuplicates(const Config& section) {
    // Below 0.5 the bands find too few pairs for the limit to mean what it says.
    limits_.similarity = section.number("similarity", limits_.similarity, 0.5, 1);
    limits_.similarity_other_title =
        section.number("similarity_other_title", std::max(limits_.similarity, limits_.similarity_other_title), 0.5, 1);
  }
  Json parameters() const override {
    return {{"similarity", limits_.similarity},
            {"similarity_other_title", limits_.similarity_other_title},
            {"bands", kBands},
            {"rows", kRows},
            {"prefer", kPreferenceText}};
  }
  std::string limit() const override {
    return fmt::format(
        fmt::runtime(tr("similarity >= {:g}; under another title {:g}", "유사도 >= {:g}, 제목이 다르면 {:g}")),
        limits_.similarity, limits_.similarity_other_title);
  }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(limits_); }

 private:
  Limits limits_;
};

}  // namespace

std::unique_ptr<Rule> make_near_duplicates(const Config& section) {
  return std::make_unique<NearDuplicates>(section);
}

}  // namespace moru::curate
