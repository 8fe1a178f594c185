// PDF: the text layer by poppler's pdftotext in a process of its own; scanned pages by Tesseract where the recipe asks.
#include "collect/ocr.h"
#include "collect/pdf_text.h"
#include "core/child_process.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

std::string first_line(std::string_view text) {
  return text::repair_utf8(text.substr(0, std::min(text.find('\n'), text.size())));
}

/// The file's name for poppler's programs, or "-": its bytes on standard input.
std::string file_argument(const Input& input) {
  return input.real.starts_with('/') ? std::string(input.real) : "-";
}

PageLayout text_layer(const Input& input, const Output& output) {
  const std::string file = file_argument(input);
  const ChildLimits limits{.seconds = 0.9 * input.source.extract.seconds};
  ChildResult result = run_child({"pdftotext", "-q", "-bbox-layout", "-enc", "UTF-8", file, "-"},
                                 file == "-" ? input.bytes : std::string_view(), limits, [&] { output.alive(); });
  switch (result.end) {
    case ChildEnd::not_found:
      throw Unreadable("program-missing", "pdftotext is not installed: apt-get install poppler-utils");
    case ChildEnd::time_limit:
      throw Unreadable("time-limit", "pdftotext");
    case ChildEnd::output_limit:
      throw Unreadable("output-limit", "pdftotext");
    case ChildEnd::crashed:
      throw Unreadable("damaged", "pdftotext ended by a signal");
    case ChildEnd::exited:
      break;
  }
  if (result.status != 0) {
    // With -q it says nothing: asked once more for its reason.
    result = run_child({"pdfinfo", file}, file == "-" ? input.bytes : std::string_view(), limits);
    const bool encrypted = result.error.find("ncorrect password") != std::string::npos;
    throw Unreadable(encrypted ? "encrypted" : "damaged", first_line(result.error));
  }
  return parse_pdf_layout(result.output);
}

bool has_text(const Page& page) {
  return !page.blocks.empty();
}

/// Titles that programs write of themselves.
bool is_title(std::string_view title) {
  if (title.empty() || title.size() > 300 || title.starts_with("Microsoft ") || title == "untitled") return false;
  for (const std::string_view ending : {".doc", ".docx", ".hwp", ".hwpx", ".ppt", ".pptx", ".xls", ".xlsx", ".indd",
                                        ".pdf", ".html", ".htm", ".tex", ".dvi", ".qxd"})
    if (text::lower(title).ends_with(ending)) return false;
  return true;
}

}  // namespace

void extract_pdf(const Input& input, Output& output) {
  if (input.bytes.substr(0, 1024).find("%PDF-") == std::string_view::npos)
    throw Unreadable("damaged", "it does not begin as a PDF does");
  PageLayout layout = text_layer(input, output);
  if (layout.pages.empty()) throw Unreadable("no-text", "a PDF without pages");
  size_t empty = 0;
  for (const Page& page : layout.pages) empty += !has_text(page);
  std::string ocr;
  if (empty > 0 && input.source.extract.ocr) {
    for (Page& page : layout.pages) {
      if (has_text(page)) continue;
      page = read_scanned_page(input, file_argument(input), page, output);
    }
    ocr = ocr_name();
    layout.recognised = empty == layout.pages.size();
    empty = 0;
    for (const Page& page : layout.pages) empty += !has_text(page);
    if (empty == layout.pages.size()) throw Unreadable("no-text", "nothing was recognised on its pages");
  } else if (empty == layout.pages.size()) {
    throw Unreadable("scanned", fmt::format("{} pages without a text layer; \"ocr: true\" reads them", empty));
  }
  data::Document document = document_of_pages(layout);
  if (document.title.empty() && is_title(layout.metadata["title"])) document.title = layout.metadata["title"];
  static constexpr std::pair<const char*, const char*> kKeys[] = {
      {"Author", "author"}, {"Subject", "subject"}, {"Keywords", "keywords"}, {"CreationDate", "created"}};
  for (const auto& [from, to] : kKeys)
    if (const auto found = layout.metadata.find(from); found != layout.metadata.end() && !found->second.empty())
      document.metadata[to] = found->second;
  document.metadata["pages"] = std::to_string(layout.pages.size());
  if (empty > 0) document.metadata["pages_without_text"] = std::to_string(empty);
  if (!ocr.empty()) document.metadata["ocr"] = ocr;
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

bool recognise_pdf(std::string_view head) {
  return head.starts_with("%PDF-");
}

}  // namespace moru::collect
