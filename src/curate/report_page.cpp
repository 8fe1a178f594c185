#include "curate/report_page.h"

#include <nlohmann/json.hpp>

#include "core/hash.h"

namespace moru::curate {

std::string_view report_page_html();  // pages/report.html

namespace {

constexpr size_t kClusters = 12;            // largest ones that are shown
constexpr size_t kMaxClusters = 2'000'000;  // told apart; of more only the number of documents is exact

/// Clusters of duplicates, as the decisions record them.
class Clusters {
 public:
  void add(const Json& decision) {
    auto cluster = decision.find("cluster");
    if (cluster == decision.end()) cluster = decision.find("kept");
    if (cluster == decision.end() || decision.at("action") != "drop") return;
    Rule& rule = rules_[decision.at("rule").get<std::string>()];
    ++rule.dropped;
    const uint64_t key = hash64(cluster->get_ref<const std::string&>());
    const auto found = rule.clusters.find(key);
    if (found != rule.clusters.end()) {
      ++found->second.dropped;
    } else if (rule.clusters.size() < kMaxClusters) {
      rule.clusters.emplace(key, Cluster{1, text_of(decision, "source"), text_of(decision, "detail")});
    }
  }
  Json facts() const {
    Json rules = Json::object(), largest = Json::array();
    std::vector<const Cluster*> all;
    for (const auto& [name, rule] : rules_) {
      uint64_t most = 0;
      for (const auto& [key, cluster] : rule.clusters) {
        most = std::max(most, cluster.dropped);
        all.push_back(&cluster);
      }
      rules[name] = {{"dropped", rule.dropped}, {"clusters", rule.clusters.size()}, {"largest", most + 1}};
    }
    std::ranges::sort(all, [](const Cluster* a, const Cluster* b) {
      return a->dropped != b->dropped ? a->dropped > b->dropped : a->uri < b->uri;
    });
    for (size_t i = 0; i < std::min(all.size(), kClusters); ++i)
      largest.push_back({{"dropped", all[i]->dropped}, {"uri", all[i]->uri}, {"detail", all[i]->detail}});
    return {{"rules", std::move(rules)}, {"clusters", std::move(largest)}};
  }

 private:
  struct Cluster {
    uint64_t dropped = 0;
    std::string uri, detail;  ///< Of the first dropped copy.
  };
  struct Rule {
    uint64_t dropped = 0;
    std::map<uint64_t, Cluster> clusters;
  };
  static std::string text_of(const Json& decision, const char* key) {
    const auto it = decision.find(key);
    return it != decision.end() && it->is_string() ? it->get<std::string>() : std::string();
  }
  std::map<std::string, Rule> rules_;
};

}  // namespace

std::string report_page(const Report& report, const data::DatasetReader& decisions) {
  Clusters clusters;
  decisions.for_each([&](const Json& decision, std::string_view) { clusters.add(decision); });
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
