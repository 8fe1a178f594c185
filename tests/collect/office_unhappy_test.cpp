// Office files that are broken, locked, or made to hurt.
#include "collect/extract.h"
#include "collect/zip_maker.h"

namespace moru::collect {
namespace {

std::string reason_of(std::string_view path, std::string_view bytes) {
  Output output;
  const FolderSource source;
  try {
    extractor_for(path, bytes.substr(0, 4096))->extract({path, bytes, {0, bytes.size()}, source}, output);
  } catch (const Unreadable& problem) {
    EXPECT_NE(std::string(problem.what()), "");
    return problem.reason();
  }
  return "";
}

constexpr const char* kNames[] = {"a.docx", "a.pptx", "a.xlsx", "a.odt", "a.ods", "a.odp", "a.epub"};

std::string relationships(std::string_view target) {
  return fmt::format(R"(<Relationships><Relationship Id="r" Type="x/officeDocument" Target="{}"/></Relationships>)",
                     target);
}

void put(std::string& bytes, size_t at, uint64_t value, size_t width) {
  for (size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

/// An OLE compound file ([MS-CFB]) of three sectors: its allocation table, its directory, and one empty stream.
std::string compound_file(std::string_view stream) {
  std::string bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  bytes.resize(512 + 2 * 512);
  for (const auto& [at, value, width] : {std::tuple{24, 0x0003003EU, 4},
                                         {28, 0x0009FFFEU, 4},
                                         {32, 6U, 2},
                                         {44, 1U, 4},
                                         {48, 1U, 4},
                                         {56, 4096U, 4},
                                         {60, 0xFFFFFFFEU, 4},
                                         {68, 0xFFFFFFFEU, 4}})
    put(bytes, static_cast<size_t>(at), value, static_cast<size_t>(width));
  for (size_t i = 1; i < 109; ++i) put(bytes, 76 + 4 * i, 0xFFFFFFFF, 4);
  for (size_t i = 0; i < 128; ++i) put(bytes, 512 + 4 * i, i == 0 ? 0xFFFFFFFD : i == 1 ? 0xFFFFFFFE : 0xFFFFFFFF, 4);
  const auto entry = [&](size_t at, std::string_view name, uint64_t type, uint64_t child) {
    for (size_t i = 0; i < name.size(); ++i) bytes[at + 2 * i] = name[i];
    put(bytes, at + 64, name.empty() ? 0 : 2 * name.size() + 2, 2);
    put(bytes, at + 66, type, 1);
    for (const size_t link : {68, 72}) put(bytes, at + link, 0xFFFFFFFF, 4);
    put(bytes, at + 76, child, 4);
    put(bytes, at + 116, 0xFFFFFFFE, 4);
  };
  entry(1024, "Root Entry", 5, 1);
  entry(1152, stream, 2, 0xFFFFFFFF);
  return bytes;
}

TEST(OfficeUnhappy, NotAPackageOrCutOff) {
  const std::string whole = ZipMaker().add("_rels/.rels", relationships("a.xml")).add("a.xml", "<a/>").finish();
  for (const char* name : kNames) {
    EXPECT_EQ(reason_of(name, ""), "damaged") << name;
    EXPECT_EQ(reason_of(name, whole.substr(0, whole.size() / 2)), "damaged") << name;
    EXPECT_EQ(reason_of(name, ZipMaker().add("other.txt", "x").finish()), "damaged") << name;
    EXPECT_EQ(reason_of(name, ZipMaker().add("../../etc/x", "x").finish()), "leaves-folder") << name;
  }
  EXPECT_EQ(reason_of("a.docx", whole), "damaged");
  EXPECT_EQ(reason_of("a.xlsx", whole), "unknown-format");
  EXPECT_EQ(reason_of("a.pptx", whole), "unknown-format");
  EXPECT_EQ(reason_of("a.docx", ZipMaker().add("_rels/.rels", relationships("gone.xml")).finish()), "damaged");
}

TEST(OfficeUnhappy, LockedAndOldFiles) {
  for (const char* name : {"a.docx", "a.xlsx", "a.odt"}) {
    EXPECT_EQ(reason_of(name, compound_file("EncryptedPackage")), "encrypted") << name;
    EXPECT_NE(reason_of(name, compound_file("WordDocument")), "") << name;
  }
  FolderSource source;
  Output output;
  for (const auto& [stream, what] :
       {std::pair{"EncryptedPackage", "password"}, {"WordDocument", "Word"}, {"Workbook", "Excel"}}) {
    const std::string bytes = compound_file(stream);
    try {
      extract_docx({"a.docx", bytes, {0, bytes.size()}, source}, output);
      ADD_FAILURE() << stream;
    } catch (const Unreadable& problem) {
      EXPECT_NE(std::string(problem.what()).find(what), std::string::npos) << problem.what();
    }
  }
  EXPECT_EQ(reason_of("a.odt", ZipMaker()
                                   .add("mimetype", "application/vnd.oasis.opendocument.text", 0)
                                   .add("content.xml", "\x12\x34")
                                   .add("META-INF/manifest.xml",
                                        "<m:manifest><m:file-entry "
                                        "m:full-path='content.xml'><m:encryption-data/></m:file-entry></m:manifest>")
                                   .finish()),
            "encrypted");
}

TEST(OfficeUnhappy, MacrosAreLeftOutAndSaid) {
  const std::string bytes =
      ZipMaker()
          .add("_rels/.rels", relationships("word/document.xml"))
          .add("word/document.xml", "<w:document><w:body><w:p><w:r><w:t>글</w:t></w:r></w:p></w:body></w:document>")
          .add(
              "word/_rels/document.xml.rels",
              R"(<Relationships><Relationship Id="m" Type="http://x/vbaProject" Target="vbaProject.bin"/></Relationships>)")
          .add("word/vbaProject.bin", "Sub AutoOpen()")
          .finish();
  const data::Document d = one_document("a.docx", bytes);
  EXPECT_EQ(d.metadata.at("macros"), "left out");
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: 글"}));
}

TEST(OfficeUnhappy, Bombs) {
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i)
    laughs += fmt::format("<!ENTITY l{0} \"&l{1};&l{1};&l{1};&l{1};&l{1};&l{1};&l{1};&l{1};\">", i, i - 1);
  laughs += "]><w:document><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>";
  const auto docx = [](std::string_view document) {
    return ZipMaker()
        .add("_rels/.rels", relationships("word/document.xml"))
        .add("word/document.xml", document)
        .finish();
  };
  EXPECT_EQ(reason_of("a.docx", docx(laughs)), "xml-entities");
  EXPECT_EQ(reason_of("a.docx", docx("<w:document>" + std::string(4 << 20, ' ') + "</w:document>")), "archive-limit");
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<w:tbl><w:tr><w:tc>";
  EXPECT_NE(reason_of("a.docx", docx("<w:document><w:body>" + deep)), "");
  for (int i = 0; i < 10'000; ++i) deep += "</w:tc></w:tr></w:tbl>";
  EXPECT_EQ(reason_of("a.docx", docx("<w:document><w:body>" + deep + "</w:body></w:document>")), "xml-depth");

  // A table whose repeated cells would fill the memory.
  const auto fods = [](std::string_view rows) {
    return fmt::format(
        "<office:document><office:body><office:spreadsheet><table:table "
        "table:name='a'>{}</table:table></office:spreadsheet></office:body></office:document>",
        rows);
  };
  std::string rows;
  for (int i = 0; i < 50; ++i)
    rows +=
        "<table:table-row table:number-rows-repeated='1000000'><table:table-cell "
        "table:number-columns-repeated='16000'><text:p>x</text:p></table:table-cell></table:table-row>";
  EXPECT_EQ(reason_of("a.fods", fods(rows)), "archive-limit");
}

TEST(OfficeUnhappy, RelationshipsThatGoInCircles) {
  // Slides, layouts and masters that are each other; a part that is related to itself.
  const std::string circle =
      R"(<Relationships><Relationship Id="a" Type="x/slide" Target="slide.xml"/><Relationship Id="b" Type="x/slideLayout" Target="slide.xml"/>)"
      R"(<Relationship Id="c" Type="x/slideMaster" Target="slide.xml"/><Relationship Id="d" Type="x/notesSlide" Target="slide.xml"/></Relationships>)";
  const std::string bytes =
      ZipMaker()
          .add("_rels/.rels", relationships("ppt/p.xml"))
          .add("ppt/p.xml",
               R"(<p:presentation><p:sldIdLst><p:sldId r:id="a"/><p:sldId r:id="a"/></p:sldIdLst></p:presentation>)")
          .add("ppt/_rels/p.xml.rels", circle)
          .add("ppt/_rels/slide.xml.rels", circle)
          .add("ppt/slide.xml",
               "<p:sld><p:cSld><p:spTree><p:sp><p:nvSpPr/><p:txBody><a:p><a:r><a:t>글</a:t></a:r></a:p></p:txBody></"
               "p:sp></p:spTree></p:cSld></p:sld>")
          .finish();
  EXPECT_EQ(blocks_of(one_document("a.pptx", bytes)),
            (Lines{"paragraph: 글", "paragraph [notes]: 글", "paragraph: 글", "paragraph [notes]: 글"}));
}

TEST(OfficeUnhappy, EpubWithMissingOrLockedChapters) {
  const auto epub = [](std::string_view spine, std::string_view encryption = "") {
    ZipMaker zip;
    zip.add("mimetype", "application/epub+zip", 0)
        .add("META-INF/container.xml",
             R"(<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>)")
        .add(
            "OPS/book.opf",
            fmt::format(
                R"(<package><metadata><dc:title>책</dc:title><dc:creator>가</dc:creator><dc:creator>나</dc:creator></metadata><manifest>
               <item id="a" href="a%20b.xhtml" media-type="application/xhtml+xml"/><item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
               <item id="c" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest><spine>{}</spine></package>)",
                spine))
        .add("OPS/nav.xhtml", "<html><body><p>목차</p></body></html>")
        .add("OPS/a b.xhtml", "<html><body><h1>첫 장</h1><p>글</p></body></html>");
    if (!encryption.empty()) zip.add("META-INF/encryption.xml", encryption);
    return zip.finish();
  };
  const data::Document book = one_document(
      "a.epub",
      epub(R"(<itemref idref="n"/><itemref idref="a"/><itemref idref="a"/><itemref idref="c"/><itemref idref="x"/>)"));
  EXPECT_EQ(book.title, "책");
  EXPECT_EQ(blocks_of(book), (Lines{"heading 1: 첫 장", "paragraph: 글"}));
  EXPECT_EQ(book.blocks[0].page, 2);
  EXPECT_EQ(book.metadata.at("author"), "가, 나");
  EXPECT_EQ(book.metadata.at("missing_chapters"), "OPS/gone.xhtml");
  EXPECT_EQ(reason_of("a.epub", epub(R"(<itemref idref="c"/>)")), "damaged");
  const std::string locked =
      R"(<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/><CipherData><CipherReference URI="OPS/a%20b.xhtml"/></CipherData></EncryptedData></encryption>)";
  EXPECT_EQ(reason_of("a.epub", epub(R"(<itemref idref="a"/>)",
                                     fmt::format(fmt::runtime(locked), "http://www.w3.org/2001/04/xmlenc#aes256-cbc"))),
            "encrypted");
  EXPECT_EQ(reason_of("a.epub", epub(R"(<itemref idref="a"/>)",
                                     fmt::format(fmt::runtime(locked), "http://www.idpf.org/2008/embedding"))),
            "");
}

}  // namespace
}  // namespace moru::collect
