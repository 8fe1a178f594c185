// A section of an HWP 5 document: paragraphs out of records.
#include "collect/hwp_records.h"
#include "collect/little_endian.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

/// A control's id as it is written down: four letters, the first in the highest byte.
constexpr uint32_t id_of(const char (&letters)[5]) {
  return static_cast<uint32_t>(static_cast<unsigned char>(letters[0])) << 24 |
         static_cast<uint32_t>(static_cast<unsigned char>(letters[1])) << 16 |
         static_cast<uint32_t>(static_cast<unsigned char>(letters[2])) << 8 |
         static_cast<uint32_t>(static_cast<unsigned char>(letters[3]));
}

/// Control characters of 8 units, with a control record of their own ("extended") or without ("inline").
bool is_extended(unsigned unit) {
  return (unit >= 1 && unit <= 3) || unit == 11 || unit == 12 || (unit >= 14 && unit <= 18) ||
         (unit >= 21 && unit <= 23);
}
bool is_inline(unsigned unit) {
  return (unit >= 4 && unit <= 9) || unit == 19 || unit == 20;
}

class SectionReader {
 public:
  SectionReader(std::span<const HwpRecord> records, uint64_t& left_out) : records_(records), left_out_(left_out) {}

  HwpSection read() {
    paragraphs(0, records_.size(), 0, section_.paragraphs);
    return std::move(section_);
  }

 private:
  /// Past the records that belong to record `at`.
  size_t after(size_t at, size_t end) const {
    size_t next = at + 1;
    while (next < end && records_[next].level > records_[at].level) ++next;
    return next;
  }

  void paragraphs(size_t begin, size_t end, int depth, std::vector<HwpParagraph>& out) {
    for (size_t at = begin; at < end;) {
      const size_t next = after(at, end);
      if (records_[at].tag == HwpTag::para_header) paragraph(at, next, depth, out.emplace_back());
      at = next;
    }
  }

  /// A list header's paragraphs: those that follow it on its own level, or lie below it.
  size_t list_end(size_t list, size_t end) const {
    size_t at = list + 1;
    while (at < end && (records_[at].level > records_[list].level ||
                        (records_[at].level == records_[list].level && records_[at].tag == HwpTag::para_header)))
      ++at;
    return at;
  }
  std::vector<HwpParagraph> list(size_t list, size_t end, int depth) {
    std::vector<HwpParagraph> out;
    paragraphs(list + 1, list_end(list, end), depth + 1, out);
    return out;
  }

  void paragraph(size_t begin, size_t end, int depth, HwpParagraph& out) {
    const std::string_view header = records_[begin].data;
    out.shape = read_u16(header, 8);
    out.style = static_cast<unsigned>(read_little(header, 10, 1));
    out.page_break = (read_little(header, 11, 1) & 0b101) != 0;  // a section's or page's beginning
    std::string_view units;
    std::vector<size_t> controls;
    bool memos = false;
    for (size_t at = begin + 1; at < end;) {
      size_t next = after(at, end);
      const HwpRecord& record = records_[at];
      if (record.tag == HwpTag::para_text) units = record.data;
      if (record.tag == HwpTag::para_char_shape) out.letters = read_u32(record.data, 4);
      if (record.tag == HwpTag::para_line_seg) lines(record.data, out);
      if (record.tag == HwpTag::ctrl_header) controls.push_back(at);
      memos = memos || record.tag == HwpTag::memo_list;
      if (record.tag == HwpTag::list_header) {
        // What a section's end carries besides memos: further master pages.
        next = list_end(at, end);
        if (!memos) nested(HwpObject::Kind::master_page, at, end, depth, out);
      }
      at = next;
    }
    size_t used = 0;
    text(units, out, [&] {
      if (used < controls.size()) {
        control(controls[used], after(controls[used], end), depth, out);
        ++used;
      }
    });
    for (; used < controls.size(); ++used) control(controls[used], after(controls[used], end), depth, out);
  }

  static void lines(std::string_view segments, HwpParagraph& out) {
    constexpr size_t kSegment = 36;
    for (size_t at = 0; at + kSegment <= segments.size(); at += kSegment) {
      const auto height = static_cast<int32_t>(read_u32(segments, at + 4));
      if (height < 0) continue;
      if (out.first_line < 0) out.first_line = height;
      if (height < out.last_line) ++out.resets;
      out.last_line = height;
    }
  }

  template <class Control>
  static void text(std::string_view units, HwpParagraph& out, const Control& control) {
    size_t plain = 0;  // where the run of ordinary characters begins
    const auto flush = [&](size_t at) { out.text += utf16le_to_utf8(units.substr(plain, at - plain)); };
    for (size_t at = 0; at + 2 <= units.size();) {
      const unsigned unit = read_u16(units, at);
      if (unit >= 32) {
        at += 2;
        continue;
      }
      flush(at);
      if (unit == 10) out.text += '\n';
      if (unit == 24) out.text += '-';
      if (unit == 30 || unit == 31) out.text += ' ';
      if (unit == 9) out.text += '\t';
      const bool extended = is_extended(unit);
      at += extended || is_inline(unit) ? 16 : 2;
      plain = std::min(at, units.size());
      if (extended) control();
    }
    flush(units.size());
  }

  void nested(HwpObject::Kind kind, size_t list_header, size_t end, int depth, HwpParagraph& out) {
    if (depth >= kHwpNesting) {
      ++left_out_;
      return;
    }
    HwpObject object;
    object.kind = kind;
    object.at = out.text.size();
    object.paragraphs = list(list_header, end, depth);
    out.objects.push_back(std::move(object));
  }

  void control(size_t begin, size_t end, int depth, HwpParagraph& out) {
    const std::string_view data = records_[begin].data;
    switch (read_u32(data, 0)) {
      case id_of("tbl "):
        return table(begin + 1, end, depth, out);
      case id_of("gso "):
        return shape(begin + 1, end, depth, out);
      case id_of("fn  "):
        return lists(HwpObject::Kind::footnote, begin + 1, end, depth, out);
      case id_of("en  "):
        return lists(HwpObject::Kind::endnote, begin + 1, end, depth, out);
      case id_of("head"):
        return lists(HwpObject::Kind::header, begin + 1, end, depth, out);
      case id_of("foot"):
        return lists(HwpObject::Kind::footer, begin + 1, end, depth, out);
      case id_of("secd"):
        section_.outline = read_u16(data, 18);
        return lists(HwpObject::Kind::master_page, begin + 1, end, depth, out);
      case id_of("cold"):
        section_.columns = std::max<unsigned>(section_.columns, read_u16(data, 4) >> 2 & 0xFF);
        return;
      case id_of("eqed"):
        return equation(begin + 1, end, out);
      case id_of("atno"):
        return automatic_number(data, out);
      case id_of("tcps"): {  // characters drawn over each other
        size_t at = 4;
        out.text += read_counted_utf16(data, at);
        return;
      }
      case id_of("tdut"): {  // a text with a small one above it
        size_t at = 4;
        const std::string main = read_counted_utf16(data, at), above = read_counted_utf16(data, at);
        out.text += main;
        if (!above.empty()) out.text += "(" + above + ")";
        return;
      }
      case id_of("form"):
        return form(begin + 1, end, out);
      default:  // fields, whose text stands in the paragraph; marks; hidden comments, which are not shown
        return;
    }
  }

  /// All lists right below a control.
  void lists(HwpObject::Kind kind, size_t begin, size_t end, int depth, HwpParagraph& out) {
    for (size_t at = begin; at < end;) {
      if (records_[at].tag == HwpTag::list_header) {
        nested(kind, at, end, depth, out);
        at = list_end(at, end);
      } else {
        at = after(at, end);
      }
    }
  }

  void table(size_t begin, size_t end, int depth, HwpParagraph& out) {
    if (depth >= kHwpNesting) {
      ++left_out_;
      return;
    }
    HwpObject object;
    object.kind = HwpObject::Kind::table;
    object.at = out.text.size();
    bool in_cells = false;
    for (size_t at = begin; at < end;) {
      const HwpRecord& record = records_[at];
      in_cells = in_cells || record.tag == HwpTag::table;
      if (record.tag != HwpTag::list_header) {
        at = after(at, end);
        continue;
      }
      std::vector<HwpParagraph> paragraphs = list(at, end, depth);
      if (in_cells) {
        HwpCell& cell = object.cells.emplace_back();
        cell.column = read_u16(record.data, 8);
        cell.row = read_u16(record.data, 10);
        cell.columns = read_u16(record.data, 12);
        cell.rows = read_u16(record.data, 14);
        cell.paragraphs = std::move(paragraphs);
      } else {
        object.caption = std::move(paragraphs);
      }
      at = list_end(at, end);
    }
    out.objects.push_back(std::move(object));
  }

  /// A drawing: its caption, and the texts of all the shapes that it is made of.
  void shape(size_t begin, size_t end, int depth, HwpParagraph& out) {
    if (depth >= kHwpNesting) {
      ++left_out_;
      return;
    }
    HwpObject object;
    object.at = out.text.size();
    bool in_shape = false;
    for (size_t at = begin; at < end;) {
      const HwpRecord& record = records_[at];
      in_shape = in_shape || record.tag == HwpTag::shape_component;
      if (record.tag == HwpTag::list_header) {
        std::vector<HwpParagraph> paragraphs = list(at, end, depth);
        std::vector<HwpParagraph>& to = in_shape ? object.paragraphs : object.caption;
        std::ranges::move(paragraphs, std::back_inserter(to));
        at = list_end(at, end);
        continue;
      }
      if (record.tag == HwpTag::text_art) {
        size_t text_at = 32;  // after the four corners
        HwpParagraph art;
        art.text = read_counted_utf16(record.data, text_at);
        object.paragraphs.push_back(std::move(art));
      }
      ++at;
    }
    out.objects.push_back(std::move(object));
  }

  void equation(size_t begin, size_t end, HwpParagraph& out) {
    for (size_t at = begin; at < end; ++at) {
      if (records_[at].tag != HwpTag::equation) continue;
      HwpObject object;
      object.kind = HwpObject::Kind::equation;
      object.at = out.text.size();
      size_t text_at = 4;
      object.script = read_counted_utf16(records_[at].data, text_at);
      out.objects.push_back(std::move(object));
    }
  }

  static void automatic_number(std::string_view data, HwpParagraph& out) {
    const uint32_t attributes = read_u32(data, 4);
    if ((attributes & 0xF) == 0) return;  // of the page
    // After the number: the user's sign, then what stands before and after it.
    const auto sign = [&](size_t at) {
      return read_u16(data, at) >= 32 ? utf16le_to_utf8(data.substr(std::min(at, data.size()), 2)) : std::string();
    };
    out.text += sign(12) + hwp_number_text(read_u16(data, 8), static_cast<int>(attributes >> 4 & 0xFF)) + sign(14);
  }

  /// A button's or field's text: its properties are "NAME:TYPE:LENGTH:VALUE" one after the other.
  void form(size_t begin, size_t end, HwpParagraph& out) {
    for (size_t at = begin; at < end; ++at) {
      if (records_[at].tag != HwpTag::form_object) continue;
      const std::string properties = utf16le_to_utf8(records_[at].data);
      for (const std::string_view name : {"Caption:wstring:", "Text:wstring:"}) {
        const size_t found = properties.find(name);
        if (found == std::string::npos) continue;
        const std::string_view rest = std::string_view(properties).substr(found + name.size());
        const size_t colon = rest.find(':');
        if (colon == std::string_view::npos || colon > 6) continue;
        const size_t length = std::strtoul(std::string(rest.substr(0, colon)).c_str(), nullptr, 10);
        size_t to = colon + 1;
        for (size_t i = 0; i < length && to < rest.size(); ++i) text::next_code_point(rest, to);
        out.text += std::string(rest.substr(colon + 1, to - colon - 1));
        break;
      }
    }
  }

  std::span<const HwpRecord> records_;
  uint64_t& left_out_;
  HwpSection section_;
};

}  // namespace

HwpSection read_hwp_section(std::span<const HwpRecord> records, uint64_t& left_out) {
  return SectionReader(records, left_out).read();
}

}  // namespace moru::collect
