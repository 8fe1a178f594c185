// Makes HWP 5 documents and the compound files that hold them, for tests and seeds.
#pragma once

#include <zlib.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

inline std::string little(uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

/// A compound file of version 3 or 4. Paths have at most one folder.
inline std::string compound_file(const std::map<std::string, std::string>& streams, int version = 3) {
  const size_t sector = version == 3 ? 512 : 4096;
  constexpr uint32_t kEnd = 0xFFFFFFFE, kFree = 0xFFFFFFFF, kFatSector = 0xFFFFFFFD;
  struct Entry {
    std::string name;
    int kind;
    uint32_t child = kFree, right = kFree, first = kEnd;
    uint64_t size = 0;
  };
  std::vector<Entry> entries{{"Root Entry", 5}};
  std::string body, mini;  // sectors from 0; small streams
  std::vector<uint32_t> fat, mini_fat;
  const auto put = [&](const std::string& bytes) {
    if (bytes.empty()) return kEnd;
    const auto first = static_cast<uint32_t>(fat.size());
    for (size_t at = 0; at < bytes.size(); at += sector) {
      fat.push_back(static_cast<uint32_t>(fat.size() + 1));
      std::string piece = bytes.substr(at, sector);
      piece.resize(sector, '\0');
      body += piece;
    }
    fat.back() = kEnd;
    return first;
  };
  const auto put_small = [&](const std::string& bytes) {
    if (bytes.empty()) return kEnd;
    const auto first = static_cast<uint32_t>(mini_fat.size());
    for (size_t at = 0; at < bytes.size(); at += 64) {
      mini_fat.push_back(static_cast<uint32_t>(mini_fat.size() + 1));
      std::string piece = bytes.substr(at, 64);
      piece.resize(64, '\0');
      mini += piece;
    }
    mini_fat.back() = kEnd;
    return first;
  };
  std::map<std::string, size_t> folders{{"", 0}};
  const auto add = [&](size_t parent, Entry entry) {
    entry.right = entries[parent].child;  // the newest first: a list for a tree
    entries[parent].child = static_cast<uint32_t>(entries.size());
    entries.push_back(std::move(entry));
  };
  for (const auto& [path, bytes] : streams) {
    const size_t slash = path.find('/');
    const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
    if (!folders.contains(folder)) {
      folders[folder] = entries.size();
      add(0, {folder, 1});
    }
    Entry entry{slash == std::string::npos ? path : path.substr(slash + 1), 2};
    entry.size = bytes.size();
    entry.first = bytes.size() < 4096 ? put_small(bytes) : put(bytes);
    add(folders[folder], std::move(entry));
  }
  entries[0].first = put(mini);
  entries[0].size = mini.size();
  std::string mini_table;
  for (const uint32_t next : mini_fat) mini_table += little(next, 4);
  const size_t mini_sectors = (mini_table.size() + sector - 1) / sector;
  mini_table.resize(mini_sectors * sector, '\xFF');
  const uint32_t mini_first = put(mini_table);

  std::string directory;
  for (const Entry& e : entries) {
    std::string name;
    for (const char c : e.name) name += little(static_cast<unsigned char>(c), 2);
    std::string bytes = name;
    bytes.resize(64, '\0');
    bytes += little(name.size() + 2, 2) + little(static_cast<unsigned>(e.kind), 1) + little(1, 1) + little(kFree, 4) +
             little(e.right, 4) + little(e.child, 4);
    bytes.resize(116, '\0');
    directory += bytes + little(e.first, 4) + little(e.size, 8);
  }
  const uint32_t directory_first = put(directory);

  const size_t per = sector / 4;
  size_t fat_sectors = 1;
  while (fat_sectors * per < fat.size() + fat_sectors) ++fat_sectors;
  const auto fat_first = static_cast<uint32_t>(fat.size());
  fat.resize(fat.size() + fat_sectors, kFatSector);
  fat.resize(fat_sectors * per, kFree);
  for (const uint32_t next : fat) body += little(next, 4);

  std::string header = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(16, '\0');
  header += little(0x3E, 2) + little(static_cast<unsigned>(version), 2) + little(0xFFFE, 2) +
            little(version == 3 ? 9 : 12, 2) + little(6, 2) + std::string(6, '\0') + little(0, 4) +
            little(fat_sectors, 4) + little(directory_first, 4) + little(0, 4) + little(4096, 4) +
            little(mini_first, 4) + little(mini_sectors, 4) + little(kEnd, 4) + little(0, 4);
  for (size_t i = 0; i < 109; ++i) header += little(i < fat_sectors ? fat_first + i : kFree, 4);
  header.resize(sector, '\0');
  return header + body;
}

inline std::string record(unsigned tag, unsigned level, const std::string& data) {
  const unsigned size = data.size() < 0xFFF ? static_cast<unsigned>(data.size()) : 0xFFF;
  return little(tag | level << 10 | size << 20, 4) + (size == 0xFFF ? little(data.size(), 4) : "") + data;
}

inline std::string utf16(std::u16string_view text) {
  std::string out;
  for (const char16_t unit : text) out += little(unit, 2);
  return out;
}

inline std::string counted(std::u16string_view text) {
  return little(text.size(), 2) + utf16(text);
}

/// A control's id as it is written down: "tbl ".
inline std::string control_id(std::string id) {
  return {id.rbegin(), id.rend()};
}

/// What stands in a paragraph's text for a control: eight units.
inline std::u16string control_units(char16_t unit) {
  return std::u16string(1, unit) + std::u16string(6, u'x') + std::u16string(1, unit);
}

/// A paragraph's records. `controls`: records of its controls, a level deeper than the paragraph's own.
inline std::string paragraph(std::u16string text, unsigned level = 0, const std::string& controls = {},
                             unsigned shape = 0, unsigned breaks = 0) {
  text += u'\r';
  return record(66, level,
                little(text.size(), 4) + little(0, 4) + little(shape, 2) + little(0, 1) + little(breaks, 1) +
                    std::string(12, '\0')) +
         record(67, level + 1, utf16(text)) + controls;
}

/// A table's cell: list header and its paragraphs.
inline std::string cell(unsigned level, unsigned row, unsigned column, const std::string& paragraphs, unsigned rows = 1,
                        unsigned columns = 1) {
  return record(72, level,
                little(1, 4) + little(0, 4) + little(column, 2) + little(row, 2) + little(columns, 2) +
                    little(rows, 2) + std::string(20, '\0')) +
         paragraphs;
}

inline std::string deflated(const std::string& bytes) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, bytes.size()) + 16, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

inline std::string file_header(unsigned flags, unsigned version = 0x05000500) {
  std::string header = "HWP Document File";
  header.resize(32, '\0');
  header += little(version, 4) + little(flags, 4);
  header.resize(256, '\0');
  return header;
}

/// A paragraph shape: what is drawn before the text (0 nothing, 1 outline, 2 number, 3 bullet), level, numbering.
inline std::string paragraph_shape(unsigned head, unsigned level, unsigned numbering) {
  return record(
      25, 0,
      little(head << 23 | level << 25, 4) + std::string(26, '\0') + little(numbering, 2) + std::string(22, '\0'));
}

/// Shapes 0 plain, 1 and 2 outline levels 1 and 2, 3 numbered "^1)" in 가나다, 4 bullet.
inline std::string usual_definitions() {
  std::string numbering;
  const auto level = [&](unsigned shape, std::u16string_view format) {
    numbering += little(shape << 5, 4) + std::string(8, '\0') + counted(format);
  };
  const auto rest = [&] {
    for (int i = 2; i < 7; ++i) level(0, u"");
    numbering += little(1, 2);
    for (int i = 0; i < 7; ++i) numbering += little(1, 4);
    return record(23, 0, std::exchange(numbering, ""));
  };
  level(0, u"제^1장");
  level(0, u"^1.^2");
  std::string out = rest();
  level(8, u"^1)");
  level(1, u"^2");
  out += rest();
  return out + paragraph_shape(0, 0, 0) + paragraph_shape(1, 0, 0) + paragraph_shape(1, 1, 0) +
         paragraph_shape(2, 0, 2) + paragraph_shape(3, 0, 1);
}

/// A section's definition: its outline is numbering 1.
inline std::string section_definition() {
  return record(71, 1, control_id("secd") + std::string(14, '\0') + little(1, 2) + std::string(20, '\0'));
}

/// A whole document of one section.
inline std::string hwp_file(const std::string& section, const std::string& definitions = usual_definitions(),
                            unsigned flags = 1) {
  const auto pack = [&](const std::string& bytes) { return (flags & 1) != 0 ? deflated(bytes) : bytes; };
  return compound_file(
      {{"FileHeader", file_header(flags)}, {"DocInfo", pack(definitions)}, {"BodyText/Section0", pack(section)}});
}

}  // namespace moru::collect
