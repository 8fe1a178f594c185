// Trace: from any sample, document, artefact or model back to files and licences, and from a file down to what was made
// of it.
#pragma once

#include <string>

#include "core/json.h"
#include "ledger/ledger.h"

namespace moru::pipeline {

/// The id that a user means by an id's prefix, an artefact's folder, or a file's URI or the end of it. Throws Error:
/// with the candidates if several fit, with the mend if none does.
std::string resolve(const ledger::Ledger& ledger, const std::string& what);

/// {"id", "kind", "label", "facts", "made_from": [the same, with "role" and "range"], "decisions", "sources": {"count",
/// "merkle_root", "licences", "files"}, "held_out_sources": the same of what only evaluation asks about, if any}.
Json trace_up(const ledger::Ledger& ledger, const std::string& id);
/// {"id", "kind", "label", "facts", "made_of_it": {KIND: [{"id", "label"}]}}.
Json trace_down(const ledger::Ledger& ledger, const std::string& id);
/// The same as trace_up, of a published model folder, from its bill of materials alone; with "changed": files that are
/// not as the bill says.
Json trace_model(const std::filesystem::path& folder);

/// As a tree for the terminal. Long lists are cut to a few examples unless `all`.
std::string trace_text(const Json& trace, bool all);

}  // namespace moru::pipeline
