#include "curate/change.h"

namespace moru::curate {

Verdict change_document(const TextEdit& edit, const std::function<std::string(std::string_view)>& transform,
                        data::Document& document) {
  Verdict verdict;
  for (const TextEdit::Change& change : edit.changes())
    verdict.removed.push_back(
        {"text", change.range, std::string(document.slice(change.range)), std::string(edit.replacement(change))});
  apply_edit(edit, transform, document);
  std::string title = transform(document.title);
  if (title != document.title) {
    verdict.removed.push_back({"title", {0, document.title.size()}, document.title, title});
    document.title = std::move(title);
  }
  if (verdict.removed.empty()) return verdict;
  verdict.action = Verdict::Action::change;
  verdict.value = static_cast<double>(verdict.removed.size());
  return verdict;
}

}  // namespace moru::curate
