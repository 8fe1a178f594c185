// EPUB: a book's chapters in the order of its spine (EPUB 3.3; EPUB 2.0.1), each read as HTML. A chapter is a page.
#include <set>

#include "collect/office_package.h"
#include "collect/opendocument_package.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxChapters = 20'000;

struct Item {
  std::string part, type, properties;
};

/// "a%20b.xhtml" names the entry "a b.xhtml".
std::string percent_decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Entries that META-INF/encryption.xml names, those of fonts that are only obfuscated left out.
std::set<std::string> encrypted_parts(ZipPackage& zip) {
  std::set<std::string> parts;
  const std::optional<std::string> bytes = zip.read_if("META-INF/encryption.xml");
  if (!bytes) return parts;
  const XmlDocument xml(*bytes, "META-INF/encryption.xml");
  for (const pugi::xml_node data : xml.root()) {
    const std::string_view algorithm = xml_attribute(xml_child(data, "EncryptionMethod"), "Algorithm");
    if (algorithm == "http://www.idpf.org/2008/embedding" || algorithm == "http://ns.adobe.com/pdf/enc#RC") continue;
    parts.insert(
        resolve_part("", percent_decoded(xml_attribute(xml_path(data, {"CipherData", "CipherReference"}), "URI"))));
  }
  return parts;
}

/// Adds a chapter's text and blocks behind what is there.
void append(data::Document& book, const data::Document& chapter, int page) {
  if (chapter.text.empty()) return;
  if (!book.text.empty()) book.text += '\n';
  const uint64_t shift = book.text.size();
  book.text += chapter.text;
  for (data::Block block : chapter.blocks) {
    block.range.begin += shift;
    block.range.end += shift;
    block.page = page;
    if (block.kind == data::BlockKind::title) {  // drawn as a heading of level 1 is
      block.kind = data::BlockKind::heading;
      block.level = 1;
    }
    book.blocks.push_back(std::move(block));
  }
}

std::string joined(pugi::xml_node metadata, std::string_view name) {
  std::string out;
  for (const pugi::xml_node node : metadata) {
    if (local_name(node) != name) continue;
    const std::string text = text::normalise_space(text::repair_utf8(xml_text(node)));
    if (!text.empty()) out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

}  // namespace

void extract_epub(const Input& input, Output& output) {
  ZipPackage zip(input.bytes, input.source.extract);
  const XmlDocument container(zip.read("META-INF/container.xml"), "META-INF/container.xml");
  const pugi::xml_node root_file = xml_path(container.root(), {"rootfiles", "rootfile"});
  const std::string package_part = resolve_part("", percent_decoded(xml_attribute(root_file, "full-path")));
  const XmlDocument package(zip.read(package_part), package_part);

  std::map<std::string, Item, std::less<>> items;
  for (const pugi::xml_node node : xml_child(package.root(), "manifest")) {
    if (local_name(node) != "item") continue;
    items.emplace(xml_attribute(node, "id"),
                  Item{resolve_part(package_part, percent_decoded(xml_attribute(node, "href"))),
                       std::string(xml_attribute(node, "media-type")), std::string(xml_attribute(node, "properties"))});
  }
  const std::set<std::string> encrypted = encrypted_parts(zip);

  data::Document book;
  std::set<std::string> read;  // a spine that names a chapter again and again gives it once
  int page = 0;
  size_t chapters = 0;
  std::string missing;
  for (const pugi::xml_node node : xml_child(package.root(), "spine")) {
    const auto item = items.find(xml_attribute(node, "idref"));
    if (local_name(node) != "itemref" || item == items.end()) continue;
    if (++chapters > kMaxChapters)
      throw Unreadable("archive-limit", fmt::format("more than {} chapters", kMaxChapters));
    ++page;
    const auto& [part, type, properties] = item->second;
    if (type != "application/xhtml+xml" && type != "text/html" && type != "text/x-oeb1-document") continue;
    if (!read.insert(part).second || (" " + properties + " ").find(" nav ") != std::string::npos) continue;
    if (encrypted.contains(part)) throw Unreadable("encrypted", part + " is encrypted: the book is protected");
    const std::optional<std::string> bytes = zip.read_if(part);
    if (!bytes) {
      missing += (missing.empty() ? "" : ", ") + text::repair_utf8(part);
      continue;
    }
    Output inner;
    extract_html({part, *bytes, {0, bytes->size()}, input.source, input.depth + 1}, inner);
    for (const data::Document& chapter : inner.documents) append(book, chapter, page);
  }
  if (page > 0 && book.blocks.empty() && !missing.empty())
    throw Unreadable("damaged", "missing: " + text::repair_utf8(missing.substr(0, 500)));
  const pugi::xml_node metadata = xml_child(package.root(), "metadata");
  book.title = joined(metadata, "title");
  if (book.title.empty() && !book.blocks.empty() && book.blocks.front().kind == data::BlockKind::heading)
    book.title = book.slice(book.blocks.front().range);
  static constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"creator", "author"}, {"language", "language"},       {"publisher", "publisher"}, {"subject", "keywords"},
      {"date", "created"},   {"description", "description"}, {"rights", "rights"},       {"identifier", "identifier"}};
  for (const auto& [name, key] : kKeys)
    if (std::string value = joined(metadata, name); !value.empty()) book.metadata[std::string(key)] = std::move(value);
  if (!missing.empty()) book.metadata["missing_chapters"] = text::repair_utf8(missing.substr(0, 4096));
  book.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(book));
}

bool is_epub(std::string_view head) {
  return begins_as_package(head, "application/epub+zip");
}

}  // namespace moru::collect
