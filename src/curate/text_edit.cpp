#include "curate/text_edit.h"

#include <cassert>

namespace moru::curate {

void TextEdit::replace(uint64_t begin, uint64_t end, std::string_view replacement) {
  assert(begin <= end && (changes_.empty() || changes_.back().range.end <= begin));
  Change& change = changes_.emplace_back();
  change.range = {begin, end};
  change.replacement_begin = replacements_.size();
  replacements_ += replacement;
  change.replacement_end = replacements_.size();
  const int64_t before = changes_.size() > 1 ? changes_[changes_.size() - 2].shift : 0;
  change.shift = before + static_cast<int64_t>(replacement.size()) - static_cast<int64_t>(end - begin);
}

std::string TextEdit::apply(std::string_view text) const {
  std::string after;
  after.reserve(text.size() + replacements_.size());
  uint64_t done = 0;
  for (const Change& change : changes_) {
    after += text.substr(done, change.range.begin - done);
    after += replacement(change);
    done = change.range.end;
  }
  after += text.substr(done);
  return after;
}

uint64_t TextEdit::map(uint64_t position) const {
  // The last change that begins before the position decides; one that begins at it lies after it.
  const auto after =
      std::ranges::lower_bound(changes_, position, {}, [](const Change& change) { return change.range.begin; });
  if (after == changes_.begin()) return position;
  const Change& change = *std::prev(after);
  const uint64_t from = std::max(position, change.range.end);
  return static_cast<uint64_t>(static_cast<int64_t>(from) + change.shift);
}

void apply_edit(const TextEdit& edit, const std::function<std::string(std::string_view)>& transform,
                data::Document& document) {
  if (edit.empty()) return;
  std::string text = edit.apply(document.text);
  std::vector<data::Block> blocks;
  blocks.reserve(document.blocks.size());
  for (data::Block& block : document.blocks) {
    const data::Range range = edit.map(block.range);
    if (range.begin == range.end && block.range.begin != block.range.end) continue;
    uint64_t position = block.range.begin;
    for (std::vector<std::string>& row : block.cells) {
      for (std::string& cell : row) {
        const size_t found = document.slice({position, block.range.end}).find(cell);
        if (found == std::string_view::npos) {
          cell = transform(cell);
          continue;
        }
        const data::Range before{position + found, position + found + cell.size()};
        position = before.end;
        const data::Range moved = edit.map(before);
        cell = text.substr(moved.begin, moved.end - moved.begin);
      }
    }
    block.range = range;
    blocks.push_back(std::move(block));
  }
  document.blocks = std::move(blocks);
  document.text = std::move(text);
}

}  // namespace moru::curate
