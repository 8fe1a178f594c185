#include "collect/media_type.h"

#include "collect/extractor.h"

namespace moru::collect {
namespace {

struct Named {
  std::string_view type, ending;
};

// IANA's registry of media types, and the names in use that it does not have.
constexpr Named kTypes[] = {
    {"application/epub+zip", ".epub"},
    {"application/gzip", ".gz"},
    {"application/haansofthwp", ".hwp"},
    {"application/haansofthwpx", ".hwpx"},
    {"application/hwp", ".hwp"},
    {"application/hwp+zip", ".hwpx"},
    {"application/json", ".json"},
    {"application/jsonl", ".jsonl"},
    {"application/mbox", ".mbox"},
    {"application/pdf", ".pdf"},
    {"application/vnd.hancom.hwp", ".hwp"},
    {"application/vnd.hancom.hwpx", ".hwpx"},
    {"application/vnd.oasis.opendocument.presentation", ".odp"},
    {"application/vnd.oasis.opendocument.spreadsheet", ".ods"},
    {"application/vnd.oasis.opendocument.text", ".odt"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
    {"application/warc", ".warc"},
    {"application/x-7z-compressed", ".7z"},
    {"application/x-gzip", ".gz"},
    {"application/x-hwp", ".hwp"},
    {"application/x-hwpx", ".hwpx"},
    {"application/x-ndjson", ".jsonl"},
    {"application/x-tar", ".tar"},
    {"application/x-xz", ".xz"},
    {"application/x-zip-compressed", ".zip"},
    {"application/xhtml+xml", ".xhtml"},
    {"application/xml", ".xml"},
    {"application/zip", ".zip"},
    {"application/zstd", ".zst"},
    {"message/rfc822", ".eml"},
    {"text/csv", ".csv"},
    {"text/html", ".html"},
    {"text/markdown", ".md"},
    {"text/tab-separated-values", ".tsv"},
    {"text/xml", ".xml"},
};

}  // namespace

std::string_view ending_of_media_type(std::string_view media_type) {
  std::string type(media_type.substr(0, media_type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found = std::ranges::lower_bound(kTypes, type, {}, &Named::type);
  return found != std::end(kTypes) && found->type == type ? found->ending : std::string_view();
}

std::string name_for_media_type(std::string_view path, std::string_view media_type) {
  std::string name(path);
  std::string_view ending = ending_of_media_type(media_type);
  if (ending.empty() && media_type.starts_with("text/plain") && extractor_for(path) == nullptr) ending = ".txt";
  if (ending.empty()) return name;
  if (name.empty() || name.ends_with('/')) return name + "index" + std::string(ending);
  // "page.tar.gz" is application/gzip, too: a name that says the same is not changed.
  const Extractor* by_type = extractor_for(ending);
  return by_type != nullptr && extractor_for(name) == by_type ? name : name + std::string(ending);
}

}  // namespace moru::collect
