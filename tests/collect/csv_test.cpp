#include "collect/csv_reader.h"
#include "collect/extract.h"

namespace moru::collect {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read(std::string_view text, char delimiter = ',') {
  CsvReader reader(text, delimiter);
  Rows rows;
  std::vector<std::string> row;
  while (reader.next(&row)) rows.push_back(row);
  return rows;
}

TEST(Csv, QuotesLineEndsAndWhatIsWrong) {
  EXPECT_EQ(read("a,b\r\n\"x, \"\"y\"\"\",\"두\n줄\"\n\n,\rc,\"\"\n"),
            (Rows{{"a", "b"}, {"x, \"y\"", "두\n줄"}, {"", ""}, {"c", ""}}));
  EXPECT_EQ(read("5\" disk,\"3\" disk\",end"), (Rows{{"5\" disk", "3\" disk", "end"}}));
  EXPECT_EQ(read("\"open,1\nb,2"), (Rows{{"\"open", "1"}, {"b", "2"}}));
  EXPECT_EQ(read("\"a\"\"\",b"), (Rows{{"a\"", "b"}}));
  EXPECT_EQ(read("\"\",\"\"\"\"\n"), (Rows{{"", "\""}}));
  EXPECT_EQ(read(""), Rows{});
}

TEST(Csv, DialectsByWhatTheyCut) {
  EXPECT_EQ(csv_dialect("이름;값\n\"가, 나\";1,5\n다;2,5\n", ',').delimiter, ';');
  EXPECT_EQ(csv_dialect("a\tb\n1\t2\n", ',').delimiter, '\t');
  EXPECT_EQ(csv_dialect("a|b|c\n1|2|3\n", 0).delimiter, '|');
  EXPECT_TRUE(csv_dialect("이름,나이\n홍길동,20\n", ',').has_header);
  EXPECT_FALSE(csv_dialect("1,2\n3,4\n", ',').has_header);
  EXPECT_FALSE(csv_dialect("a,a\n1,2\n", ',').has_header);
}

TEST(Csv, RowsAreTablesUnlessAColumnHoldsTexts) {
  const data::Document d =
      one_document("폴더/직원.csv", "\xEF\xBB\xBF이름,부서\n홍길동,총무과\n\"김, 철수\",\"재무\n과\"\n");
  EXPECT_EQ(blocks_of(d), (Lines{"title: 직원", "table: 이름 | 부서\n홍길동 | 총무과\n김, 철수 | 재무 과"}));
  EXPECT_EQ(d.blocks[1].cells[2], (Lines{"김, 철수", "재무 과"}));

  std::string text;
  for (int i = 0; i < 30; ++i) text += "긴 글이 있다. ";
  const std::string bytes = "번호,제목,본문\n7,하나,\"" + text + "\n\n둘째 문단\"\n8,둘,\"" + text + "\"\n9,셋,\n";
  const Output output = extract("a.csv", bytes);
  ASSERT_EQ(output.documents.size(), 2U);
  EXPECT_EQ(output.documents[0].title, "하나");
  EXPECT_EQ(output.documents[0].blocks.size(), 3U);
  EXPECT_EQ(output.documents[0].metadata.at("번호"), "7");
  const data::Range second = output.documents[1].source.range;
  EXPECT_EQ(bytes.substr(second.begin, 5), "8,둘");
  ASSERT_EQ(output.set_aside.size(), 1U);
  EXPECT_EQ(output.set_aside[0].reason(), "no-text");

  FolderSource source;
  source.text_field = "부서";
  EXPECT_EQ(extract("a.csv", "이름,부서\n가,나\n", source).documents.size(), 1U);
  source.text_field = "없음";
  EXPECT_THROW(extract("a.csv", "이름,부서\n가,나\n", source), Unreadable);
}

TEST(Csv, ManyRowsAreManyTablesWithTheirNames) {
  std::string bytes = "번호,값\n";
  for (int i = 0; i < 250; ++i) bytes += fmt::format("{},{}\n", i, i * i);
  const Output output = extract("a.csv", bytes);
  ASSERT_EQ(output.documents.size(), 3U);
  for (const data::Document& d : output.documents) EXPECT_EQ(d.blocks[1].cells[0], (Lines{"번호", "값"}));
  EXPECT_EQ(output.documents[2].blocks[1].cells.back(), (Lines{"249", "62001"}));
}

TEST(Csv, PartsOfAFileGiveTheRowsOfTheWhole) {
  std::string bytes = "\xEF\xBB\xBF이름,글\n";
  for (int i = 0; i < 60; ++i)
    bytes += fmt::format("{},\"줄{}\n\"\"안\"\"의,{}\"\r\n", i, std::string(static_cast<size_t>(i % 5), '\n'), i);
  const FolderSource source;
  const auto rows = [](const Output& output) {
    Rows all;
    for (const data::Document& d : output.documents)
      all.insert(all.end(), d.blocks.back().cells.begin() + 1, d.blocks.back().cells.end());
    return all;
  };
  const Rows whole = rows(extract("a.csv", bytes));
  ASSERT_EQ(whole.size(), 60U);
  for (const size_t part : {50, 333, 1000}) {
    Output parts;
    for (size_t begin = 0; begin < bytes.size(); begin += part)
      extract_csv({"a.csv", bytes, {begin, std::min(begin + part, bytes.size())}, source}, parts);
    EXPECT_EQ(rows(parts), whole) << part;
  }
}

TEST(Csv, OtherEncodings) {
  // "이름,값" and "가,1" in CP949; "a<tab>b" in UTF-16.
  EXPECT_EQ(blocks_of(one_document("a.csv", "\xC0\xCC\xB8\xA7,\xB0\xAA\n\xB0\xA1,1\n")),
            (Lines{"title: a", "table: 이름 | 값\n가 | 1"}));
  using namespace std::string_literals;
  EXPECT_EQ(blocks_of(one_document("a.csv",
                                   "\xFF\xFE"
                                   "a\0\t\0b\0\n\0"
                                   "1\0\t\0"
                                   "2\0\n\0"s)),
            (Lines{"title: a", "table: a | b\n1 | 2"}));
}

TEST(Csv, HostileFilesTakeLinearTime) {
  // Quotes that never close, and a row of two million cells.
  std::string quotes;
  for (int i = 0; i < 300'000; ++i) quotes += "\"x,y\n";
  EXPECT_EQ(read(quotes).size(), 300'000U);
  const Output wide = extract("a.csv", "a,b\n" + std::string(2'000'000, ',') + "\n");
  ASSERT_EQ(wide.set_aside.size(), 1U);
  EXPECT_EQ(wide.set_aside[0].reason(), "too-wide");
}

}  // namespace
}  // namespace moru::collect
