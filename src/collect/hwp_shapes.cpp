// The definitions of an HWP 5 document: its stream DocInfo.
#include "collect/hwp_records.h"
#include "collect/little_endian.h"

namespace moru::collect {
namespace {

HwpNumbering read_numbering(std::string_view data) {
  HwpNumbering numbering;
  size_t at = 0;
  const auto read_level = [&](HwpNumbering::Level& level) {
    level.shape = static_cast<int>(read_u32(data, at) >> 5 & 0xF);
    at = std::min(at + 12, data.size());
    level.format = read_counted_utf16(data, at);
  };
  for (size_t i = 0; i < 7; ++i) read_level(numbering.levels[i]);
  const unsigned start = read_u16(data, at);
  at += 2;
  // Newer writers add a start for each level, then levels 8 to 10.
  for (size_t i = 0; i < 7; ++i) {
    const uint32_t own = read_u32(data, at + 4 * i);
    numbering.levels[i].start = own > 0 && own < 1'000'000 ? own : i == 0 && start > 0 ? start : 1;
  }
  at += 28;
  if (at < data.size())
    for (size_t i = 7; i < 10; ++i) read_level(numbering.levels[i]);
  return numbering;
}

HwpParagraphShape read_shape(std::string_view data) {
  HwpParagraphShape shape;
  const uint32_t attributes = read_u32(data, 0);
  shape.centred = (attributes >> 2 & 7) == 3;
  shape.page_break = (attributes >> 19 & 1) != 0;
  shape.head = static_cast<HwpParagraphShape::Head>(attributes >> 23 & 3);
  shape.level = static_cast<int>(attributes >> 25 & 7);
  shape.numbering = read_u16(data, 30);
  return shape;
}

}  // namespace

HwpShapes read_hwp_shapes(std::span<const HwpRecord> records) {
  HwpShapes shapes;
  for (const HwpRecord& record : records) {
    switch (record.tag) {
      case HwpTag::numbering:  // paragraph shapes count numberings and bullets from 1
        shapes.numberings.emplace(static_cast<unsigned>(shapes.numberings.size() + 1), read_numbering(record.data));
        break;
      case HwpTag::para_shape:
        shapes.paragraphs.emplace(static_cast<unsigned>(shapes.paragraphs.size()), read_shape(record.data));
        break;
      case HwpTag::style: {
        size_t at = 0;
        shapes.styles.emplace(static_cast<unsigned>(shapes.styles.size()), read_counted_utf16(record.data, at));
        break;
      }
      case HwpTag::char_shape:
        shapes.letter_heights.emplace(static_cast<unsigned>(shapes.letter_heights.size()),
                                      static_cast<int>(read_u32(record.data, 42)));
        break;
      default:
        break;
    }
  }
  return shapes;
}

}  // namespace moru::collect
