#include "collect/xml_entities.h"

#include <map>

#include "collect/extractor.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxName = 64;  // bytes of an entity's name
constexpr int kMaxNesting = 32;  // entities in entities
constexpr size_t kMaxEntities = 10'000;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Past what begins with `open`, to behind `close`.
size_t past(std::string_view text, size_t at, std::string_view open, std::string_view close) {
  const size_t end = text.find(close, at + open.size());
  return end == std::string_view::npos ? text.size() : end + close.size();
}

/// Behind the document type that begins at `at`: its subset may hold quoted texts, comments and declarations.
size_t past_doctype(std::string_view text, size_t at) {
  size_t open = 0;
  for (size_t i = at; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("<!--")) {
      i = past(text, i, "<!--", "-->");
    } else if (rest.starts_with("<?")) {
      i = past(text, i, "<?", "?>");
    } else if (text[i] == '"' || text[i] == '\'') {
      i = past(text, i, "'", rest.substr(0, 1));
    } else {
      if (text[i] == '<') ++open;
      if (text[i] == '>' && --open == 0) return i + 1;
      ++i;
    }
  }
  return text.size();
}

using Entities = std::map<std::string, std::string, std::less<>>;

/// Names that XHTML and DocBook define in files that are never read.
Entities usual_entities() {
  return {{"nbsp", "\u00A0"}, {"copy", "©"},   {"reg", "®"},    {"trade", "™"}, {"hellip", "…"}, {"mdash", "—"},
          {"ndash", "–"},     {"lsquo", "‘"},  {"rsquo", "’"},  {"ldquo", "“"}, {"rdquo", "”"},  {"laquo", "«"},
          {"raquo", "»"},     {"middot", "·"}, {"bull", "•"},   {"deg", "°"},   {"plusmn", "±"}, {"times", "×"},
          {"divide", "÷"},    {"euro", "€"},   {"pound", "£"},  {"yen", "¥"},   {"sect", "§"},   {"para", "¶"},
          {"rarr", "→"},      {"larr", "←"},   {"rArr", "⇒"},   {"le", "≤"},    {"ge", "≥"},     {"ne", "≠"},
          {"auml", "ä"},      {"ouml", "ö"},   {"uuml", "ü"},   {"szlig", "ß"}, {"eacute", "é"}, {"egrave", "è"},
          {"agrave", "à"},    {"ccedil", "ç"}, {"ntilde", "ñ"}, {"micro", "µ"}, {"frac12", "½"}, {"sup2", "²"}};
}

/// Reads `<!ENTITY name "value">` declarations. External and parameter entities are left out.
void read_declarations(std::string_view subset, Entities& entities) {
  for (size_t at = subset.find('<'); at != std::string_view::npos; at = subset.find('<', at)) {
    const std::string_view rest = subset.substr(at);
    if (rest.starts_with("<!--") || rest.starts_with("<?")) {
      at = xml_skip(subset, at);
      continue;
    }
    if (!rest.starts_with("<!ENTITY")) {
      ++at;
      continue;
    }
    size_t i = at + 8;
    while (i < subset.size() && is_space(subset[i])) ++i;
    const size_t name = i;
    while (i < subset.size() && !is_space(subset[i]) && subset[i] != '"' && subset[i] != '>') ++i;
    const std::string_view key = subset.substr(name, i - name);
    while (i < subset.size() && is_space(subset[i])) ++i;
    at = i;
    if (i >= subset.size() || (subset[i] != '"' && subset[i] != '\'') || key == "%" || key.size() > kMaxName) continue;
    const size_t end = subset.find(subset[i], i + 1);
    if (end == std::string_view::npos) return;
    if (entities.size() < kMaxEntities)
      entities.insert_or_assign(std::string(key), std::string(subset.substr(i + 1, end - i - 1)));
    at = end + 1;
  }
}

class Expander {
 public:
  Expander(Entities entities, size_t limit, std::string_view name)
      : entities_(std::move(entities)), left_(limit), name_(name) {}

  /// Appends `text` with its references replaced.
  void expand(std::string_view text, std::string& out, int nesting = 0) {
    size_t done = 0;
    for (size_t at = text.find_first_of("&<"); at != std::string_view::npos; at = text.find_first_of("&<", at)) {
      if (text[at] == '<') {
        const size_t skipped = xml_skip(text, at);
        at = std::max(skipped, at + 1);
        continue;
      }
      const size_t end = text.substr(0, std::min(text.size(), at + kMaxName + 2)).find(';', at);
      const auto entity =
          end == std::string_view::npos ? entities_.end() : entities_.find(text.substr(at + 1, end - at - 1));
      if (entity == entities_.end()) {
        ++at;
        continue;
      }
      append(text.substr(done, at - done), out, nesting);
      if (nesting >= kMaxNesting) refuse(entity->first + " is part of itself, or entities nest too deep");
      const std::string_view value = entity->second;
      charge(8);  // empty values too cost time
      expand(value, out, nesting + 1);
      at = done = end + 1;
    }
    append(text.substr(done), out, nesting);
  }

 private:
  void append(std::string_view piece, std::string& out, int nesting) {
    if (nesting > 0) charge(piece.size());
    out += piece;
  }
  void charge(size_t bytes) {
    if (bytes > left_) refuse("entities expand past the limit");
    left_ -= bytes;
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw Unreadable("xml-entities", fmt::format("{}: {}", name_, text::repair_utf8(why)));
  }

  Entities entities_;
  size_t left_;
  std::string_view name_;
};

}  // namespace

size_t xml_skip(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("<!--")) return past(text, at, "<!--", "-->");
  if (rest.starts_with("<![CDATA[")) return past(text, at, "<![CDATA[", "]]>");
  if (rest.starts_with("<?")) return past(text, at, "<?", "?>");
  if (rest.starts_with("<!")) return past_doctype(text, at);
  return at;
}

std::string expand_entities(std::string text, size_t limit, std::string_view name) {
  // A document type stands before the first element.
  size_t at = text.find('<');
  while (at != std::string::npos && !std::string_view(text).substr(at).starts_with("<!DOCTYPE")) {
    const size_t skipped = xml_skip(text, at);
    if (skipped == at) return text;
    at = text.find('<', skipped);
  }
  if (at == std::string::npos || text.find('&', at) == std::string::npos) return text;
  const size_t end = past_doctype(text, at);
  Entities entities = usual_entities();
  read_declarations(std::string_view(text).substr(at, end - at), entities);
  for (const char* own : {"lt", "gt", "amp", "quot", "apos"}) entities.erase(own);
  std::string out = text.substr(0, end);
  Expander(std::move(entities), limit, name).expand(std::string_view(text).substr(end), out);
  return out;
}

}  // namespace moru::collect
