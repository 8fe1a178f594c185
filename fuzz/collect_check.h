// What must hold of whatever an extractor makes of any bytes.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "collect/extractor.h"
#include "data/document.h"
#include "text/unicode.h"

namespace moru::collect {

/// Aborts unless the documents' texts are UTF-8, their blocks stand in order inside the text, and their records read
/// back.
inline void check_extraction(void (*extract)(const Input&, Output&), const uint8_t* data, size_t size) {
  const FolderSource source;
  Output output;
  try {
    extract({"text/scalc/page", {reinterpret_cast<const char*>(data), size}, {0, size}, source}, output);
  } catch (const Unreadable& problem) {
    if (problem.reason().empty()) std::abort();
  }
  for (const Unreadable& problem : output.set_aside)
    if (problem.member().empty() && problem.range().end > size) std::abort();
  for (const data::Document& d : output.documents) {
    if (!text::is_valid_utf8(d.text) || !text::is_valid_utf8(d.title)) std::abort();
    if (d.source.member.empty() && d.source.range.end > size) std::abort();
    uint64_t end = 0;
    for (const data::Block& b : d.blocks) {
      if (b.range.begin < end || b.range.end > d.text.size() || b.range.begin >= b.range.end) std::abort();
      if (!text::is_valid_utf8(d.slice(b.range))) std::abort();
      end = b.range.end;
    }
    for (const auto& [key, value] : d.metadata)
      if (!text::is_valid_utf8(key) || !text::is_valid_utf8(value)) std::abort();
    const Json written = data::to_json(d);
    if (data::to_json(data::document_from_json(written, "fuzz")) != written) std::abort();
  }
}

}  // namespace moru::collect
