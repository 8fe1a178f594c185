// The bill of materials of a model: what it is made of, by whom it may be used, and how that can be checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"
#include "ledger/ledger.h"

namespace moru::ledger {

inline constexpr std::string_view kBomSchema = "moru-bom/1";

/// Root of the Merkle tree over the sources (sorted by URI): leaf = SHA-256 of "URI, LF, file hash, LF, licence", node
/// = SHA-256 of its two children's hexadecimal digits; an odd last node goes up as it is. Two models of the same
/// sources have the same root, and one source can be proven without showing the others.
std::string merkle_root(const std::vector<Source>& sources);

/// {"count", "merkle_root", "licences": {licence: count}, "files": [{uri, sha256, bytes, licence, evidence}]}.
Json sources_json(const std::vector<Source>& sources);
/// Throws Error naming `place`.
std::vector<Source> sources_from_json(const Json& json, std::string_view place);

/// {"FILE": {"sha256", "bytes"}} of every file in a model folder but bom.json itself.
Json files_json(const std::filesystem::path& folder);
/// Identity of a model: SHA-256 over name and hash of its files (files_json) that make up the model: weights,
/// configuration, tokenizer; not reports or the model card.
std::string model_id(const Json& files);

/// Files of a model folder that are missing, changed, or not named in its bill of materials.
std::vector<std::string> changed_files(const std::filesystem::path& folder, const Json& bom);

}  // namespace moru::ledger
