// The model card: README.md of a model folder.
#pragma once

#include <map>
#include <string>

#include "pipeline/artefact.h"

namespace moru::pipeline {

/// Markdown in the user's language, with the front matter that model hubs read. `bom`: the bill of materials but its
/// files.
std::string model_card(const std::string& name, const Json& bom, const std::map<std::string, Artefact>& artefacts);

}  // namespace moru::pipeline
