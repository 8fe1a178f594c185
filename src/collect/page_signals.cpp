#include "collect/page_signals.h"

#include "collect/markdown_inline.h"

namespace moru::collect {
namespace {

constexpr size_t kMostLinks = 100'000, kLongestValue = 8192;

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Where `</name` stands, whatever its case.
size_t find_end_tag(std::string_view html, std::string_view name, size_t at) {
  for (at = html.find("</", at); at != std::string_view::npos; at = html.find("</", at + 2))
    if (lower(html.substr(at + 2, name.size())) == name) return at;
  return html.size();
}

/// Reads attributes from behind the tag's name; returns the position behind ">".
size_t read_attributes(std::string_view html, size_t at, std::map<std::string, std::string>& attributes) {
  while (at < html.size() && html[at] != '>') {
    if (is_blank(html[at]) || html[at] == '/') {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < html.size() && !is_blank(html[at]) && html[at] != '=' && html[at] != '>' && html[at] != '/') ++at;
    const std::string name = lower(html.substr(begin, std::min<size_t>(at - begin, 64)));
    if (at == begin) ++at;  // a lone "="
    while (at < html.size() && is_blank(html[at])) ++at;
    if (at >= html.size() || html[at] != '=') {
      attributes.try_emplace(name);
      continue;
    }
    ++at;
    while (at < html.size() && is_blank(html[at])) ++at;
    if (at >= html.size()) break;
    size_t from = at, to = at;
    if (html[at] == '"' || html[at] == '\'') {
      from = at + 1;
      to = std::min(html.find(html[at], from), html.size());
      at = std::min(to + 1, html.size());
    } else {
      while (at < html.size() && !is_blank(html[at]) && html[at] != '>') ++at;
      to = at;
    }
    if (to - from <= kLongestValue) attributes.try_emplace(name, decode_references(html.substr(from, to - from)));
  }
  return std::min(at + 1, html.size());
}

void add_directives(std::string_view text, PageSignals& signals) {
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string word = lower(trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (word == "nofollow" || word == "none") signals.follow = false;
    for (const std::string_view against : {"noai", "noimageai", "noindex", "none"})
      if (word == against) signals.opt_out.push_back(word);
  }
}

void in_order(PageSignals& signals) {
  std::ranges::sort(signals.opt_out);
  // Clang 14 cannot take what the standard library's ranges::unique returns.
  signals.opt_out.erase(std::unique(signals.opt_out.begin(), signals.opt_out.end()), signals.opt_out.end());
}

void use_tag(const std::string& name, const std::map<std::string, std::string>& attributes, PageSignals& signals) {
  const auto value = [&](const char* key) {
    const auto found = attributes.find(key);
    return found == attributes.end() ? std::string_view() : std::string_view(found->second);
  };
  if (name == "a" || name == "area") {
    const std::string_view href = trimmed(value("href"));
    const bool nofollow = lower(value("rel")).find("nofollow") != std::string::npos;
    if (!href.empty() && !nofollow && signals.links.size() < kMostLinks) signals.links.emplace_back(href);
  } else if (name == "base") {
    if (signals.base.empty()) signals.base = trimmed(value("href"));
  } else if (name == "meta") {
    const std::string meta = lower(trimmed(value("name")));
    if (meta == "robots" || meta == "moru") add_directives(value("content"), signals);
    if (meta == "tdm-reservation" && trimmed(value("content")) == "1") signals.opt_out.emplace_back("tdm-reservation");
    if (meta == "tdm-policy") signals.tdm_policy = trimmed(value("content"));
  }
}

}  // namespace

PageSignals read_page_signals(std::string_view html) {
  PageSignals signals;
  for (size_t at = html.find('<'); at != std::string_view::npos && at < html.size(); at = html.find('<', at)) {
    if (html.substr(at, 4) == "<!--") {
      const size_t end = html.find("-->", at + 4);
      if (end == std::string_view::npos) break;
      at = end + 3;
      continue;
    }
    size_t end = at + 1;
    while (end < html.size() && end - at < 32 && std::isalnum(static_cast<unsigned char>(html[end])) != 0) ++end;
    if (end == at + 1) {
      ++at;
      continue;
    }
    const std::string name = lower(html.substr(at + 1, end - at - 1));
    std::map<std::string, std::string> attributes;
    at = read_attributes(html, end, attributes);
    use_tag(name, attributes, signals);
    if (name == "script" || name == "style" || name == "textarea" || name == "title" || name == "xmp")
      at = find_end_tag(html, name, at);
  }
  in_order(signals);
  return signals;
}

void add_header_signals(const std::multimap<std::string, std::string>& headers, std::string_view product,
                        PageSignals& signals) {
  const auto [first, last] = headers.equal_range("x-robots-tag");
  for (auto it = first; it != last; ++it) {
    std::string_view text = it->second;
    // "otherbot: noindex" is not for us; "unavailable_after: DATE" is a directive of its own.
    const size_t colon = text.find(':');
    const std::string who = lower(trimmed(text.substr(0, std::min(colon, text.size()))));
    if (colon != std::string_view::npos && who.find(',') == std::string::npos && who != "unavailable_after") {
      if (who != lower(product)) continue;
      text.remove_prefix(colon + 1);
    }
    add_directives(text, signals);
  }
  if (const auto it = headers.find("tdm-reservation"); it != headers.end() && trimmed(it->second) == "1")
    signals.opt_out.emplace_back("tdm-reservation");
  if (const auto it = headers.find("tdm-policy"); it != headers.end() && signals.tdm_policy.empty())
    signals.tdm_policy = trimmed(it->second);
  in_order(signals);
}

}  // namespace moru::collect
