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
      : keep_(section.texts("keep")), keep_unknown_(section.flag("keep_unknown", true)) {
    std::ranges::sort(keep_);
  }
  Json parameters() const override { return {{"keep", keep_}, {"keep_unknown", keep_unknown_}}; }
  std::string limit() const override {
    if (keep_.empty()) return std::string(tr("any language", "모든 언어"));
    return fmt::format("{}{}", fmt::join(keep_, ", "), keep_unknown_ ? tr(", unknown", ", 알 수 없음") : "");
  }
  Verdict apply(Item& item) const {
    const text::DetectedLanguage found = text::detect_language(text_without_code(item.document));
    item.document.language = found.code;
    item.document.measures["language_confidence"] = found.confidence;
    if (keep_.empty() || (keep_unknown_ && found.code == "und") || std::ranges::binary_search(keep_, found.code))
      return {};
    Verdict verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = found.code;
    verdict.limit = fmt::format("{}", fmt::join(keep_, ", "));
    verdict.detail = fmt::format("confidence {:.2f}", found.confidence);
    return verdict;
  }

 private:
  std::vector<std::string> keep_;
  bool keep_unknown_;
};

}  // namespace

std::unique_ptr<Rule> make_language(const Config& section) {
  return std::make_unique<Language>(section);
}

}  // namespace moru::curate
