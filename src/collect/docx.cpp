// DOCX: WordprocessingML (ECMA-376 part 1, 17) in a package.
#include "collect/docx_reader.h"

namespace moru::collect {

void extract_docx(const Input& input, Output& output) {
  OfficePackage package(input);
  DocumentBuilder builder;
  const std::string title = package.read_properties(builder);
  DocxReader(package, builder).read();
  output.documents.push_back(finish_document(builder, input, title));
}

bool is_docx(std::string_view head) {
  return begins_as_office(head, "word/");
}

}  // namespace moru::collect
