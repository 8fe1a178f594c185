// What the Office Open XML formats share (ECMA-376 part 2): a package of parts, relationships between them, properties.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/builder.h"
#include "collect/extractor.h"
#include "collect/xml_reader.h"
#include "collect/zip_package.h"

namespace moru::collect {

/// One relationship of a part; those to things outside the package are left out.
struct Relationship {
  std::string type;    ///< The last piece of its type's URI: "officeDocument", "footnotes", "slide".
  std::string target;  ///< The part's name in the package.
};

class OfficePackage {
 public:
  /// Throws as ZipPackage does, and Unreadable("encrypted") or ("unknown-format") where the bytes are an OLE compound
  /// file: a package behind a password, or a document of Office 97.
  explicit OfficePackage(const Input& input);

  /// The part that the package's own relationships call the document. Throws Unreadable("damaged") if there is none.
  std::string main_part();
  /// The relationships of a part by their ids; empty where it has none.
  std::map<std::string, Relationship, std::less<>> relationships(std::string_view part);
  /// The XML of a part, or nothing where there is no such part.
  std::optional<XmlDocument> xml_if(std::string_view part);
  XmlDocument xml(std::string_view part) { return XmlDocument(zip_.read(part), part); }
  /// The first part that `part` is related to in this way, as XML.
  std::optional<XmlDocument> related(std::string_view part, std::string_view type);
  /// Author, subject, keywords, description, language and times as metadata; returns the title.
  std::string read_properties(DocumentBuilder& builder);
  ZipPackage& zip() { return zip_; }

 private:
  ZipPackage zip_;
};

/// Throws as OfficePackage does if these are the bytes of an OLE compound file.
void refuse_compound_file(std::string_view bytes);

/// The name in a package that `target` means in the part `base`: "../media/a.png" seen from "word/document.xml".
std::string resolve_part(std::string_view base, std::string_view target);

/// Do the first bytes of a file show an OOXML package with parts in `folder` ("word/")?
bool begins_as_office(std::string_view head, std::string_view folder);

/// Gives the document its title: one that stands in the text, else `property`, else the first heading. Sets the range.
data::Document finish_document(DocumentBuilder& builder, const Input& input, std::string_view property);

/// Calls `use` for the child elements in which a document's content stands: into mc:AlternateContent, of which only one
/// version counts, and what only wraps (content controls, smart tags).
template <class Use>
void for_each_element(pugi::xml_node parent, const Use& use) {
  for (const pugi::xml_node child : parent) {
    if (child.type() != pugi::node_element) continue;
    if (local_name(child) == "AlternateContent") {
      const pugi::xml_node choice = xml_child(child, "Choice");
      for_each_element(choice ? choice : xml_child(child, "Fallback"), use);
    } else {
      use(child, local_name(child));
    }
  }
}

}  // namespace moru::collect
