#include "curate/report_page.h"

#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "curate/external_sort.h"
#include "data/decision_line.h"

namespace moru::curate {

std::string_view report_page_html();  // pages/report.html

namespace {

constexpr size_t kClusters = 12;  // largest ones that are shown
constexpr uint64_t kSortMemory = uint64_t{64} << 20;

/// Clusters of duplicates, as the decisions record them.
class Clusters {
 public:
  explicit Clusters(const data::DatasetReader& decisions) {
    for_each_copy(decisions, [this](const data::DecisionLine& copy, uint64_t key) {
      Rule& rule =
          rules_.try_emplace(copy.rule, Rule{0, 0, 0, ExternalSort<uint64_t>({{}, kSortMemory})}).first->second;
      ++rule.dropped;
      rule.keys.add(key);
    });
    for (auto& [name, rule] : rules_) count(name, rule);
    if (largest_.empty()) return;
    for_each_copy(decisions, [this](const data::DecisionLine& copy, uint64_t key) {
      for (Cluster& cluster : largest_)
        if (cluster.key == key && cluster.rule == copy.rule && cluster.uri.empty()) {
          cluster.uri = copy.uri;
          cluster.detail = copy.detail;
        }
    });
  }

  Json facts() const {
    Json rules = Json::object(), largest = Json::array();
    for (const auto& [name, rule] : rules_)
      rules[name] = {{"dropped", rule.dropped}, {"clusters", rule.clusters}, {"largest", rule.largest + 1}};
    for (const Cluster& cluster : largest_)
      largest.push_back({{"dropped", cluster.dropped}, {"uri", cluster.uri}, {"detail", cluster.detail}});
    return {{"rules", std::move(rules)}, {"clusters", std::move(largest)}};
  }

 private:
  struct Cluster {
    uint64_t dropped = 0, key = 0;
    std::string rule;
    std::string uri, detail;  ///< Of the first dropped copy.
  };
  struct Rule {
    uint64_t dropped = 0, clusters = 0, largest = 0;
    ExternalSort<uint64_t> keys;  ///< Of each copy, its cluster.
  };

  template <class Use>
  static void for_each_copy(const data::DatasetReader& decisions, Use use) {
    data::DecisionLineReader reader;
    decisions.for_each_line([&](std::string_view line, const data::RecordPlace& place) {
      const data::DecisionLine decision = reader.read(line, place.text());
      if (decision.action == "drop" && !decision.cluster.empty()) use(decision, hash64(decision.cluster));
    });
  }

  void count(const std::string& name, Rule& rule) {
    uint64_t key = 0, dropped = 0;
    const auto end_cluster = [&] {
      if (dropped == 0) return;
      ++rule.clusters;
      rule.largest = std::max(rule.largest, dropped);
      if (largest_.size() == kClusters && dropped <= largest_.back().dropped) return;
      const auto at = std::ranges::find_if(largest_, [&](const Cluster& other) { return other.dropped < dropped; });
      largest_.insert(at, {dropped, key, name, {}, {}});
      if (largest_.size() > kClusters) largest_.pop_back();
    };
    rule.keys.drain([&](uint64_t next) {
      if (next != key) {
        end_cluster();
        key = next;
        dropped = 0;
      }
      ++dropped;
    });
    end_cluster();
  }

  std::map<std::string, Rule> rules_;
  std::vector<Cluster> largest_;  ///< Descending.
};

}  // namespace

std::string report_page(const Report& report, const data::DatasetReader& decisions) {
  const Clusters clusters(decisions);
  const std::string json =
      dump_json({{"facts", report.facts}, {"limits", report.limits}, {"duplicates", clusters.facts()}});
  // Documents may hold "</script>": in a script element no "<" of theirs may stand.
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  constexpr std::string_view kMark = "@DATA@";
  const std::string_view page = report_page_html();
  const size_t at = page.find(kMark);
  return std::string(page.substr(0, at)) + safe + std::string(page.substr(at + kMark.size()));
}

}  // namespace moru::curate
