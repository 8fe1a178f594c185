// From artefacts to the ledger.
#pragma once

#include <functional>

#include "ledger/ledger.h"
#include "pipeline/recipe.h"
#include "pipeline/workspace.h"

namespace moru::pipeline {

/// Puts an artefact, its inputs and its records into the ledger, unless they are there. One transaction.
void record(const Artefact& artefact, const Step& step, ledger::Ledger& ledger);

/// Opens the workspace's ledger for writing. A damaged one is set aside and made again from the artefacts; `say` tells.
ledger::Ledger open_ledger(const Workspace& workspace, const Recipe& recipe,
                           const std::function<void(const std::string&)>& say);

}  // namespace moru::pipeline
