// An evaluation as an artefact holds it: language-neutral, and back again for whoever reads it.
#pragma once

#include "core/json.h"
#include "evaluate/evaluate.h"

namespace moru::pipeline {

/// The report that evaluate::Report::facts describes. Throws Error naming `place`.
evaluate::Report report_from_facts(const Json& facts, std::string_view place);

}  // namespace moru::pipeline
