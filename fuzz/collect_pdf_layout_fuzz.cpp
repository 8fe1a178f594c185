// What pdftotext and Tesseract print: a hostile PDF decides much of it.
#include "collect/pdf_layout.h"
#include "collect/pdf_text.h"
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::collect;
  check_extraction(
      [](const Input& input, Output& output) {
        output.documents.push_back(document_of_pages(parse_pdf_layout(input.bytes)));
        PageLayout scanned;
        scanned.recognised = true;
        scanned.pages.push_back(parse_tesseract_tsv(input.bytes, 1, 300));
        output.documents.push_back(document_of_pages(scanned));
      },
      data, size);
  return 0;
}
