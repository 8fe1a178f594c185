// XML of any vocabulary: documents by what their elements are for, data as tables and fields.
#include <set>

#include "collect/builder.h"
#include "collect/extractor.h"
#include "collect/xml_prose.h"
#include "collect/xml_reader.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxColumns = 64;

std::string name_of_field(std::string_view name) {
  return text::repair_utf8(name);
}

bool is_leaf(pugi::xml_node node) {
  for (const pugi::xml_node child : node)
    if (child.type() == pugi::node_element) return false;
  return true;
}

bool has_own_text(pugi::xml_node node) {
  for (const pugi::xml_node child : node)
    if (is_xml_text(child) && !text::trim(child.value()).empty()) return true;
  return false;
}

std::vector<pugi::xml_node> elements_of(pugi::xml_node node) {
  std::vector<pugi::xml_node> elements;
  for (const pugi::xml_node child : node)
    if (child.type() == pugi::node_element) elements.push_back(child);
  return elements;
}

bool is_field(pugi::xml_attribute attribute) {
  const std::string_view name = attribute.name();
  return name != "xmlns" && !name.starts_with("xmlns:") && !name.starts_with("xsi:") && *attribute.value() != '\0';
}

/// Data: records become tables, other fields lines "name: value", in order.
class DataWalker {
 public:
  explicit DataWalker(DocumentBuilder& builder) : builder_(builder) {}

  void walk(pugi::xml_node node) {
    fields_of_attributes(node);
    if (is_leaf(node) || has_own_text(node)) {  // a value, or text with marks in it
      std::string value = text::normalise_space(xml_text(node));
      if (!value.empty()) builder_.paragraph(value);
      return;
    }
    const std::vector<pugi::xml_node> children = elements_of(node);
    for (size_t i = 0; i < children.size();) {
      size_t end = i + 1;
      while (end < children.size() && local_name(children[end]) == local_name(children[i])) ++end;
      const std::span<const pugi::xml_node> same(children.data() + i, end - i);
      if (same.size() > 1 && table(same)) {
        i = end;
        continue;
      }
      for (const pugi::xml_node child : same) {
        if (is_leaf(child))
          field(child);
        else if (has_own_text(child))
          value(local_name(child), xml_text(child));
        else {
          flush();
          walk(child);
        }
      }
      i = end;
    }
    flush();
  }

 private:
  void value(std::string_view name, std::string_view text) {
    const std::string clean = text::normalise_space(text);
    if (clean.empty()) return;
    if (!fields_.empty()) fields_ += '\n';
    fields_ += name_of_field(name) + ": " + clean;
  }

  void fields_of_attributes(pugi::xml_node node) {
    for (const pugi::xml_attribute attribute : node.attributes())
      if (is_field(attribute)) value(local_name(attribute.name()), attribute.value());
  }

  void field(pugi::xml_node leaf) {
    fields_of_attributes(leaf);
    value(local_name(leaf), xml_text(leaf));
  }

  void flush() {
    builder_.paragraph(fields_);
    fields_.clear();
  }

  /// Records of one kind as a table: their attributes and fields are its columns. False if they are no flat records.
  bool table(std::span<const pugi::xml_node> records) {
    std::vector<std::string> header;
    std::map<std::string, size_t, std::less<>> columns;
    const auto column = [&](std::string_view name) {
      const auto [found, added] = columns.emplace(std::string(name), header.size());
      if (added) header.push_back(name_of_field(name));
      return found->second;
    };
    std::vector<std::vector<std::string>> rows;
    const auto put = [&](std::string_view name, std::string_view text) {
      const size_t at = column(name);
      std::vector<std::string>& row = rows.back();
      if (row.size() <= at) row.resize(at + 1);
      if (!row[at].empty()) row[at] += ", ";
      row[at] += text::normalise_space(text);
    };
    for (const pugi::xml_node record : records) {
      if (!is_leaf(record) && has_own_text(record)) return false;
      rows.emplace_back();
      for (const pugi::xml_attribute attribute : record.attributes())
        if (is_field(attribute)) put(local_name(attribute.name()), attribute.value());
      if (is_leaf(record)) put(local_name(record), xml_text(record));
      for (const pugi::xml_node field : record) {
        if (field.type() != pugi::node_element) continue;
        if (!is_leaf(field)) return false;
        put(local_name(field), xml_text(field));
        if (header.size() > kMaxColumns) return false;
      }
      if (header.size() > kMaxColumns) return false;
    }
    flush();
    if (header.size() == 1) {
      for (const std::vector<std::string>& row : rows)
        if (!row.empty()) builder_.list_item(row.front(), 1, "-");
      return true;
    }
    rows.insert(rows.begin(), std::move(header));
    builder_.table(std::move(rows));
    return true;
  }

  DocumentBuilder& builder_;
  std::string fields_;  ///< Lines of the paragraph that is gathered.
};

}  // namespace

void extract_xml(const Input& input, Output& output) {
  const XmlDocument xml(input.bytes, "XML");
  const pugi::xml_node root = xml.root();
  if (local_name(root) == "html") return extract_html(input, output);
  DocumentBuilder builder;
  if (const std::string_view language = xml_attribute(root, "xml:lang"); !language.empty())
    builder.metadata("language", text::repair_utf8(language));
  if (xml.encoding() != "utf-8") builder.metadata("encoding", xml.encoding());
  if (is_xml_prose(root))
    XmlProse(builder).read(root);
  else
    DataWalker(builder).walk(root);
  data::Document document = builder.finish();
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
