#include "collect/xml_reader.h"

#include <charconv>

#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/xml_entities.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kDeclaration = 256;  // bytes in which an XML declaration ends

/// The encoding that the XML declaration names.
std::string declared_encoding(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::string_view head = bytes.substr(0, std::min(bytes.find("?>"), kDeclaration));
  if (!head.starts_with("<?xml")) return {};
  size_t at = head.find("encoding");
  if (at == std::string_view::npos) return {};
  at = head.find_first_of("\"'", at);
  if (at == std::string_view::npos) return {};
  const size_t end = head.find(head[at], at + 1);
  if (end == std::string_view::npos) return {};
  return text::repair_utf8(head.substr(at + 1, std::min<size_t>(end - at - 1, 32)));
}

Decoded decode_xml(std::string_view bytes) {
  using namespace std::string_view_literals;
  // UTF-16 without its mark shows by the first character, which must be "<" (XML 1.0, appendix F).
  if (bytes.starts_with("<\0"sv)) return decode("\xFF\xFE" + std::string(bytes));
  if (bytes.starts_with("\0<"sv)) return decode("\xFE\xFF" + std::string(bytes));
  return decode(bytes, declared_encoding(bytes));
}

/// References to numbers that are no characters ("&#xD800;") become references to U+FFFD, in place: pugixml would write
/// them as bytes that are not UTF-8.
void mend_references(std::string& text) {
  for (size_t at = text.find("&#"); at != std::string::npos; at = text.find("&#", at + 1)) {
    size_t i = at + 2;
    const bool hex = i < text.size() && text[i] == 'x';
    if (hex) ++i;
    uint32_t value = 0;
    for (; i < text.size(); ++i) {
      const char c = text[i];
      const int digit = c >= '0' && c <= '9'          ? c - '0'
                        : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                      : -1;
      if (digit < 0) break;
      value = std::min<uint32_t>(value * (hex ? 16 : 10) + static_cast<uint32_t>(digit), 0x110000);
    }
    if (i >= text.size() || text[i] != ';') continue;
    if (value < 0x110000 && (value < 0xD800 || value > 0xDFFF)) continue;
    // Such a number has at least as many characters as this one, its "x" counted.
    std::string_view digits = "65533";
    while (i > at + 2) {
      text[--i] = digits.empty() ? '0' : digits.back();
      if (!digits.empty()) digits.remove_suffix(1);
    }
  }
}

/// Throws where more than `limit` elements stand in each other.
void check_depth(pugi::xml_node root, size_t limit, std::string_view name) {
  size_t depth = 1;
  for (pugi::xml_node at = root; at;) {
    if (at.first_child()) {
      at = at.first_child();
      if (++depth > limit + 1)  // the innermost may be text
        throw Unreadable("xml-depth", fmt::format("{}: more than {} elements in elements", name, limit));
      continue;
    }
    while (at != root && !at.next_sibling()) {
      at = at.parent();
      --depth;
    }
    at = at == root ? pugi::xml_node() : at.next_sibling();
  }
}

}  // namespace

XmlDocument::XmlDocument(std::string_view bytes, std::string_view name, const XmlLimits& limits)
    : tree_(std::make_unique<pugi::xml_document>()) {
  const std::string shown = name.empty() ? "XML" : text::repair_utf8(name);
  if (bytes.size() > limits.bytes)
    throw Unreadable("xml-size", fmt::format("{}: {} bytes, more than {}", shown, bytes.size(), limits.bytes));
  Decoded decoded = decode_xml(bytes);
  encoding_ = std::move(decoded.encoding);
  text_ = expand_entities(std::move(decoded.text), std::max(limits.expansion, bytes.size()), shown);
  mend_references(text_);
  constexpr unsigned kFlags =
      pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute | pugi::parse_eol | pugi::parse_ws_pcdata;
  const pugi::xml_parse_result result =
      tree_->load_buffer_inplace(text_.data(), text_.size(), kFlags, pugi::encoding_utf8);
  if (result.status == pugi::status_out_of_memory) throw std::bad_alloc();
  if (!result)
    throw Unreadable("damaged", fmt::format("{}: not well-formed at byte {}: {}", shown,
                                            std::max<ptrdiff_t>(result.offset, 0), result.description()));
  check_depth(root(), limits.depth, shown);
}

pugi::xml_node xml_child(pugi::xml_node parent, std::string_view name) {
  for (const pugi::xml_node child : parent)
    if (child.type() == pugi::node_element && local_name(child) == name) return child;
  return {};
}

pugi::xml_node xml_path(pugi::xml_node from, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) from = xml_child(from, name);
  return from;
}

std::string_view xml_attribute(pugi::xml_node node, std::string_view name, std::string_view otherwise) {
  if (const size_t colon = name.find(':'); colon != std::string_view::npos) {
    for (const pugi::xml_attribute a : node.attributes())
      if (a.name() == name) return a.value();
    name.remove_prefix(colon + 1);
  }
  for (const pugi::xml_attribute a : node.attributes())
    if (local_name(a.name()) == name) return a.value();
  return otherwise;
}

int parse_int(std::string_view text, int otherwise) {
  text = text::trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    return text.starts_with('-') ? std::numeric_limits<int>::min() : std::numeric_limits<int>::max();
  if (error != std::errc() || end == text.data()) return otherwise;
  return static_cast<int>(std::clamp<int64_t>(value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

int xml_number(pugi::xml_node node, std::string_view name, int otherwise) {
  return parse_int(xml_attribute(node, name), otherwise);
}

std::string xml_text(pugi::xml_node node) {
  std::string out;
  // In document order without recursion, and never above `node`.
  for (pugi::xml_node at = node; at;) {
    if (is_xml_text(at)) out += at.value();
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at != node && !at.next_sibling()) at = at.parent();
    at = at == node ? pugi::xml_node() : at.next_sibling();
  }
  return out;
}

}  // namespace moru::collect
