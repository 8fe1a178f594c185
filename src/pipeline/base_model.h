// The model that a recipe goes on from, as a source: its name, its hash, who may use it and how that is known.
#pragma once

#include <optional>
#include <string>

#include "core/config.h"
#include "data/document.h"
#include "ledger/ledger.h"

namespace moru::pipeline {

struct BaseModel {
  std::filesystem::path path;  ///< A model folder or a .gguf file.
  std::string name;            ///< Its bill of materials', else the folder's or file's.
  data::Licence licence;
};

/// Reads `base`, `base_licence` and `base_licence_file` of the recipe's `train:` section; nothing if there is no base.
/// The licence is what the recipe says; else the file's own statement (GGUF's general.license, the front matter of the
/// folder's README.md, the licences in its bill of materials); else what a LICENSE file beside it or the copyright file
/// of its Debian package says. Throws Error if none of them says anything: what is trained must have a licence.
std::optional<BaseModel> read_base_model(const Config& train);

/// {"name", "sha256", "bytes", "licence", "evidence"}.
Json base_facts(const BaseModel& base);
/// The same as a source of the ledger, "base/NAME".
ledger::Source base_source(const Json& facts);

/// The role of the edge from what was trained to its base.
inline constexpr std::string_view kBase = "base";

}  // namespace moru::pipeline
