// ODT: text of OpenDocument, packed or flat.
#include "collect/opendocument_reader.h"

namespace moru::collect {

void extract_odt(const Input& input, Output& output) {
  const OpenDocument document(input);
  DocumentBuilder builder;
  const std::string title = document.read_properties(builder);
  OpenDocumentReader(document, builder).read_text();
  output.documents.push_back(finish_document(builder, input, title));
}

bool is_odt(std::string_view head) {
  return begins_as_package(head, "application/vnd.oasis.opendocument.text");
}

}  // namespace moru::collect
