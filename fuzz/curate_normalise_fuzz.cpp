// Any bytes, cut into blocks anywhere: normalising must keep every range right and be done after one time.
#include <cstdlib>

#include "core/config.h"
#include "curate/prose.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace {

using moru::curate::Item;

void require(bool condition) {
  if (!condition) std::abort();
}

void normalise(Item& item) {
  static const moru::Config empty = moru::Config::parse("", "fuzz");
  static const std::vector<std::unique_ptr<moru::curate::Rule>> rules = [] {
    std::vector<std::unique_ptr<moru::curate::Rule>> made;
    for (const auto& registration : moru::curate::registry())
      if (registration.name == "white_space" || registration.name == "unicode")
        made.push_back(registration.make(empty));
    return made;
  }();
  for (const auto& rule : rules) rule->start()->apply(item);
}

}  // namespace

namespace {

/// Moves past characters that compose with the one before, and past what is dropped between them at the begin of a
/// block: a border inside what becomes one character belongs to neither side, and the side that loses its first
/// character may then begin with blanks.
void skip_composing(std::string_view text, uint64_t& position) {
  for (uint64_t next = position; next < text.size();) {
    const char32_t c = moru::text::next_code_point(text, next);
    if (moru::text::is_mark(c) || (c >= 0x1100 && c <= 0x11FF) || moru::text::is_invisible(c)) {
      position = next;
    } else if (c > 0x20 && c != 0x7F && !moru::text::is_space(c)) {
      return;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The first eight bytes say how long the blocks are, and of which kind.
  const std::string_view cuts = bytes.substr(0, 8);
  bytes.remove_prefix(cuts.size());
  Item item;
  moru::data::Document& document = item.document;
  document.text = moru::text::repair_utf8(bytes);
  document.title = document.text;
  uint64_t position = 0;
  for (const char cut : cuts) {
    const auto value = static_cast<uint8_t>(cut);
    moru::data::Block block;
    block.kind = static_cast<moru::data::BlockKind>(value % 7);
    block.range.begin = position;
    for (int i = 0; i < value / 7 && position < document.text.size(); ++i)
      moru::text::next_code_point(document.text, position);
    skip_composing(document.text, position);
    block.range.end = position;
    if (block.kind == moru::data::BlockKind::table) block.cells = {{std::string(document.slice(block.range)), "loose"}};
    document.blocks.push_back(std::move(block));
    if (value % 2 && position < document.text.size()) moru::text::next_code_point(document.text, position);
    skip_composing(document.text, position);
  }
  normalise(item);
  require(moru::text::is_valid_utf8(document.text) && moru::text::is_nfc(document.text));
  uint64_t done = 0;
  for (const moru::data::Block& block : document.blocks) {
    require(done <= block.range.begin && block.range.begin <= block.range.end &&
            block.range.end <= document.text.size());
    require(moru::text::is_valid_utf8(document.slice(block.range)));
    done = block.range.end;
  }
  moru::curate::for_each_line(document, [&](moru::data::Range line, const moru::data::Block*) {
    require(line.begin < line.end && line.end <= document.text.size());
  });
  moru::curate::prose_of(document);
  const std::string once = document.text;
  normalise(item);
  require(document.text == once);
  return 0;
}
