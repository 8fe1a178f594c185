#include "curate/prose.h"

namespace moru::curate {

using data::Block;
using data::BlockKind;
using data::Range;

void for_each_line(const data::Document& document, const std::function<void(Range, const Block*)>& line) {
  const auto lines_of = [&](Range range, const Block* block) {
    uint64_t begin = range.begin;
    while (begin < range.end) {
      const uint64_t end = std::min<uint64_t>(document.text.find('\n', begin), range.end);
      if (end > begin) line({begin, end}, block);
      begin = end + 1;
    }
  };
  if (document.blocks.empty()) lines_of({0, document.text.size()}, nullptr);
  uint64_t done = 0;
  for (const Block& block : document.blocks) {
    if (block.range.begin < done) continue;  // inside the block before
    lines_of(block.range, &block);
    done = block.range.end;
  }
}

std::string prose_of(const data::Document& document) {
  if (document.blocks.empty()) return document.text;
  std::string prose;
  prose.reserve(document.text.size());
  for (const Block& block : document.blocks) {
    if (block.kind != BlockKind::paragraph && block.kind != BlockKind::list_item && block.kind != BlockKind::caption)
      continue;
    prose += document.slice(block.range);
    prose += block.kind == BlockKind::list_item ? "\n" : "\n\n";
  }
  return prose;
}

std::string text_without_code(const data::Document& document) {
  std::string text;
  text.reserve(document.text.size());
  uint64_t done = 0;
  for (const Block& block : document.blocks) {
    if (block.range.begin < done || block.kind != BlockKind::code) continue;
    text += document.slice({done, block.range.begin});
    done = block.range.end;
  }
  text += document.slice({done, document.text.size()});
  return text;
}

}  // namespace moru::curate
