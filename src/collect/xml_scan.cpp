#include "collect/xml_scan.h"

#include "collect/markdown_inline.h"

namespace moru::collect {
namespace {

constexpr size_t kDeepest = 32;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view without_prefix(std::string_view name) {
  return name.substr(name.find(':') + 1);
}

/// Behind the tag that begins at `at`, with ">" in quotes passed over.
size_t tag_end(std::string_view xml, size_t at) {
  char quote = 0;
  for (; at < xml.size(); ++at) {
    if (quote != 0) {
      if (xml[at] == quote) quote = 0;
    } else if (xml[at] == '"' || xml[at] == '\'') {
      quote = xml[at];
    } else if (xml[at] == '>') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

size_t behind(std::string_view xml, std::string_view mark, size_t at) {
  const size_t found = xml.find(mark, at);
  return found == std::string_view::npos ? found : found + mark.size();
}

}  // namespace

bool scan_xml(std::string_view xml,
              const std::function<void(std::span<const std::string_view>, std::string_view)>& use) {
  std::vector<std::string_view> path;
  std::vector<std::string> texts;
  for (size_t at = 0; at < xml.size();) {
    const size_t open = std::min(xml.find('<', at), xml.size());
    if (!texts.empty() && open > at) texts.back() += decode_references(xml.substr(at, open - at));
    if (open == xml.size()) break;
    const std::string_view rest = xml.substr(open);
    if (rest.starts_with("<![CDATA[")) {
      const size_t end = xml.find("]]>", open);
      if (end == std::string_view::npos) return false;
      if (!texts.empty()) texts.back() += xml.substr(open + 9, end - open - 9);
      at = end + 3;
      continue;
    }
    at = rest.starts_with("<!--") ? behind(xml, "-->", open + 4)
         : rest.starts_with("<?") ? behind(xml, "?>", open + 2)
                                  : tag_end(xml, open);
    if (at == std::string_view::npos) return false;
    if (rest.starts_with("<!") || rest.starts_with("<?")) continue;
    std::string_view tag = xml.substr(open + 1, at - open - 2);
    if (tag.starts_with('/')) {
      const std::string_view name = without_prefix(trimmed(tag.substr(1)));
      if (path.empty() || path.back() != name) return false;
      use(path, trimmed(texts.back()));
      path.pop_back();
      texts.pop_back();
      continue;
    }
    const bool empty = tag.ends_with('/');
    size_t end = 0;
    while (end < tag.size() && !is_blank(tag[end]) && tag[end] != '/') ++end;
    path.push_back(without_prefix(tag.substr(0, end)));
    texts.emplace_back();
    if (path.size() > kDeepest) return false;
    if (!empty) continue;
    use(path, {});
    path.pop_back();
    texts.pop_back();
  }
  return path.empty();
}

}  // namespace moru::collect
