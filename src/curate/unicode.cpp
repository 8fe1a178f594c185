// unicode: normalization form C, so that equal text is equal bytes (macOS file names and PDFs bring decomposed Hangul).
#include "text/unicode.h"

#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

/// NFC's changes, those that touch each other as one, unless a block begins or ends between them.
TextEdit edit_of(const data::Document& document) {
  std::vector<uint64_t> borders;
  for (const data::Block& block : document.blocks) borders.insert(borders.end(), {block.range.begin, block.range.end});
  std::ranges::sort(borders);
  TextEdit edit;
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string with;
  const auto close = [&] {
    if (end > begin) edit.replace(begin, end, with);
  };
  text::nfc_changes(document.text, [&](size_t from, size_t to, std::string_view piece) {
    if (from == end && !std::ranges::binary_search(borders, uint64_t{from})) {
      end = to;
      with += piece;
      return;
    }
    close();
    begin = from;
    end = to;
    with = piece;
  });
  close();
  return edit;
}

class Unicode final : public DocumentRule<Unicode> {
 public:
  Json parameters() const override { return {{"form", "NFC"}}; }
  std::string limit() const override { return "NFC"; }
  Verdict apply(Item& item) const {
    Verdict verdict = change_document(edit_of(item.document), text::nfc, item.document);
    change_metadata(text::nfc, item.document, verdict);
    return verdict;
  }
};

}  // namespace

std::unique_ptr<Rule> make_unicode(const Config&) {
  return std::make_unique<Unicode>();
}

}  // namespace moru::curate
