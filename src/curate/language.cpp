// language: which language a document is written in; optionally only some are kept.
#include "core/language.h"

#include <nlohmann/json.hpp>

#include "curate/prose.h"
#include "curate/rule.h"
#include "text/language.h"

namespace moru::curate {
namespace {

class Language final : public DocumentRule<Language> {
 public:
  explicit Language(const Config& section)
      : keep_(section.texts("keep")),
        keep_unknown_(section.flag("keep_unknown", true)),
        minimum_confidence_(section.number("minimum_confidence", 0, 0, 1)),
        drop_mixed_(section.choice("mixed", "keep", {"keep", "drop"}) == "drop"),
        drop_romanised_(section.choice("romanised", "keep", {"keep", "drop"}) == "drop") {
    std::ranges::sort(keep_);
  }
  Json parameters() const override {
    return {{"keep", keep_},
            {"keep_unknown", keep_unknown_},
            {"minimum_confidence", minimum_confidence_},
            {"mixed", drop_mixed_ ? "drop" : "keep"},
            {"romanised", drop_romanised_ ? "drop" : "keep"}};
  }
  std::string limit() const override {
    std::string limit = std::string(tr("any language", "모든 언어"));
    if (!keep_.empty())
      limit = fmt::format("{}{}", fmt::join(keep_, ", "), keep_unknown_ ? tr(", unknown", ", 알 수 없음") : "");
    if (minimum_confidence_ > 0)
      limit += fmt::format(fmt::runtime(tr("; confidence {:.2f}", "; 신뢰도 {:.2f}")), minimum_confidence_);
    if (drop_mixed_) limit += tr("; not mixed", "; 섞인 글 제외");
    if (drop_romanised_) limit += tr("; not romanised", "; 로마자 한국어 제외");
    return limit;
  }

  Verdict apply(Item& item) const {
    const text::DetectedLanguage found = text::detect_language(text_without_code(item.document));
    item.document.language = found.code;
    auto& measures = item.document.measures;
    measures["language_confidence"] = found.confidence;
    measures["hangul_share"] = found.hangul_share;
    if (found.second_share > 0) measures["second_language_share"] = found.second_share;
    Verdict verdict;
    ++verdict.counts["language_" + found.code];
    if (found.mixed) ++verdict.counts["mixed"];
    if (found.code == "und") return keep_.empty() || keep_unknown_ ? verdict : drop(verdict, found, keep_limit());
    const bool romanised = found.code == kRomanised;
    if (romanised && drop_romanised_) return drop(verdict, found, "not romanised");
    if (found.confidence < minimum_confidence_) {
      drop(verdict, found, minimum_confidence_);
      verdict.value = found.confidence;
      return verdict;
    }
    if (found.mixed && drop_mixed_) {
      drop(verdict, found, "not mixed");
      verdict.value = fmt::format("{}, {}", found.code, found.second_code);
      return verdict;
    }
    const std::string_view code = romanised ? "ko" : std::string_view(found.code);
    if (keep_.empty() || std::ranges::binary_search(keep_, code) || std::ranges::binary_search(keep_, found.code))
      return verdict;
    return drop(verdict, found, keep_limit());
  }

 private:
  static constexpr std::string_view kRomanised = "ko-Latn";

  std::string keep_limit() const { return fmt::format("{}", fmt::join(keep_, ", ")); }

  static Verdict& drop(Verdict& verdict, const text::DetectedLanguage& found, Measure limit) {
    verdict.action = Verdict::Action::drop;
    verdict.value = found.code;
    verdict.limit = std::move(limit);
    verdict.detail = fmt::format("confidence {:.2f}, script {}", found.confidence, found.script);
    if (!found.second_code.empty()) verdict.detail += fmt::format("; {} {:.2f}", found.second_code, found.second_share);
    return verdict;
  }

  std::vector<std::string> keep_;
  bool keep_unknown_;
  double minimum_confidence_;
  bool drop_mixed_, drop_romanised_;
};

}  // namespace

std::unique_ptr<Rule> make_language(const Config& section) {
  return std::make_unique<Language>(section);
}

}  // namespace moru::curate
