// unicode: normalization form C, so that equal text is equal bytes (macOS file names and PDFs bring decomposed Hangul).
#include "text/unicode.h"

#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

class Unicode final : public DocumentRule<Unicode> {
 public:
  Json parameters() const override { return {{"form", "NFC"}}; }
  std::string limit() const override { return "NFC"; }
  Verdict apply(Item& item) const {
    TextEdit edit;
    text::nfc_changes(item.document.text,
                      [&](size_t begin, size_t end, std::string_view with) { edit.replace(begin, end, with); });
    Verdict verdict = change_document(edit, text::nfc, item.document);
    for (auto& [key, value] : item.document.metadata)
      if (!text::is_nfc(value)) value = text::nfc(value);
    return verdict;
  }
};

}  // namespace

std::unique_ptr<Rule> make_unicode(const Config&) {
  return std::make_unique<Unicode>();
}

}  // namespace moru::curate
