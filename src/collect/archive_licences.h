// Licence files in an archive.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collect/licence.h"

namespace moru::collect {

/// What the LICENSE, COPYING and copyright files of an archive say of its members, by the rule for folders: the nearest
/// one above a member that says something holds.
class ArchiveLicences {
 public:
  /// `path`: of a licence file in the archive. `place`: how evidence names it.
  void add(const std::string& path, std::string place, std::string_view text);
  /// Nothing where no file says something.
  std::optional<data::Licence> of(std::string_view path) const;

 private:
  struct Evidence {
    std::string place;
    std::optional<DebianCopyright> debian;
    std::optional<Recognised> recognised;
  };
  std::map<std::string, std::map<std::string, Evidence>, std::less<>> folders_;  // by folder, then by name
};

}  // namespace moru::collect
