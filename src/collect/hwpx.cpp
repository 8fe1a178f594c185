// HWPX: the XML format of Hancom's word processor (OWPML, KS X 6101) in a ZIP package.
#include "collect/extractor.h"
#include "collect/hwp_writer.h"
#include "collect/hwpx_parts.h"
#include "collect/xml_reader.h"
#include "collect/zip_package.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr std::string_view kMimeType = "application/hwp+zip";

/// "section12.xml" comes after "section2.xml".
bool by_number(const std::string& a, const std::string& b) {
  return std::pair(a.size(), std::string_view(a)) < std::pair(b.size(), std::string_view(b));
}

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

/// What the package's description says: metadata, and the names of parts in reading order.
struct Description {
  std::map<std::string, std::string> metadata;
  std::string head;
  std::vector<std::string> sections, master_pages;
};

void read_metadata(pugi::xml_node metadata, Description& to) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"creator", "author"},         {"subject", "subject"},     {"description", "comments"},
      {"lastsaveby", "last_author"}, {"CreatedDate", "created"}, {"ModifiedDate", "modified"},
      {"keyword", "keywords"}};
  for (const pugi::xml_node node : metadata.children()) {
    const std::string value = text::normalise_space(xml_text(node));
    if (value.empty()) continue;
    if (local_name(node) == "title") to.metadata.emplace("title", value);
    for (const auto& [theirs, ours] : kNames)
      if (xml_attribute(node, "name") == theirs) to.metadata.emplace(ours, value);
  }
}

/// The description's own list where it has one; what it forgets is found by its usual name.
Description read_description(ZipPackage& package) {
  Description found;
  std::string path = "Contents/content.hpf";
  if (const auto container = package.read_if("META-INF/container.xml")) {
    const XmlDocument xml(*container, "META-INF/container.xml");
    for (const pugi::xml_node root : xml_child(xml.root(), "rootfiles").children())
      if (xml_attribute(root, "media-type") == "application/hwpml-package+xml" &&
          package.find(xml_attribute(root, "full-path")) != nullptr) {
        path = xml_attribute(root, "full-path");
        break;
      }
  }
  if (const auto bytes = package.read_if(path)) {
    const XmlDocument xml(*bytes, path);
    read_metadata(xml_child(xml.root(), "metadata"), found);
    std::map<std::string, std::string, std::less<>> items;  // id -> part
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (const pugi::xml_node item : xml_child(xml.root(), "manifest").children()) {
      const std::string href(xml_attribute(item, "href"));
      const std::string part = package.find(href) != nullptr ? href : folder + href;
      if (package.find(part) == nullptr) continue;
      const std::string id(xml_attribute(item, "id"));
      if (id == "header") found.head = part;
      if (id.starts_with("masterpage")) found.master_pages.push_back(part);
      items.emplace(id, part);
    }
    for (const pugi::xml_node ref : xml_child(xml.root(), "spine").children()) {
      const auto item = items.find(xml_attribute(ref, "idref"));
      if (item == items.end() || item->second == found.head) continue;
      if (item->second.find("section") != std::string::npos && !contains(found.sections, item->second))
        found.sections.push_back(item->second);
    }
  }
  if (found.head.empty()) found.head = "Contents/header.xml";
  std::vector<std::string> rest;
  for (const ZipEntry& entry : package.entries())
    if (entry.name.starts_with("Contents/section") && entry.name.ends_with(".xml") &&
        !contains(found.sections, entry.name))
      rest.push_back(entry.name);
  std::ranges::sort(rest, by_number);
  std::ranges::move(rest, std::back_inserter(found.sections));
  return found;
}

/// Throws if the package says that parts of it are encrypted.
void check_readable(ZipPackage& package) {
  const auto manifest = package.read_if("META-INF/manifest.xml");
  if (!manifest) return;
  const XmlDocument xml(*manifest, "META-INF/manifest.xml");
  for (const pugi::xml_node entry : xml.root().children())
    if (xml_child(entry, "encryption-data")) throw Unreadable("encrypted", "under a password");
}

}  // namespace

bool recognise_hwpx(std::string_view head) {
  return head.starts_with("PK\3\4") && head.substr(0, 128).find(kMimeType) != std::string_view::npos;
}

void extract_hwpx(const Input& input, Output& output) {
  ZipPackage package(input.bytes, input.source.extract);
  check_readable(package);
  const Description description = read_description(package);
  if (description.sections.empty()) throw Unreadable("unknown-format", "a ZIP file without the sections of HWPX");
  HwpShapes shapes;
  if (const auto head = package.read_if(description.head))
    shapes = read_hwpx_shapes(XmlDocument(*head, description.head).root());

  DocumentBuilder builder;
  for (const auto& [key, value] : description.metadata) builder.metadata(key, value);
  const auto title = description.metadata.find("title");
  HwpWriter writer(builder, shapes, title != description.metadata.end() ? title->second : "");
  uint64_t left_out = 0;
  for (const std::string& part : description.sections)
    writer.section(read_hwpx_section(XmlDocument(package.read(part), part).root(), left_out));
  for (const std::string& part : description.master_pages) {
    const std::string bytes = package.read(part);
    const XmlDocument xml(bytes, part);
    for (const pugi::xml_node list : xml.root().children())
      if (local_name(list) == "subList") writer.master_page(read_hwpx_section(list, left_out));
  }
  if (left_out > 0) builder.metadata("left_out", fmt::format("{} parts nested too deep", left_out));
  data::Document document = builder.finish();
  if (const uint64_t count = count_private_use(document.text))
    document.metadata["private_use_characters"] = std::to_string(count);
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
