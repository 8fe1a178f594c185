// ODP: presentations of OpenDocument, packed or flat. A slide is a page.
#include "collect/opendocument_reader.h"

namespace moru::collect {

void extract_odp(const Input& input, Output& output) {
  const OpenDocument document(input);
  DocumentBuilder builder;
  const std::string title = document.read_properties(builder);
  OpenDocumentReader(document, builder).read_slides();
  output.documents.push_back(finish_document(builder, input, title));
}

bool is_odp(std::string_view head) {
  return begins_as_package(head, "application/vnd.oasis.opendocument.presentation");
}

}  // namespace moru::collect
