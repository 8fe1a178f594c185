// XML from untrusted files as a tree: pugixml behind checks of encoding, entities, depth and size.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace moru::collect {

struct XmlLimits {
  size_t depth = 400;                  ///< Most elements in elements, so that walks may recurse.
  size_t bytes = size_t{256} << 20;    ///< Most bytes of the text in UTF-8.
  size_t expansion = size_t{1} << 20;  ///< Most bytes that entities may add, or the text's own size if that is more.
};

/// The text of an XML file: UTF-16 with or without a mark, the declared encoding, UTF-8, or CP949 (encoding.h).
/// Internal general entities are expanded within limits; external ones are never read, and parameter entities and what
/// they bring are ignored. White space is kept as it is. Throws Unreadable:
///   "invalid-encoding", "binary"  as decode() does
///   "xml-entities"                entities that refer to themselves or expand past the limit
///   "xml-depth", "xml-size"       past the limits
///   "damaged"                     not well-formed; the detail names `name` and the byte
class XmlDocument {
 public:
  /// `name`: what the detail of an error calls it.
  explicit XmlDocument(std::string_view bytes, std::string_view name = {}, const XmlLimits& limits = {});

  /// The outermost element.
  pugi::xml_node root() const { return tree_->document_element(); }
  const std::string& encoding() const { return encoding_; }  ///< "utf-8", "utf-16le", "cp949", …

 private:
  std::string encoding_;
  std::string text_;  ///< The tree points into it.
  std::unique_ptr<pugi::xml_document> tree_;
};

/// The name without its namespace's prefix: "p" of "w:p".
inline std::string_view local_name(const char* name) {
  const char* const colon = std::strchr(name, ':');
  return colon != nullptr ? colon + 1 : name;
}
inline std::string_view local_name(pugi::xml_node node) {
  return local_name(node.name());
}

// Lookups by name without prefix: files of other makers use other prefixes for the same namespaces.

/// The first child element of this name, or the empty node, which has no children itself.
pugi::xml_node xml_child(pugi::xml_node parent, std::string_view name);
/// The element at the end of this way of child elements.
pugi::xml_node xml_path(pugi::xml_node from, std::initializer_list<std::string_view> names);
/// The attribute's value, or `otherwise`. A `name` with a prefix ("r:id") prefers the attribute of that very name.
std::string_view xml_attribute(pugi::xml_node node, std::string_view name, std::string_view otherwise = {});
/// The attribute as a number: `otherwise` if it is missing or no number; clamped to what int holds.
int xml_number(pugi::xml_node node, std::string_view name, int otherwise = 0);
/// A number at the start of a text, as xml_number reads it.
int parse_int(std::string_view text, int otherwise = 0);

inline bool is_xml_text(pugi::xml_node node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}
/// All text below a node, in order.
std::string xml_text(pugi::xml_node node);

}  // namespace moru::collect
