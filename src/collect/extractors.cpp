#include "collect/extractor.h"

namespace moru::collect {

std::span<const Extractor> extractors() {
  static const std::vector<Extractor> all = {
      {"archive",
       1,
       {".zip", ".tar", ".tgz", ".txz", ".tzst", ".tbz", ".tbz2", ".gz", ".xz", ".zst", ".bz2", ".lzma", ".7z"},
       false,
       extract_archive,
       nullptr,
       true},
      {"csv", 1, {".csv", ".tsv", ".tab"}, true, extract_csv},
      {"docx", 1, {".docx", ".docm", ".dotx", ".dotm"}, false, extract_docx, is_docx},
      {"eml", 1, {".eml", ".mht", ".mhtml"}, false, extract_eml, recognise_eml},
      {"epub", 1, {".epub"}, false, extract_epub, is_epub},
      {"html", 1, {".html", ".htm", ".xhtml"}, false, extract_html},
      {"hwp", 1, {".hwp", ".hwt"}, false, extract_hwp, recognise_hwp},
      {"hwpx", 1, {".hwpx"}, false, extract_hwpx, recognise_hwpx},
      {"image", 1, {".png", ".jpg", ".jpeg", ".tif", ".tiff"}, false, extract_image},
      {"json", 1, {".json"}, false, extract_json},
      {"jsonl", 2, {".jsonl", ".ndjson"}, true, extract_jsonl},
      {"markdown", 1, {".md", ".markdown", ".mdown"}, false, extract_markdown},
      {"mbox", 1, {".mbox", ".mbx"}, false, extract_mbox, recognise_mbox, true},
      {"odp", 1, {".odp", ".otp", ".fodp"}, false, extract_odp, is_odp},
      {"ods", 1, {".ods", ".ots", ".fods"}, false, extract_ods, is_ods},
      {"odt", 1, {".odt", ".ott", ".fodt"}, false, extract_odt, is_odt},
      {"pdf", 1, {".pdf"}, false, extract_pdf, recognise_pdf},
      {"pptx", 1, {".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"}, false, extract_pptx, is_pptx},
      {"rows", 1, {".moru-rows"}, false, extract_rows},
      {"text", 1, {".txt", ".text", "readme", "news", "changelog", "authors"}, false, extract_plain_text},
      {"warc", 1, {".warc", ".warc.gz", ".warc.zst"}, false, extract_warc, recognise_warc, true},
      {"xlsx", 1, {".xlsx", ".xlsm", ".xltx", ".xltm"}, false, extract_xlsx, is_xlsx},
      {"xml", 1, {".xml", ".dita", ".docbook", ".dbk"}, false, extract_xml},
  };
  return all;
}

const Extractor* extractor_for(std::string_view path) {
  std::string name(path.substr(path.rfind('/') + 1));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const Extractor* found = nullptr;
  size_t length = 0;  // the longest ending tells most: ".warc.gz" is no ".gz"
  for (const Extractor& extractor : extractors())
    for (const std::string_view ending : extractor.endings)
      if (ending.size() > length && (ending.starts_with('.') ? name.ends_with(ending) : name == ending)) {
        found = &extractor;
        length = ending.size();
      }
  return found;
}

const Extractor* extractor_for(std::string_view path, std::string_view head) {
  for (const Extractor& extractor : extractors())
    if (extractor.recognise != nullptr && extractor.recognise(head)) return &extractor;
  return extractor_for(path);
}

}  // namespace moru::collect
