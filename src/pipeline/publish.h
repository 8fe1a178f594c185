// Publishing: the finished model folder, whole or not there.
#pragma once

#include <map>

#include "core/progress.h"
#include "ledger/ledger.h"
#include "pipeline/recipe.h"
#include "pipeline/workspace.h"

namespace moru::pipeline {

struct Published {
  std::filesystem::path folder;
  std::string id;
  bool written = false;  ///< False if the folder held the same model already.
};

/// Puts weights, tokenizer, model card, evaluation and bill of materials together in the recipe's output folder. A
/// model that is there is replaced in one rename; if its files were changed by hand it is kept beside. Throws Error if
/// the folder holds something that is no model of ours.
Published publish_model(const Recipe& recipe, const Workspace& workspace,
                        const std::map<std::string, Artefact>& artefacts, ledger::Ledger& ledger,
                        ProgressSink& progress);

}  // namespace moru::pipeline
