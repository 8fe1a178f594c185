// Words with their places on pages: what pdftotext -bbox-layout and Tesseract print.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// In points (1/72 inch) from the page's upper left corner.
struct PageBox {
  double left = 0, top = 0, right = 0, bottom = 0;
  double height() const { return bottom - top; }
  double width() const { return right - left; }
  void include(const PageBox& other);
};

struct PageWord {
  PageBox box;
  std::string text;  ///< UTF-8, without white space.
};

struct PageLine {
  PageBox box;
  std::vector<PageWord> words;  ///< At least one.
};

struct PageBlock {
  std::vector<PageLine> lines;  ///< At least one.
};

struct Page {
  int number = 1;
  double width = 0, height = 0;
  std::vector<PageBlock> blocks;  ///< In reading order.
};

struct PageLayout {
  std::vector<Page> pages;
  bool recognised = false;                      ///< By OCR: sizes of letters are guesses.
  std::map<std::string, std::string> metadata;  ///< "title", "Author", "Subject", … as the file has them.
};

/// Reads the XHTML of pdftotext -bbox-layout. What it does not know is passed over; coordinates that are no numbers
/// count as 0. Never throws for any input but for want of memory.
PageLayout parse_pdf_layout(std::string_view xhtml);

/// Reads what Tesseract prints of one page, an image at `dpi`: its TSV, and behind that the text, which says which
/// syllables make a word. Words with less than `confidence` percent are left out.
Page parse_tesseract_tsv(std::string_view output, int number, double dpi, double confidence = 30);

}  // namespace moru::collect
