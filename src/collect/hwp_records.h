// HWP 5.0 (Hancom's published format, revision 1.3): records of its streams, and what they define.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collect/hwp_model.h"

namespace moru::collect {

enum class HwpTag : uint16_t {
  char_shape = 21,
  numbering = 23,
  bullet = 24,
  para_shape = 25,
  style = 26,
  distribution = 28,
  para_header = 66,
  para_text = 67,
  para_char_shape = 68,
  para_line_seg = 69,
  ctrl_header = 71,
  list_header = 72,
  shape_component = 76,
  table = 77,
  equation = 88,
  text_art = 90,
  form_object = 91,
  memo_list = 93,
};

/// One record; a record belongs to the last one before it of a lower level.
struct HwpRecord {
  HwpTag tag{};
  uint16_t level = 0;
  std::string_view data;
};

/// The records of an uncompressed stream, which must outlive them. Throws Unreadable("damaged") for a record that is
/// longer than what is left.
std::vector<HwpRecord> read_hwp_records(std::string_view stream);

/// The definitions in the stream DocInfo.
HwpShapes read_hwp_shapes(std::span<const HwpRecord> records);

/// A section's text and controls. `left_out` counts what lies deeper than kHwpNesting.
HwpSection read_hwp_section(std::span<const HwpRecord> records, uint64_t& left_out);

/// The bytes of a raw deflate stream. Throws Unreadable: "damaged" where it is none, "archive-limit" past `limit`
/// bytes.
std::string inflate_raw(std::string_view bytes, uint64_t limit);

/// A section of a distribution document as it would stand in a plain one: the first record's key taken off, the rest
/// decrypted (AES-128, ECB). Throws Unreadable("damaged").
std::string decrypt_hwp_distribution(std::string_view stream);

}  // namespace moru::collect
