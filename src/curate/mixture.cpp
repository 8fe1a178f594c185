// mixture: how often the documents of each source are trained on. Weights share the corpus out among sources, epochs
// say it outright, caps bound a source's size.
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

struct Share {
  std::string source;
  double weight = 0;  ///< 0: `epochs` stands.
  double epochs = 1;
  uint64_t maximum_characters = 0;  ///< 0: no cap.
  std::string place;                ///< For errors.
};

struct Settings {
  std::vector<Share> shares;  ///< In order of the sources' names.
  double maximum_epochs = 4;
  uint64_t seed = 7;

  const Share* of(std::string_view source) const {
    const auto it = std::ranges::lower_bound(shares, source, {}, &Share::source);
    return it != shares.end() && it->source == source ? &*it : nullptr;
  }
};

std::string_view source_of(const data::Document& document) {
  const std::string_view uri = document.source.uri;
  return uri.substr(0, uri.find('/'));
}

struct Size final : Observation {
  uint64_t characters = 0;
};

class Run final : public RuleRun {
 public:
  explicit Run(const Settings& settings) : settings_(settings) {}
  bool needs_collection() const override { return true; }

  std::unique_ptr<Observation> observe(const Item& item) const override {
    auto size = std::make_unique<Size>();
    size->characters = text::count_code_points(item.document.text);
    return size;
  }
  void gather(const Item& item, std::unique_ptr<Observation> observation) override {
    const std::string_view source = source_of(item.document);
    if (!sources_.contains(source)) sources_.emplace(source);
    const Share* share = settings_.of(source);
    if (share == nullptr) return;
    const uint64_t characters = static_cast<const Size&>(*observation).characters;
    members_[share->source].push_back({hash64(item.collected_id, settings_.seed), item.index, characters});
  }
  void conclude(std::vector<bool>& alive) override {
    for (const Share& share : settings_.shares)
      if (!sources_.contains(share.source))
        throw Error(share.place,
                    fmt::format(fmt::runtime(tr("no document of a source \"{}\" is left",
                                                "출처 \"{}\"의 문서가 하나도 남지 않았습니다")),
                                share.source),
                    fmt::format(fmt::runtime(tr("the sources with documents are: {}", "문서가 있는 출처: {}")),
                                fmt::join(sources_, ", ")));
    std::map<std::string, uint64_t> kept;
    for (auto& [source, members] : members_) {
      const Share& share = *settings_.of(source);
      // A cap takes a random part, the same for the same seed, whatever order the files came in.
      std::ranges::sort(members, {}, [](const Member& m) { return std::tie(m.order, m.index); });
      for (const Member& member : members) {
        if (!alive[member.index]) continue;
        uint64_t& sum = kept[source];
        if (share.maximum_characters != 0 && sum + member.characters > share.maximum_characters) {
          over_.insert(member.index);
          alive[member.index] = false;
        } else {
          sum += member.characters;
        }
      }
    }
    members_.clear();
    // The source that has the most text for its weight is read once; the others as often as their weights ask.
    double scale = std::numeric_limits<double>::infinity();
    for (const Share& share : settings_.shares)
      if (share.weight > 0 && kept[share.source] > 0)
        scale = std::min(scale, share.weight / static_cast<double>(kept[share.source]));
    for (const Share& share : settings_.shares) {
      double epochs = share.epochs;
      if (share.weight > 0 && kept[share.source] > 0)
        epochs = std::min(settings_.maximum_epochs, share.weight / static_cast<double>(kept[share.source]) / scale);
      epochs_[share.source] = epochs;
    }
  }

  Verdict apply(Item& item) const override {
    const Share* share = settings_.of(source_of(item.document));
    if (share == nullptr) return {};
    Verdict verdict;
    if (over_.contains(item.index)) {
      verdict.action = Verdict::Action::drop;
      verdict.value = static_cast<double>(text::count_code_points(item.document.text));
      verdict.limit = static_cast<double>(share->maximum_characters);
      verdict.detail = "the source \"" + share->source + "\" is full: its maximum_characters are used up";
      return verdict;
    }
    const double epochs = epochs_.at(share->source);
    if (epochs != 1) item.document.measures["epochs"] = epochs;
    return verdict;
  }

 private:
  struct Member {
    uint64_t order, index, characters;
  };
  const Settings& settings_;
  std::map<std::string, std::vector<Member>> members_;
  std::map<std::string, double> epochs_;
  std::set<std::string, std::less<>> sources_;
  std::set<uint64_t> over_;
};

class Mixture final : public Rule {
 public:
  explicit Mixture(const Config& section) {
    settings_.maximum_epochs = section.number("maximum_epochs", settings_.maximum_epochs, 1, 1000);
    settings_.seed = static_cast<uint64_t>(section.integer("seed", 7, 0));
    for (const Config& one : section.sections("sources")) {
      Share share;
      share.source = one.text("source");
      share.place = one.place("source");
      if (one.has("weight") && one.has("epochs"))
        throw Error(one.place("weight"),
                    fmt::format(fmt::runtime(tr("\"{}\" has both a weight and epochs",
                                                "\"{}\"에 weight와 epochs가 모두 있습니다")),
                                share.source),
                    std::string(tr("a weight decides the epochs: keep one of the two",
                                   "weight가 반복 횟수를 정하므로 둘 가운데 하나만 두세요")));
      if (one.has("weight")) share.weight = one.number("weight", 1, 1e-9, 1e9);
      share.epochs = one.number("epochs", 1, 0, 1000);
      share.maximum_characters = static_cast<uint64_t>(one.integer("maximum_characters", 0, 0));
      if (settings_.of(share.source) != nullptr)
        throw Error(one.place("source"),
                    fmt::format(fmt::runtime(tr("\"{}\" stands twice", "\"{}\"이(가) 두 번 나옵니다")), share.source),
                    std::string(tr("give each source one entry", "출처마다 한 번만 적으세요")));
      settings_.shares.insert(std::ranges::upper_bound(settings_.shares, share.source, {}, &Share::source), share);
    }
  }
  Json parameters() const override {
    Json shares = Json::array();
    for (const Share& s : settings_.shares)
      shares.push_back({{"source", s.source},
                        {"weight", s.weight},
                        {"epochs", s.epochs},
                        {"maximum_characters", s.maximum_characters}});
    return {{"sources", std::move(shares)}, {"maximum_epochs", settings_.maximum_epochs}, {"seed", settings_.seed}};
  }
  std::string limit() const override {
    std::vector<std::string> parts;
    for (const Share& s : settings_.shares)
      parts.push_back(s.weight > 0 ? fmt::format("{}: {} {:g}", s.source, tr("weight", "비중"), s.weight)
                                   : fmt::format("{}: {:g}x", s.source, s.epochs));
    return fmt::format("{}", fmt::join(parts, ", "));
  }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<Run>(settings_); }

 private:
  Settings settings_;
};

}  // namespace

std::unique_ptr<Rule> make_mixture(const Config& section) {
  return std::make_unique<Mixture>(section);
}

}  // namespace moru::curate
