// Which licence a file is under, and where that is written.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/source.h"
#include "data/document.h"

namespace moru::collect {

/// The SPDX expression with known ids in their usual case, or nothing if it is none: ids of letters, digits, ".", "-"
/// and
/// "+", joined by AND, OR, WITH and parentheses (SPDX 2.3, annex D).
std::optional<std::string> spdx_expression(std::string_view text);

/// A licence recognised in a text, and the line (from 1) that says so.
struct Recognised {
  std::string id;
  size_t line = 0;
};

/// Recognises a licence by a "SPDX-License-Identifier:" line or the usual licences' own phrases. A bare GNU licence
/// text is "-only": it does not say "or later" of the work it lies beside.
std::optional<Recognised> recognise_licence(std::string_view text);

/// Debian's machine-readable copyright file (copyright-format/1.0).
class DebianCopyright {
 public:
  /// Nothing if the text is not in that format.
  static std::optional<DebianCopyright> parse(std::string_view text);
  /// The last "Files:" paragraph with a pattern that matches the path ("*" and "?" match "/" too), else nothing.
  std::optional<Recognised> for_path(std::string_view path) const;

 private:
  struct Files {
    std::vector<std::string> patterns;
    std::string licence;
    size_t line = 0;
  };
  std::vector<Files> files_;
};

/// Debian's short licence names, as copyright files have them ("GPL-2+", "Expat or BSD-3-clause"), as SPDX.
std::string spdx_of_debian(std::string_view name);

/// The licences of one source's files: what the recipe gives; else the file that it names; else the nearest LICENSE,
/// COPYING or copyright file in the file's folder or its parents up to the source's; else the copyright file of the
/// Debian package that owns the file; else "unknown".
class Licences {
 public:
  /// Throws Error if `licence_file` cannot be read.
  explicit Licences(const FolderSource& source);
  /// `path`: in the source's folder.
  data::Licence of(std::string_view path);

 private:
  struct Evidence {
    std::string place;  // as it is shown
    std::optional<DebianCopyright> debian;
    std::optional<Recognised> recognised;
    std::string root;  // of the Debian patterns, in the source: "" or "sub/"
  };
  static Evidence read(const std::filesystem::path& file, std::string place, std::string root);
  static std::optional<data::Licence> apply(const Evidence& evidence, std::string_view path);
  const std::optional<Evidence>& beside(const std::string& folder);
  std::optional<data::Licence> of_package(std::string_view path);

  const FolderSource& source_;
  std::optional<Evidence> given_;
  std::map<std::string, std::optional<Evidence>, std::less<>> folders_;
  bool packages_read_ = false;
  std::map<std::string, std::string, std::less<>> owner_;  // path in the source -> package
  std::map<std::string, std::optional<Evidence>, std::less<>> packages_;
};

}  // namespace moru::collect
