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
  uint64_t done = 0;
  for (const Block& block : document.blocks) {
    if (block.range.begin < done) continue;  // inside the block before
    lines_of({done, block.range.begin}, nullptr);
    lines_of(block.range, &block);
    done = block.range.end;
  }
  lines_of({done, document.text.size()}, nullptr);
}

std::string prose_of(const data::Document& document) {
  std::string prose;
  prose.reserve(document.text.size());
  uint64_t done = 0;
  for (const Block& block : document.blocks) {
    if (block.range.begin < done || (block.kind != BlockKind::table && block.kind != BlockKind::code)) continue;
    prose += document.slice({done, block.range.begin});
    done = block.range.end;
  }
  prose += document.slice({done, document.text.size()});
  return prose;
}

}  // namespace moru::curate
