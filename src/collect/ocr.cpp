#include "collect/ocr.h"

#include "collect/pdf_text.h"
#include "core/child_process.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr double kDpi = 300;  // what Tesseract's models were trained for
constexpr double kMaxPixels = 6000;

/// The output, or the reason why there is none.
std::string output_of(const std::vector<std::string>& arguments, std::string_view input, double seconds,
                      std::string_view package, const Output& output) {
  ChildResult result =
      run_child(arguments, input, {.seconds = seconds, .seconds_in_all = seconds}, [&] { output.alive(); });
  if (result.end == ChildEnd::not_found)
    throw Unreadable("program-missing", fmt::format("{} is not installed: apt-get install {}", arguments[0], package));
  if (result.end == ChildEnd::time_limit) throw Unreadable("time-limit", arguments[0]);
  if (result.end == ChildEnd::output_limit) throw Unreadable("output-limit", arguments[0]);
  if (!result.ok()) {
    const std::string why = text::repair_utf8(result.error.substr(0, 500));
    if (why.find("Error opening data file") != std::string::npos ||
        why.find("Failed loading language") != std::string::npos)
      throw Unreadable(
          "program-missing",
          "Tesseract lacks a language of ocr_languages: apt-get install tesseract-ocr-kor tesseract-ocr-eng");
    throw Unreadable("damaged", fmt::format("{}: {}", arguments[0], why));
  }
  return std::move(result.output);
}

Page recognise(const Input& input, std::string_view image, int number, double dpi, const Output& output) {
  const ExtractSettings& settings = input.source.extract;
  const std::string tsv = output_of(
      {"tesseract", "stdin", "stdout", "-l", settings.ocr_languages, "--dpi", std::to_string(static_cast<int>(dpi)),
       // Left to find the layout itself it takes evenly spaced syllables for columns, and loses lines.
       "--psm", "4", "tsv", "txt"},
      image, 0.9 * settings.seconds, "tesseract-ocr tesseract-ocr-kor", output);
  return parse_tesseract_tsv(tsv, number, dpi);
}

}  // namespace

Page read_scanned_page(const Input& input, const std::string& file, const Page& empty, const Output& output) {
  const std::string page = std::to_string(empty.number);
  const double longest = std::max({empty.width, empty.height, 1.0});
  const auto dpi = static_cast<int>(std::clamp(kMaxPixels * 72 / longest, 10.0, kDpi));
  const std::string image = output_of({"pdftoppm", "-f", page, "-l", page, "-r", std::to_string(dpi), "-gray", file},
                                      file == "-" ? input.bytes : std::string_view(),
                                      0.9 * input.source.extract.seconds, "poppler-utils", output);
  return recognise(input, image, empty.number, dpi, output);
}

std::string ocr_name() {
  const ChildResult result = run_child({"tesseract", "--version"}, "", {});
  const std::string& text = result.output.empty() ? result.error : result.output;
  return text.substr(0, std::min(text.find('\n'), text.size()));
}

void extract_image(const Input& input, Output& output) {
  if (!input.source.extract.ocr) throw Unreadable("unknown-format", "a picture; \"ocr: true\" reads the text on it");
  PageLayout layout;
  layout.recognised = true;
  layout.pages.push_back(recognise(input, input.bytes, 1, kDpi, output));
  if (layout.pages[0].blocks.empty()) throw Unreadable("no-text", "nothing was recognised on it");
  data::Document document = document_of_pages(layout);
  document.metadata["ocr"] = ocr_name();
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
