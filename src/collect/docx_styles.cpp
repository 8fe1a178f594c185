#include "collect/docx_styles.h"

#include "collect/office_numbers.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxChain = 32;  // styles based on styles; a cycle ends here

/// In lower case, without spaces, hyphens and underlines: LibreOffice writes "Heading_20_1" and "Heading 1".
std::string plain_name(std::string_view name) {
  std::string out = text::lower(text::repair_utf8(name));
  for (size_t at = 0; (at = out.find("_20_", at)) != std::string::npos;) out.erase(at, 4);
  std::erase_if(out, [](char c) { return c == ' ' || c == '-' || c == '_'; });
  return out;
}

bool contains(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

}  // namespace

ParagraphStyle style_by_name(std::string_view full) {
  ParagraphStyle style;
  const std::string name = plain_name(full);
  static constexpr std::string_view kHeadings[] = {"heading",   "제목",   "개요",   "überschrift", "titre",
                                                   "título",    "titolo", "見出し", "标题",        "標題",
                                                   "заголовок", "kop",    "rubrik"};
  for (const std::string_view word : kHeadings) {
    if (!name.starts_with(word)) continue;
    const std::string_view rest = std::string_view(name).substr(word.size());
    if (rest.size() == 1 && rest[0] >= '1' && rest[0] <= '9') {
      style.use = ParagraphUse::heading;
      style.heading_level = rest[0] - '0';
      return style;
    }
  }
  for (const std::string_view word :
       {"title", "제목", "문서제목", "표제", "titel", "titre", "titolo", "título", "表題", "标题"})
    if (name == word) style.use = ParagraphUse::title;
  for (const std::string_view word : {"caption", "캡션", "beschriftung", "légende", "図表番号", "题注", "illustration",
                                      "drawing", "figure", "table", "imagecaption", "tablecaption"})
    if (name == word) style.use = ParagraphUse::caption;
  if (name.starts_with("toc") || name.starts_with("목차") || name.starts_with("contents") ||
      name.starts_with("tableoffigures") || name.starts_with("illustrationindex") || name.starts_with("verzeichnis"))
    style.use = ParagraphUse::contents;
  if (contains(name, "preformatted") || contains(name, "sourcecode") || contains(name, "미리서식") || name == "code" ||
      name == "코드" || name == "source" || contains(name, "codeblock") || contains(name, "listingcode"))
    style.use = ParagraphUse::code;
  return style;
}

DocxStyles::DocxStyles(pugi::xml_node root) {
  std::map<std::string, pugi::xml_node, std::less<>> nodes;
  std::string default_id;
  for (const pugi::xml_node node : root) {
    if (local_name(node) != "style") continue;
    const std::string_view type = xml_attribute(node, "type", "paragraph"), id = xml_attribute(node, "styleId");
    if (type == "character") {
      const std::string name = plain_name(xml_attribute(xml_child(node, "name"), "val"));
      if (contains(name, "code") || contains(name, "verbatim") || contains(name, "sourcetext"))
        code_runs_[std::string(id)] = true;
    }
    if (type != "paragraph") continue;
    nodes.emplace(id, node);
    const std::string_view is_default = xml_attribute(node, "default");
    if (is_default == "1" || is_default == "true") default_id = id;
  }
  for (const auto& [id, node] : nodes) {
    ParagraphStyle style;
    bool outlined = false;
    pugi::xml_node at = node;
    for (int chain = 0; at && chain < kMaxChain; ++chain) {
      const pugi::xml_node properties = xml_child(at, "pPr");
      if (style.use == ParagraphUse::body && !outlined) {
        const ParagraphStyle named = style_by_name(xml_attribute(xml_child(at, "name"), "val"));
        style.use = named.use;
        style.heading_level = named.heading_level;
      }
      if (const pugi::xml_node outline = xml_child(properties, "outlineLvl"); outline && !outlined) {
        outlined = true;
        const int level = xml_number(outline, "val", 9);
        const bool free = style.use == ParagraphUse::body || style.use == ParagraphUse::heading;
        if (free && level >= 0 && level < 9) {
          style.use = ParagraphUse::heading;
          style.heading_level = level + 1;
        } else if (style.use == ParagraphUse::heading) {
          style.use = ParagraphUse::body;
        }
      }
      const pugi::xml_node numbering = xml_child(properties, "numPr");
      if (style.numbering.number.empty()) style.numbering.number = xml_attribute(xml_child(numbering, "numId"), "val");
      if (style.numbering.level < 0) style.numbering.level = xml_number(xml_child(numbering, "ilvl"), "val", -1);
      const auto base = nodes.find(xml_attribute(xml_child(at, "basedOn"), "val"));
      at = base == nodes.end() ? pugi::xml_node() : base->second;
    }
    if (id == default_id) default_ = style;
    paragraphs_.emplace(id, std::move(style));
  }
}

const ParagraphStyle& DocxStyles::paragraph(std::string_view id) const {
  const auto found = paragraphs_.find(id);
  return found == paragraphs_.end() ? default_ : found->second;
}

void DocxNumbering::read_level(pugi::xml_node node, Level& level) {
  for (const pugi::xml_node child : node) {
    const std::string_view name = local_name(child);
    if (name == "start") level.start = std::clamp(xml_number(child, "val", 1), 0, 1'000'000);
    if (name == "numFmt") level.format = xml_attribute(child, "val");
    if (name == "lvlText") level.text = text::repair_utf8(xml_attribute(child, "val"));
    if (name == "AlternateContent")  // formats newer than the standard
      if (const pugi::xml_node format = xml_path(child, {"Fallback", "numFmt"}))
        level.format = xml_attribute(format, "val");
  }
}

DocxNumbering::DocxNumbering(pugi::xml_node root) {
  std::map<std::string, std::string, std::less<>> by_link;  // style of a list -> the list that has its levels
  for (const pugi::xml_node node : root) {
    if (local_name(node) != "abstractNum") continue;
    const std::string id(xml_attribute(node, "abstractNumId"));
    Abstract& abstract = abstracts_[id];
    for (const pugi::xml_node child : node) {
      if (local_name(child) == "styleLink") by_link.emplace(xml_attribute(child, "val"), id);
      const int level = xml_number(child, "ilvl", -1);
      if (local_name(child) == "lvl" && level >= 0 && level < kLevels)
        read_level(child, abstract.levels[static_cast<size_t>(level)]);
    }
  }
  for (const pugi::xml_node node : root) {
    if (local_name(node) != "abstractNum") continue;
    const auto link = by_link.find(xml_attribute(xml_child(node, "numStyleLink"), "val"));
    if (link != by_link.end())
      abstracts_[std::string(xml_attribute(node, "abstractNumId"))].levels = abstracts_[link->second].levels;
  }
  for (const pugi::xml_node node : root) {
    if (local_name(node) != "num") continue;
    Number& number = numbers_[std::string(xml_attribute(node, "numId"))];
    number.abstract = xml_attribute(xml_child(node, "abstractNumId"), "val");
    for (const pugi::xml_node child : node) {
      const int level = xml_number(child, "ilvl", -1);
      if (local_name(child) != "lvlOverride" || level < 0 || level >= kLevels) continue;
      if (const pugi::xml_node start = xml_child(child, "startOverride"))
        number.starts[level] = std::clamp(xml_number(start, "val", 1), 0, 1'000'000);
      if (const pugi::xml_node own = xml_child(child, "lvl"))
        if (const auto abstract = abstracts_.find(number.abstract); abstract != abstracts_.end())
          read_level(own, abstract->second.levels[static_cast<size_t>(level)]);
    }
  }
}

std::string DocxNumbering::label_of(const Abstract& abstract, int level) {
  const std::string& pattern = abstract.levels[static_cast<size_t>(level)].text;
  std::string label;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size() || pattern[i + 1] < '1' || pattern[i + 1] > '9') {
      label += pattern[i];
      continue;
    }
    const auto part = static_cast<size_t>(pattern[++i] - '1');
    label += list_number(abstract.begun[part] ? abstract.counts[part] : abstract.levels[part].start,
                         abstract.levels[part].format);
  }
  return label;
}

bool DocxNumbering::next(const NumberingReference& reference, ListLabel& label) {
  const auto number = numbers_.find(reference.number);
  if (number == numbers_.end()) return false;
  const auto found = abstracts_.find(number->second.abstract);
  if (found == abstracts_.end()) return false;
  Abstract& abstract = found->second;
  const auto level = static_cast<size_t>(std::clamp(reference.level, 0, kLevels - 1));
  if (!number->second.used) {
    number->second.used = true;
    for (const auto& [at, start] : number->second.starts) {
      abstract.begun[static_cast<size_t>(at)] = true;
      abstract.counts[static_cast<size_t>(at)] = start - 1;
    }
  }
  int& count = abstract.counts[level];
  count = abstract.begun[level] ? count + 1 : abstract.levels[level].start;
  abstract.begun[level] = true;
  for (size_t deeper = level + 1; deeper < kLevels; ++deeper) abstract.begun[deeper] = false;
  const Level& format = abstract.levels[level];
  label = {};
  label.level = static_cast<int>(level);
  if (format.format == "bullet") return true;
  if (format.format == "none" && format.text.empty()) return false;
  label.numbered = true;
  label.number = count;
  label.label = text::normalise_space(label_of(abstract, static_cast<int>(level)));
  for (size_t i = 0; i < format.text.size();)
    if (format.text[i] == '%')
      i += 2;
    else
      label.worded |= text::is_letter(text::next_code_point(format.text, i));
  return true;
}

}  // namespace moru::collect
