// Changing a document in all its fields, with a record of what was taken out.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "curate/rule.h"
#include "curate/text_edit.h"

namespace moru::curate {

/// Applies `edit` to the document's text and `transform`, which does the same to any other text, to its title and to
/// loose table cells. The verdict lists every piece; it is keep if nothing changed. Its value is the number of pieces.
Verdict change_document(const TextEdit& edit, const std::function<std::string(std::string_view)>& transform,
                        data::Document& document);

/// The same for the document's metadata; adds to the verdict.
void change_metadata(const std::function<std::string(std::string_view)>& transform, data::Document& document,
                     Verdict& verdict);

}  // namespace moru::curate
