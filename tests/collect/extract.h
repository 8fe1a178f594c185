// What the extractor tests share: a document out of bytes, and a picture of its blocks that is easy to compare.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collect/extractor.h"

namespace moru::collect {

inline Output extract(std::string_view path, std::string_view bytes, const FolderSource& source = {}) {
  const Extractor* extractor = extractor_for(path);
  EXPECT_NE(extractor, nullptr) << path;
  Output output;
  extractor->extract({path, bytes, {0, bytes.size()}, source}, output);
  return output;
}

inline data::Document one_document(std::string_view path, std::string_view bytes) {
  Output output = extract(path, bytes);
  EXPECT_EQ(output.documents.size(), 1U);
  return output.documents.empty() ? data::Document() : output.documents.front();
}

/// "kind LEVEL (MARK) [ROLE]: CONTENT" of each block, without what is empty.
inline std::vector<std::string> blocks_of(const data::Document& document) {
  std::vector<std::string> lines;
  for (const data::Block& b : document.blocks) {
    std::string line(data::name_of(b.kind));
    if (b.level > 0) line += fmt::format(" {}", b.level);
    if (!b.mark.empty()) line += fmt::format(" ({})", b.mark);
    if (!b.role.empty()) line += fmt::format(" [{}]", b.role);
    lines.push_back(line + ": " + std::string(document.slice(b.range)));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace moru::collect
