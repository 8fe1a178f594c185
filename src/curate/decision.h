// The record of one decision, as it is kept aside.
#pragma once

#include <string_view>

#include "curate/rule.h"

namespace moru::curate {

/// decision/1: {document (the id as collected), rule, action, value, limit, detail, source, licence}; of a drop the
/// whole document under "record", as it stood; of a change the pieces taken out under "removed" ({field, range, text,
/// replacement}, ranges into the field before this rule), from which it can be undone.
Json decision_record(std::string_view rule, const Item& item, const Verdict& verdict);

/// What the rule would have done with a document that a person told it to leave: action "undone".
Json undone_record(std::string_view rule, const Item& item, const Verdict& verdict);

/// A rule could not work on the document: {…, action: "set_aside", detail: what happened, record}.
Json set_aside_record(std::string_view rule, const Item& item, std::string_view reason);

}  // namespace moru::curate
