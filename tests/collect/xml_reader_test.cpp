#include "collect/xml_reader.h"

#include "collect/extract.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

std::string text_of(std::string_view bytes) {
  return xml_text(XmlDocument(bytes).root());
}

std::string reason_of(std::string_view bytes, const XmlLimits& limits = {}) {
  try {
    const XmlDocument document(bytes, "a.xml", limits);
  } catch (const Unreadable& problem) {
    return problem.reason();
  }
  return "";
}

std::string utf16(std::string_view ascii, bool little) {
  std::string out;
  for (const char c : ascii) {
    if (!little) out += '\0';
    out += c;
    if (little) out += '\0';
  }
  return out;
}

TEST(XmlReader, NamesWithoutPrefixes) {
  const XmlDocument document(R"(<w:a xmlns:w="u"><w:b w:val="1" val="2"/>x<b r:id="9" id="-7">y<c> </c></b></w:a>)");
  const pugi::xml_node b = xml_child(document.root(), "b");
  EXPECT_EQ(local_name(document.root()), "a");
  EXPECT_EQ(xml_attribute(b, "val"), "1");
  EXPECT_EQ(xml_attribute(b, "none", "-"), "-");
  const pugi::xml_node second = b.next_sibling().next_sibling();
  EXPECT_EQ(xml_attribute(second, "r:id"), "9");
  EXPECT_EQ(xml_number(second, "id"), 9);
  EXPECT_EQ(parse_int("-7"), -7);
  EXPECT_EQ(parse_int("99999999999999999999"), std::numeric_limits<int>::max());
  EXPECT_EQ(parse_int("x", 5), 5);
  EXPECT_EQ(xml_text(document.root()), "xy ");
  EXPECT_FALSE(xml_path(document.root(), {"b", "c"}));
}

TEST(XmlReader, Encodings) {
  const std::string ascii = "<a>one &amp; two</a>";
  EXPECT_EQ(text_of("\xEF\xBB\xBF" + ascii), "one & two");
  EXPECT_EQ(text_of("\xFF\xFE" + utf16(ascii, true)), "one & two");
  EXPECT_EQ(text_of(utf16(ascii, true)), "one & two");
  EXPECT_EQ(text_of(utf16("<?xml version='1.0' encoding='UTF-16'?>" + ascii, false)), "one & two");
  EXPECT_EQ(text_of("<?xml version=\"1.0\" encoding=\"EUC-KR\"?><a>\xC7\xD1\xB1\xDB</a>"), "한글");
  EXPECT_EQ(text_of("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>caf\xE9</a>"), "café");
  EXPECT_EQ(text_of("<a><![CDATA[<한글>]]>&#xD55C;</a>"), "<한글>한");
}

TEST(XmlReader, ReferencesToNoCharacterStayUtf8) {
  for (const char* reference : {"&#xD800;", "&#55296;", "&#x110000;", "&#99999999999999999;", "&#xFFFFFFFFF;"}) {
    const std::string text = text_of(fmt::format("<a>x{}y</a>", reference));
    EXPECT_EQ(text, "x\xEF\xBF\xBDy") << reference;
  }
  EXPECT_TRUE(text::is_valid_utf8(text_of("<a>&#0;&#x1;&#x;&#xZ;</a>")));
}

TEST(XmlReader, EntitiesOfTheDocument) {
  EXPECT_EQ(text_of("<!DOCTYPE a [<!ENTITY v \"4.5\"><!ENTITY p '<b>&v;</b>!'><!-- ' -->]><a>v&v;: &p;&nbsp;&lt;</a>"),
            "v4.5: 4.5!\u00A0<");
  EXPECT_EQ(text_of("<a>&nothing; &</a>"), "&nothing; &");
  // Files are never read.
  EXPECT_EQ(text_of("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"), "&x;");
}

TEST(XmlReader, EntityBombs) {
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    laughs += fmt::format("<!ENTITY l{} \"", i);
    for (int k = 0; k < 10; ++k) laughs += fmt::format("&l{};", i - 1);
    laughs += "\">";
  }
  EXPECT_EQ(reason_of(laughs + "]><a>&l9;</a>"), "xml-entities");
  EXPECT_EQ(reason_of("<!DOCTYPE a [<!ENTITY x \"&y;\"><!ENTITY y \"&x;\">]><a>&x;</a>"), "xml-entities");
  std::string quadratic = "<!DOCTYPE a [<!ENTITY x \"" + std::string(50'000, 'x') + "\">]><a>";
  for (int i = 0; i < 50'000; ++i) quadratic += "&x;";
  EXPECT_EQ(reason_of(quadratic + "</a>"), "xml-entities");
}

TEST(XmlReader, DepthAndSize) {
  const auto nested = [](size_t depth) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += "<a>";
    text += "x";
    for (size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_EQ(reason_of(nested(400)), "");
  EXPECT_EQ(reason_of(nested(401)), "xml-depth");
  EXPECT_EQ(reason_of(nested(200'000)), "xml-depth");
  XmlLimits small;
  small.bytes = 10;
  EXPECT_EQ(reason_of("<a>0123456789</a>", small), "xml-size");
}

TEST(XmlReader, WhatIsNoXml) {
  for (const char* bytes :
       {"", "text", "<a>", "<a></b>", "<a b=c/>", "<a", "<!DOCTYPE a [", "<!-- ", "<a><![CDATA[x</a>"})
    EXPECT_EQ(reason_of(bytes), "damaged") << bytes;
}

}  // namespace
}  // namespace moru::collect
