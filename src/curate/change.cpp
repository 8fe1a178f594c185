#include "curate/change.h"

namespace moru::curate {

namespace {

void note(Verdict& verdict, std::string field, std::string& value, std::string changed) {
  if (changed == value) return;
  verdict.removed.push_back({std::move(field), {0, value.size()}, value, changed});
  value = std::move(changed);
}

void conclude(Verdict& verdict) {
  if (verdict.removed.empty()) return;
  verdict.action = Verdict::Action::change;
  verdict.value = static_cast<double>(verdict.removed.size());
}

}  // namespace

Verdict change_document(const TextEdit& edit, const std::function<std::string(std::string_view)>& transform,
                        data::Document& document) {
  Verdict verdict;
  for (const TextEdit::Change& change : edit.changes())
    verdict.removed.push_back(
        {"text", change.range, std::string(document.slice(change.range)), std::string(edit.replacement(change))});
  apply_edit(edit, transform, document);
  note(verdict, "title", document.title, transform(document.title));
  conclude(verdict);
  return verdict;
}

void change_metadata(const std::function<std::string(std::string_view)>& transform, data::Document& document,
                     Verdict& verdict) {
  for (auto& [key, value] : document.metadata) note(verdict, "metadata." + key, value, transform(value));
  conclude(verdict);
}

}  // namespace moru::curate
