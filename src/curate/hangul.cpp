// hangul: what old encodings and word processors left in Korean text: half-width letters, conjoining jamo that stand
// alone, compatibility Hanja, full-width ASCII, private-use code points. Compatibility jamo (ㅋㅋ) stay as they are.
#include "text/hangul.h"

#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

using text::HangulOptions;

constexpr std::array<std::string_view, 3> kFullWidth = {"keep", "letters", "all"};
constexpr std::array<std::string_view, 3> kPrivateUse = {"keep", "hwp", "all"};

template <size_t n>
size_t choice(const Config& section, std::string_view key, size_t fallback,
              const std::array<std::string_view, n>& names) {
  const std::string name = section.choice(key, names.at(fallback), {names.begin(), names.end()});
  return static_cast<size_t>(std::ranges::find(names, name) - names.begin());
}

/// A block's border inside a piece parts it: what would become one character belongs to neither side.
TextEdit edit_of(const data::Document& document, const HangulOptions& options,
                 std::map<std::string, uint64_t>& counts) {
  std::vector<uint64_t> borders = {0, document.text.size()};
  for (const data::Block& block : document.blocks) borders.insert(borders.end(), {block.range.begin, block.range.end});
  std::ranges::sort(borders);
  TextEdit edit;
  for (size_t i = 1; i < borders.size(); ++i) {
    const uint64_t begin = borders[i - 1];
    text::hangul_changes(document.slice({begin, borders[i]}), options,
                         [&](size_t from, size_t to, std::string_view with, text::HangulChange kind) {
                           edit.replace(begin + from, begin + to, with);
                           ++counts[std::string(text::name_of(kind))];
                         });
  }
  return edit;
}

class Hangul final : public DocumentRule<Hangul> {
 public:
  explicit Hangul(const Config& section) {
    options_.half_width = section.flag("half_width", true);
    options_.stray_jamo = section.flag("stray_jamo", true);
    options_.hanja = section.flag("hanja", true);
    options_.full_width = static_cast<HangulOptions::FullWidth>(choice(section, "full_width", 1, kFullWidth));
    private_use_ = choice(section, "private_use", 1, kPrivateUse);
  }
  Json parameters() const override {
    return {{"half_width", options_.half_width},
            {"stray_jamo", options_.stray_jamo},
            {"hanja", options_.hanja},
            {"full_width", kFullWidth.at(static_cast<size_t>(options_.full_width))},
            {"private_use", kPrivateUse.at(private_use_)}};
  }
  std::string limit() const override {
    return std::string(tr("full-width letters, unified Hanja", "전각 자모, 통합 한자"));
  }

  Verdict apply(Item& item) const {
    data::Document& document = item.document;
    HangulOptions options = options_;
    // Elsewhere these code points are icons of the page's own font.
    options.private_use = private_use_ == 2 || (private_use_ == 1 && document.source.collector.starts_with("hwp"));
    std::map<std::string, uint64_t> counts;
    const auto transform = [&](std::string_view other) { return text::normalise_hangul(other, options); };
    Verdict verdict = change_document(edit_of(document, options, counts), transform, document);
    change_metadata(transform, document, verdict);
    verdict.counts = std::move(counts);
    if (const size_t left = text::count_private_use(document.text); left > 0) {
      document.measures["private_use"] = static_cast<double>(left);
      verdict.counts["private_use_left"] += left;
    }
    return verdict;
  }

 private:
  HangulOptions options_;
  size_t private_use_ = 1;
};

}  // namespace

std::unique_ptr<Rule> make_hangul(const Config& section) {
  return std::make_unique<Hangul>(section);
}

}  // namespace moru::curate
