// Which of several copies of a document is kept.
#pragma once

#include <cstdint>
#include <string>

#include "core/hash.h"
#include "data/document.h"
#include "text/unicode.h"

namespace moru::curate {

/// What the choice is made by.
struct Copy {
  uint64_t index = 0;  ///< Number in the input.
  std::string id;      ///< As collected.
  std::string uri;
  uint64_t length = 0;  ///< Bytes of text.
  uint64_t title = 0;   ///< Hash of the title without regard to case and space; 0 if it has none.
  bool licence_known = false;

  Copy() = default;
  Copy(uint64_t number, std::string collected_id, const data::Document& document)
      : index(number),
        id(std::move(collected_id)),
        uri(document.source.uri),
        length(document.text.size()),
        title(document.title.empty() ? 0 : hash64(text::lower(text::normalise_space(document.title)))),
        licence_known(!document.licence.id.empty() && document.licence.id != "unknown") {}
};

/// The declared order: a known licence first, then the longer text, then the path in byte order, then the input's
/// order.
inline bool preferred(const Copy& a, const Copy& b) {
  if (a.licence_known != b.licence_known) return a.licence_known;
  if (a.length != b.length) return a.length > b.length;
  if (a.uri != b.uri) return a.uri < b.uri;
  return a.index < b.index;
}

inline constexpr std::string_view kPreferenceText = "known licence, longer, path";

}  // namespace moru::curate
