// Reading pictures of pages with Tesseract, in processes of their own.
#pragma once

#include "collect/extractor.h"
#include "collect/pdf_layout.h"

namespace moru::collect {

/// Renders a page of a PDF (`file`: its name, or "-" for input.bytes) with pdftoppm, at 300 dpi or what
/// 6,000 pixels allow, and reads it. `empty`: its number and size. Throws
/// Unreadable: "program-missing" naming the Debian package, "time-limit" where one page takes longer than
/// extract.seconds.
Page read_scanned_page(const Input& input, const std::string& file, const Page& empty, const Output& output);

/// "tesseract 5.3.0", for the document's metadata.
std::string ocr_name();

}  // namespace moru::collect
