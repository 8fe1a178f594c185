// Decisions that a person took back: documents that a rule must leave as they are.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/json.h"

namespace moru::curate {

/// A file of lines {"document": ID, "rule": NAME or "*", "note": "…"}; `moru curate undo` writes it, and a person may.
class Overrides {
 public:
  Overrides() = default;
  /// Throws Error naming file and line: no such rule, no id, not JSON. A file that is not there is an empty one.
  static Overrides load(const std::filesystem::path& file);

  /// Must the rule leave the document as it is? `document`: its id as collected.
  bool cover(std::string_view document, std::string_view rule) const;
  bool empty() const { return lines_.empty(); }
  Json to_json() const;

  /// Adds lines to the file (atomically), or takes them out; those there already, or not there, are left. Returns how
  /// many changed.
  static size_t add(const std::filesystem::path& file, const std::string& document, const std::set<std::string>& rules,
                    const std::string& note);
  static size_t remove(const std::filesystem::path& file, const std::string& document,
                       const std::set<std::string>& rules);

 private:
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> lines_;  ///< Rules by document.
};

/// The file's usual name, in the recipe's folder.
inline constexpr std::string_view kOverridesFile = "overrides.jsonl";

}  // namespace moru::curate
