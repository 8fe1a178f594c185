// Artefacts: what a step made, in a folder named by what it was made of.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace moru::pipeline {

/// An input as the artefact remembers it.
struct InputRef {
  std::string key;      ///< Which artefact it was.
  std::string content;  ///< What was in it; this alone counts in the key.
};

/// What decides an artefact. Equal recipes of an artefact (this struct) have equal keys.
struct Identity {
  std::string step;
  int version = 1;   ///< Of the step's code: raised when its output changes for the same input.
  std::string code;  ///< Moru's own version: another release makes everything anew.
  Json parameters;
  Json external;                           ///< Hashes of what it reads outside the workspace, by name.
  std::map<std::string, InputRef> inputs;  ///< By name of the step that made them.

  /// SHA-256 over all of it but the inputs' keys, 64 hexadecimal digits.
  std::string key() const;
};

/// A finished artefact, as artefact.json describes it.
struct Artefact {
  Identity identity;
  std::string key;
  std::string content;  ///< SHA-256 over names and hashes of its files (not artefact.json).
  Json files;           ///< {"PATH": {"sha256", "bytes"}}
  Json facts;           ///< What the step counted; the same for the same key.
  Json made;            ///< When, how long, on what machine, by which version; may differ between equal artefacts.
  std::filesystem::path folder;

  uint64_t bytes() const;
};

/// Hashes the files in `folder`, writes artefact.json into it and syncs everything to the disk.
Artefact seal(const std::filesystem::path& folder, const Identity& identity, Json facts, Json made);

/// Reads artefact.json. Throws Error if it is missing or damaged.
Artefact load_artefact(const std::filesystem::path& folder);

/// Checks each file against its hash. Empty if whole, else what is wrong ("model/model.safetensors: its bytes
/// changed").
std::string damage(const Artefact& artefact);

/// Why an artefact of `now` is not the `before` that exists: "curate.min_characters: 50 -> 80", "input corpus changed",
/// …
std::string difference(const Identity& before, const Identity& now);

}  // namespace moru::pipeline
