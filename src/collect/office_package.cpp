#include "collect/office_package.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr std::string_view kCompoundMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
constexpr size_t kMaxRelationships = 100'000;

/// Does a compound file hold a stream of this name? Names stand in its directory in UTF-16.
bool holds_stream(std::string_view bytes, std::string_view name) {
  std::string wide;
  for (const char c : name) {
    wide += c;
    wide += '\0';
  }
  return bytes.find(wide) != std::string_view::npos;
}

std::string_view checked(std::string_view bytes) {
  refuse_compound_file(bytes);
  return bytes;
}

}  // namespace

void refuse_compound_file(std::string_view bytes) {
  if (!bytes.starts_with(kCompoundMark)) return;
  if (holds_stream(bytes, "EncryptedPackage")) throw Unreadable("encrypted", "an office file behind a password");
  for (const auto& [stream, what] : {std::pair<std::string_view, std::string_view>{"WordDocument", "Word"},
                                     {"PowerPoint Document", "PowerPoint"},
                                     {"Workbook", "Excel"},
                                     {"Book", "Excel"}})
    if (holds_stream(bytes, stream))
      throw Unreadable("unknown-format", fmt::format("a binary document of {} 97-2003, whatever its name says", what));
  throw Unreadable("unknown-format", "an OLE compound file, whatever its name says");
}

OfficePackage::OfficePackage(const Input& input) : zip_(checked(input.bytes), input.source.extract) {}

std::string resolve_part(std::string_view base, std::string_view target) {
  std::vector<std::string_view> pieces;
  const auto walk = [&](std::string_view path) {
    while (!path.empty()) {
      const size_t end = std::min(path.find('/'), path.size());
      const std::string_view piece = path.substr(0, end);
      if (piece == "..") {
        if (!pieces.empty()) pieces.pop_back();
      } else if (!piece.empty() && piece != ".") {
        pieces.push_back(piece);
      }
      path.remove_prefix(std::min(end + 1, path.size()));
    }
  };
  target = target.substr(0, target.find_first_of("#?"));
  if (const size_t slash = base.rfind('/'); slash != std::string_view::npos && !target.starts_with('/'))
    walk(base.substr(0, slash));
  walk(target);
  return fmt::format("{}", fmt::join(pieces, "/"));
}

std::map<std::string, Relationship, std::less<>> OfficePackage::relationships(std::string_view part) {
  const size_t slash = part.rfind('/');
  const size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  std::map<std::string, Relationship, std::less<>> found;
  const std::optional<XmlDocument> xml =
      xml_if(fmt::format("{}_rels/{}.rels", part.substr(0, name), part.substr(name)));
  if (!xml) return found;
  for (const pugi::xml_node node : xml->root()) {
    if (local_name(node) != "Relationship" || xml_attribute(node, "TargetMode") == "External") continue;
    if (found.size() >= kMaxRelationships) break;
    const std::string_view type = xml_attribute(node, "Type");
    found.emplace(xml_attribute(node, "Id"), Relationship{std::string(type.substr(type.rfind('/') + 1)),
                                                          resolve_part(part, xml_attribute(node, "Target"))});
  }
  return found;
}

std::string OfficePackage::main_part() {
  for (const auto& [id, relationship] : relationships(""))
    if (relationship.type == "officeDocument") return relationship.target;
  throw Unreadable("damaged", "no part of the package is called its document (_rels/.rels)");
}

std::optional<XmlDocument> OfficePackage::xml_if(std::string_view part) {
  const std::optional<std::string> bytes = zip_.read_if(part);
  if (!bytes) return std::nullopt;
  return XmlDocument(*bytes, part);
}

std::optional<XmlDocument> OfficePackage::related(std::string_view part, std::string_view type) {
  for (const auto& [id, relationship] : relationships(part))
    if (relationship.type == type) return xml_if(relationship.target);
  return std::nullopt;
}

std::string OfficePackage::read_properties(DocumentBuilder& builder) {
  std::string part = "docProps/core.xml";
  for (const auto& [id, relationship] : relationships(""))
    if (relationship.type == "core-properties") part = relationship.target;
  const std::optional<XmlDocument> xml = xml_if(part);
  if (!xml) return {};
  static constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"creator", "author"},          {"subject", "subject"},           {"keywords", "keywords"},
      {"description", "description"}, {"lastModifiedBy", "changed_by"}, {"language", "language"},
      {"category", "category"},       {"created", "created"},           {"modified", "modified"}};
  for (const auto& [name, key] : kKeys)
    builder.metadata(std::string(key), text::repair_utf8(xml_text(xml_child(xml->root(), name))));
  return text::normalise_space(text::repair_utf8(xml_text(xml_child(xml->root(), "title"))));
}

bool begins_as_office(std::string_view head, std::string_view folder) {
  if (!head.starts_with("PK\3\4")) return false;
  bool types = false, inside = false;
  for (size_t at = 0; at != std::string_view::npos; at = head.find("PK\3\4", at + 4)) {
    if (head.size() - at < 30) break;
    const std::string_view name = head.substr(at + 30);
    types |=
        name.starts_with("[Content_Types].xml") || name.starts_with("_rels/.rels") || name.starts_with("docProps/");
    inside |= name.starts_with(folder);
  }
  return types && inside;
}

data::Document finish_document(DocumentBuilder& builder, const Input& input, std::string_view property) {
  data::Document document = builder.finish();
  document.source.range = {0, input.bytes.size()};
  if (document.title.empty()) document.title = property;
  for (const data::Block& block : document.blocks) {
    if (!document.title.empty()) break;
    if (block.kind == data::BlockKind::heading) document.title = document.slice(block.range);
  }
  return document;
}

}  // namespace moru::collect
