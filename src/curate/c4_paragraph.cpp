// c4_paragraph: mC4's rule (Xue et al., 2021) that a page has some long lines, as datatrove 0.10 has it: of its lines,
// the so-manieth longest must have so many characters.
#include <nlohmann/json.hpp>

#include "curate/rule_set.h"

namespace moru::curate {
namespace {

constexpr Check kChecks[] = {
    // datatrove names the reason by the number of lines, which is no limit of its own there.
    {"minimum_line_length", "< 3 paragraphs", Check::Bound::least, 200, 1e12, false},
};

class C4Paragraph final : public RuleSet {
 public:
  explicit C4Paragraph(const Config& section)
      : RuleSet(kChecks, section), lines_(static_cast<size_t>(section.integer("minimum_lines", 3, 1, 1'000'000))) {}

 private:
  void add_settings(Json& parameters) const override { parameters["minimum_lines"] = lines_; }
  void measure(TextView& text, Watcher& watcher) const override {
    watcher.see(0, [&]() -> uint32_t {
      if (text.lines().size() < lines_) return 0;
      std::vector<uint32_t> lengths;
      lengths.reserve(text.lines().size());
      for (const Piece& line : text.lines()) lengths.push_back(line.characters);
      const auto nth = lengths.begin() + static_cast<ptrdiff_t>(lines_ - 1);
      std::ranges::nth_element(lengths, nth, std::greater<>());
      return *nth;
    });
  }

  size_t lines_;
};

}  // namespace

const RuleSetKind& c4_paragraph_kind() {
  static const RuleSetKind kind{"c4_paragraph",
                                {Dialect::datatrove},
                                false,
                                [](Dialect, LimitLanguage) { return std::span<const Check>(kChecks); },
                                [](const RuleSetSettings&, const Config& section) -> std::unique_ptr<RuleSet> {
                                  return std::make_unique<C4Paragraph>(section);
                                }};
  return kind;
}

}  // namespace moru::curate
