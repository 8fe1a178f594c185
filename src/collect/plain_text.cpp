// Plain text: paragraphs, and a first line that reads as a title.
#include "collect/builder.h"
#include "collect/encoding.h"
#include "collect/extractor.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kTitleBytes = 120;  // some 80 columns of Korean; a longer line is text

bool reads_as_title(std::string_view line) {
  if (line.empty() || line.size() > kTitleBytes) return false;
  for (const std::string_view end : {".", ",", ";", "!", "?", ":", "。", "…"})
    if (line.ends_with(end)) return false;
  return true;
}

}  // namespace

data::Document plain_text_document(std::string_view text, std::string_view title) {
  DocumentBuilder builder;
  builder.title(title);
  bool first = true;
  std::string paragraph;
  const auto flush = [&](bool last) {
    const std::string clean = clean_lines(paragraph);
    paragraph.clear();
    if (clean.empty()) return;
    const bool is_title =
        first && !last && title.empty() && clean.find('\n') == std::string::npos && reads_as_title(clean);
    first = false;
    if (is_title)
      builder.title(clean);
    else
      builder.paragraph(clean);
  };
  const std::string_view trimmed = text::trim(text);
  const size_t content = trimmed.empty() ? 0 : static_cast<size_t>(trimmed.data() - text.data()) + trimmed.size();
  for (size_t begin = 0; begin < content;) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (text::trim(line).empty() || line.find('\f') != std::string_view::npos) flush(begin >= content);
    if (!paragraph.empty()) paragraph += '\n';
    paragraph += line;
  }
  flush(true);
  return builder.finish();
}

void extract_plain_text(const Input& input, Output& output) {
  const Decoded decoded = decode(input.bytes);
  data::Document document = plain_text_document(decoded.text);
  if (decoded.encoding != "utf-8") document.metadata["encoding"] = decoded.encoding;
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
