#include "collect/opendocument_package.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxChain = 32;  // styles based on styles; a cycle ends here

}  // namespace

OpenDocument::OpenDocument(const Input& input) {
  refuse_compound_file(input.bytes);
  if (!input.bytes.starts_with("PK")) {
    content_.emplace(input.bytes, "the document");
    return;
  }
  ZipPackage zip(input.bytes, input.source.extract);
  if (const auto bytes = zip.read_if("META-INF/manifest.xml")) {
    const XmlDocument manifest(*bytes, "META-INF/manifest.xml");
    for (const pugi::xml_node entry : manifest.root())
      if (xml_attribute(entry, "full-path") == "content.xml" && xml_child(entry, "encryption-data"))
        throw Unreadable("encrypted", "a document behind a password");
  }
  if (zip.find("content.xml") == nullptr && zip.find("encrypted-package") != nullptr)
    throw Unreadable("encrypted", "a document behind a password");
  content_.emplace(zip.read("content.xml"), "content.xml");
  if (const auto bytes = zip.read_if("styles.xml")) styles_.emplace(*bytes, "styles.xml");
  if (const auto bytes = zip.read_if("meta.xml")) meta_.emplace(*bytes, "meta.xml");
}

pugi::xml_node OpenDocument::content(std::string_view name) const {
  const pugi::xml_node found = xml_path(content_->root(), {"body", name});
  if (!found) throw Unreadable("damaged", fmt::format("no content of the kind \"{}\"", name));
  return found;
}

std::string OpenDocument::read_properties(DocumentBuilder& builder) const {
  const pugi::xml_node meta = xml_child(meta_ ? meta_->root() : content_->root(), "meta");
  static constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"creator", "changed_by"}, {"initial-creator", "author"}, {"subject", "subject"}, {"description", "description"},
      {"language", "language"},  {"creation-date", "created"},  {"date", "modified"}};
  for (const auto& [name, key] : kKeys)
    builder.metadata(std::string(key), text::repair_utf8(xml_text(xml_child(meta, name))));
  std::string keywords;
  for (const pugi::xml_node node : meta)
    if (local_name(node) == "keyword") keywords += (keywords.empty() ? "" : ", ") + xml_text(node);
  builder.metadata("keywords", text::repair_utf8(keywords));
  return text::normalise_space(text::repair_utf8(xml_text(xml_child(meta, "title"))));
}

OpenDocumentStyles::OpenDocumentStyles(const OpenDocument& document) {
  for (const char* group : {"styles", "automatic-styles"}) {
    read(xml_child(document.styles_root(), group));
    if (document.styles_root() != document.content_root()) read(xml_child(document.content_root(), group));
  }
  for (const auto& [name, node] : nodes_) {
    Style style;
    pugi::xml_node at = node;
    for (int chain = 0; at && chain < kMaxChain; ++chain) {
      const std::string_view shown = xml_attribute(at, "display-name");
      if (style.use == ParagraphUse::body)
        style.use = style_by_name(shown.empty() ? xml_attribute(at, "name") : shown).use;
      if (style.list.empty()) style.list = xml_attribute(at, "list-style-name");
      const pugi::xml_node properties = xml_child(at, "paragraph-properties");
      if (chain == 0)
        style.page_break =
            xml_attribute(properties, "break-before") == "page" || !xml_attribute(at, "master-page-name").empty();
      if (xml_attribute(xml_child(at, "drawing-page-properties"), "visibility") == "hidden" ||
          xml_attribute(xml_child(at, "table-properties"), "display") == "false")
        style.hidden = true;
      const auto parent = nodes_.find(xml_attribute(at, "parent-style-name"));
      at = parent == nodes_.end() ? pugi::xml_node() : parent->second;
    }
    page_breaks_ |= style.page_break;
    styles_.emplace(name, std::move(style));
  }
}

void OpenDocumentStyles::read(pugi::xml_node parent) {
  for (const pugi::xml_node node : parent) {
    const std::string_view name = local_name(node);
    if (name == "style") nodes_.insert_or_assign(std::string(xml_attribute(node, "style:name")), node);
    if (name == "list-style") read_list(node, lists_[std::string(xml_attribute(node, "style:name"))]);
    if (name == "outline-style") read_list(node, outline_);
  }
}

void OpenDocumentStyles::read_list(pugi::xml_node node, ListStyle& style) {
  for (const pugi::xml_node child : node) {
    const int number = xml_number(child, "text:level");
    if (number < 1 || number > static_cast<int>(style.size())) continue;
    ListLevel& level = style[static_cast<size_t>(number - 1)];
    level = {};
    level.format = xml_attribute(child, "num-format");
    level.numbered = !level.format.empty();
    level.prefix = text::repair_utf8(xml_attribute(child, "num-prefix"));
    level.suffix = text::repair_utf8(xml_attribute(child, "num-suffix"));
    level.start = std::clamp(xml_number(child, "start-value", 1), 0, 1'000'000);
    level.shown_levels = std::clamp(xml_number(child, "display-levels", 1), 1, number);
    const std::string around = level.prefix + level.suffix;
    for (size_t i = 0; i < around.size();) level.worded |= text::is_letter(text::next_code_point(around, i));
  }
}

const OpenDocumentStyles::Style& OpenDocumentStyles::paragraph(std::string_view name) const {
  static const Style kPlain;
  const auto found = styles_.find(name);
  return found == styles_.end() ? kPlain : found->second;
}

const OpenDocumentStyles::ListStyle& OpenDocumentStyles::list(std::string_view name) const {
  static const ListStyle kPlain;
  const auto found = lists_.find(name);
  return found == lists_.end() ? kPlain : found->second;
}

bool begins_as_package(std::string_view head, std::string_view type) {
  // The entry "mimetype" stands first and is not packed (OpenDocument 1.3 part 2, 3.3; EPUB OCF).
  if (!head.starts_with("PK\3\4") || head.size() < 38 || head.substr(30, 8) != "mimetype") return false;
  const size_t extra = static_cast<unsigned char>(head[28]) + 256U * static_cast<unsigned char>(head[29]);
  if (head.size() < 38 + extra) return false;
  const std::string_view content = head.substr(38 + extra);
  if (!content.starts_with(type)) return false;
  const std::string_view rest = content.substr(type.size());
  return rest.empty() || rest[0] == 'P' || rest[0] == '-' || rest[0] == '\n' || rest[0] == '\r';
}

}  // namespace moru::collect
