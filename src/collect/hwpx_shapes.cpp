// The definitions of an HWPX document: its part header.xml.
#include "collect/hwpx_parts.h"
#include "collect/xml_reader.h"

namespace moru::collect {
namespace {

unsigned id_of(pugi::xml_node node, std::string_view name = "id") {
  return static_cast<unsigned>(xml_number(node, name, 0));
}

/// The child of this name, where newer writers put it into an alternative as well.
pugi::xml_node child_or_alternative(pugi::xml_node parent, std::string_view name) {
  if (const pugi::xml_node direct = xml_child(parent, name)) return direct;
  for (const pugi::xml_node choice : parent.children())
    if (local_name(choice) == "switch")
      for (const pugi::xml_node way : choice.children())
        if (const pugi::xml_node found = xml_child(way, name)) return found;
  return {};
}

HwpNumbering read_numbering(pugi::xml_node node) {
  HwpNumbering numbering;
  for (const pugi::xml_node head : node.children()) {
    if (local_name(head) != "paraHead") continue;
    const int level = xml_number(head, "level", 1);
    if (level < 1 || level > static_cast<int>(numbering.levels.size())) continue;
    HwpNumbering::Level& to = numbering.levels[static_cast<size_t>(level - 1)];
    to.format = xml_text(head);
    to.shape = hwpx_number_shape(xml_attribute(head, "numFormat"));
    to.start = static_cast<unsigned>(std::clamp(xml_number(head, "start", 1), 0, 1'000'000));
  }
  return numbering;
}

HwpParagraphShape read_shape(pugi::xml_node node) {
  HwpParagraphShape shape;
  shape.centred = xml_attribute(child_or_alternative(node, "align"), "horizontal") == "CENTER";
  shape.page_break = xml_attribute(child_or_alternative(node, "breakSetting"), "pageBreakBefore") == "1";
  const pugi::xml_node heading = child_or_alternative(node, "heading");
  const std::string_view type = xml_attribute(heading, "type");
  using Head = HwpParagraphShape::Head;
  shape.head = type == "OUTLINE"  ? Head::outline
               : type == "NUMBER" ? Head::number
               : type == "BULLET" ? Head::bullet
                                  : Head::none;
  shape.level = std::clamp(xml_number(heading, "level", 0), 0, 9);
  shape.numbering = id_of(heading, "idRef");
  return shape;
}

}  // namespace

int hwpx_number_shape(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "DIGIT",          "CIRCLED_DIGIT",         "ROMAN_CAPITAL",       "ROMAN_SMALL",     "LATIN_CAPITAL",
      "LATIN_SMALL",    "CIRCLED_LATIN_CAPITAL", "CIRCLED_LATIN_SMALL", "HANGUL_SYLLABLE", "CIRCLED_HANGUL_SYLLABLE",
      "HANGUL_JAMO",    "CIRCLED_HANGUL_JAMO",   "HANGUL_PHONETIC",     "IDEOGRAPH",       "CIRCLED_IDEOGRAPH",
      "DECAGON_CIRCLE", "DECAGON_CIRCLE_HANJA"};
  const auto* found = std::ranges::find(kNames, name);
  return found == std::end(kNames) ? 0 : static_cast<int>(found - std::begin(kNames));
}

HwpShapes read_hwpx_shapes(pugi::xml_node head) {
  HwpShapes shapes;
  const pugi::xml_node lists = xml_child(head, "refList");
  for (const pugi::xml_node list : lists.children()) {
    for (const pugi::xml_node node : list.children()) {
      const std::string_view name = local_name(node);
      if (name == "numbering")
        shapes.numberings.emplace(id_of(node), read_numbering(node));
      else if (name == "paraPr")
        shapes.paragraphs.emplace(id_of(node), read_shape(node));
      else if (name == "style")
        shapes.styles.emplace(id_of(node), xml_attribute(node, "name"));
      else if (name == "charPr")
        shapes.letter_heights.emplace(id_of(node), xml_number(node, "height", 0));
    }
  }
  return shapes;
}

}  // namespace moru::collect
