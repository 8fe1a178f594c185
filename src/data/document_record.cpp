#include "data/document_record.h"

#include <bit>

namespace moru::data {

void append_number(uint64_t number, std::string& out) {
  // Seven bits a byte: most numbers are small.
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

void append_text(std::string_view text, std::string& out) {
  append_number(text.size(), out);
  out += text;
}

uint64_t take_number(std::string_view& bytes) {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.at(0));
    bytes.remove_prefix(1);
    number |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80 || shift >= 63) return number;
  }
}

std::string take_text(std::string_view& bytes) {
  const uint64_t size = take_number(bytes);
  if (size > bytes.size()) throw std::out_of_range("a record is cut short");
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

void append_record(const Document& document, std::string& out) {
  // Bound by name and number, so that a new member cannot be forgotten here.
  const auto& [id, title, text, blocks, source, licence, language, measures, metadata] = document;
  for (const std::string* part : {&id, &title, &text}) append_text(*part, out);
  append_number(blocks.size(), out);
  uint64_t last = 0;
  for (const auto& [kind, range, level, mark, cells, role, page, paragraph] : blocks) {
    out += static_cast<char>(kind);
    append_number(range.begin - last, out);  // wraps where blocks overlap, and back again
    append_number(range.end - range.begin, out);
    last = range.end;
    append_number(static_cast<uint32_t>(level), out);
    append_text(mark, out);
    append_text(role, out);
    append_number(static_cast<uint32_t>(page), out);
    append_number(static_cast<uint32_t>(paragraph), out);
    append_number(cells.size(), out);
    for (const auto& row : cells) {
      append_number(row.size(), out);
      for (const std::string& cell : row) append_text(cell, out);
    }
  }
  const auto& [uri, file_hash, range, collector, modified, member] = source;
  for (const std::string* part : {&uri, &file_hash, &collector, &modified, &member}) append_text(*part, out);
  append_number(range.begin, out);
  append_number(range.end, out);
  const auto& [licence_id, evidence] = licence;
  for (const std::string* part : {&licence_id, &evidence, &language}) append_text(*part, out);
  append_number(measures.size(), out);
  for (const auto& [name, value] : measures) {
    append_text(name, out);
    append_number(std::bit_cast<uint64_t>(value), out);
  }
  append_number(metadata.size(), out);
  for (const auto& [key, value] : metadata) {
    append_text(key, out);
    append_text(value, out);
  }
}

Document take_record(std::string_view& bytes) {
  Document d;
  for (std::string* part : {&d.id, &d.title, &d.text}) *part = take_text(bytes);
  d.blocks.resize(take_number(bytes));
  uint64_t last = 0;
  for (Block& b : d.blocks) {
    b.kind = static_cast<BlockKind>(bytes.at(0));
    bytes.remove_prefix(1);
    b.range.begin = last + take_number(bytes);
    b.range.end = b.range.begin + take_number(bytes);
    last = b.range.end;
    b.level = static_cast<int>(take_number(bytes));
    b.mark = take_text(bytes);
    b.role = take_text(bytes);
    b.page = static_cast<int>(take_number(bytes));
    b.paragraph = static_cast<int>(take_number(bytes));
    b.cells.resize(take_number(bytes));
    for (auto& row : b.cells) {
      row.resize(take_number(bytes));
      for (std::string& cell : row) cell = take_text(bytes);
    }
  }
  Source& s = d.source;
  for (std::string* part : {&s.uri, &s.file_hash, &s.collector, &s.modified, &s.member}) *part = take_text(bytes);
  s.range.begin = take_number(bytes);
  s.range.end = take_number(bytes);
  for (std::string* part : {&d.licence.id, &d.licence.evidence, &d.language}) *part = take_text(bytes);
  for (uint64_t n = take_number(bytes); n > 0; --n) {
    std::string name = take_text(bytes);
    d.measures.emplace_hint(d.measures.end(), std::move(name), std::bit_cast<double>(take_number(bytes)));
  }
  for (uint64_t n = take_number(bytes); n > 0; --n) {
    std::string key = take_text(bytes);
    d.metadata.emplace_hint(d.metadata.end(), std::move(key), take_text(bytes));
  }
  return d;
}

}  // namespace moru::data
