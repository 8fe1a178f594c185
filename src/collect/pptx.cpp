// PPTX: PresentationML (ECMA-376 part 1, 19) in a package.
#include "collect/pptx_reader.h"

namespace moru::collect {

void extract_pptx(const Input& input, Output& output) {
  OfficePackage package(input);
  DocumentBuilder builder;
  const std::string title = package.read_properties(builder);
  PptxReader(package, builder).read();
  data::Document document = finish_document(builder, input, title);
  if (document.title == "PowerPoint Presentation" || document.title == "PowerPoint 프레젠테이션") {
    // What PowerPoint calls a presentation that nobody named.
    document.title.clear();
    for (const data::Block& block : document.blocks)
      if (document.title.empty() && block.kind == data::BlockKind::heading)
        document.title = document.slice(block.range);
  }
  output.documents.push_back(std::move(document));
}

bool is_pptx(std::string_view head) {
  return begins_as_office(head, "ppt/");
}

}  // namespace moru::collect
