#include "data/document_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/random.h"

namespace moru::data {
namespace {

Document rich_document() {
  Document d;
  d.id = std::string(64, 'a');
  d.title = "제목 \"따옴표\" \\ 빗금";
  d.text = "머리글\n본문\t탭 \x01\x1f\x7f \b\f\r 끝 😀\n칸 1\t칸 2";
  d.blocks = {{BlockKind::heading, {0, 9}, 2, "", {}, "", 3, 7},
              {BlockKind::list_item, {10, 16}, 1, "-", {}, "step", 0, 0},
              {BlockKind::table, {5, 12}, 0, "", {{"칸 \"1\"", "칸 2"}, {}, {"", "x"}}, "", 0, 0}};
  d.source = {"docs/a.zip!/b \xED\x95\x9C.html", "ff", {0, UINT64_MAX}, "html/1", "2024-01-02T03:04:05Z", "b.html"};
  d.licence = {"MPL-2.0 OR MIT", "recipe"};
  d.language = "ko";
  d.measures = {{"a", 0.1}, {"b", 3.0}, {"c", -1e300}, {"d", 12345678901.0}};
  d.metadata = {{"author", "홍길동"}, {"empty", ""}};
  return d;
}

TEST(DocumentRecord, LinesAreTheBytesOfTheJsonLibrary) {
  Document plain;
  for (const Document& document : {rich_document(), plain}) {
    std::string line;
    append_json(document, line);
    EXPECT_EQ(line, dump_json(to_json(document)));
  }
  Document broken = rich_document();
  broken.text = "no \xFF UTF-8";
  broken.blocks.clear();
  std::string line;
  append_json(broken, line);
  EXPECT_EQ(line, dump_json(to_json(broken)));
}

TEST(DocumentRecord, LinesAndRecordsGiveTheDocumentBack) {
  const Document document = rich_document();
  const std::string line = dump_json(to_json(document));
  DocumentLineReader reader;
  EXPECT_EQ(to_json(reader.read(line, "p")), to_json(document));
  // Members in another order, and one more, as another tool may write them.
  const Json other = {{"zzz", {1, 2}}};
  Json changed = to_json(document);
  changed.update(other);
  EXPECT_EQ(to_json(reader.read(changed.dump(2), "p")), to_json(document));

  std::string record;
  append_text("before", record);
  append_record(document, record);
  append_record(Document(), record);
  std::string_view rest = record;
  EXPECT_EQ(take_text(rest), "before");
  EXPECT_EQ(to_json(take_record(rest)), to_json(document));
  EXPECT_EQ(to_json(take_record(rest)), to_json(Document()));
  EXPECT_TRUE(rest.empty());
  const std::string_view whole = std::string_view(record).substr(7);
  for (size_t cut = 0; cut + 40 < whole.size() / 2; cut += 7) {
    std::string_view shorter = whole.substr(0, cut);
    EXPECT_THROW(take_record(shorter), std::out_of_range) << cut;
  }
}

TEST(DocumentRecord, DamagedLinesAreTheSameErrorsThatNameTheirPlace) {
  DocumentLineReader reader;
  const std::string good = dump_json(to_json(rich_document()));
  for (std::string line : {std::string("{}"), std::string("[1]"), std::string(""), good.substr(0, good.size() / 2)}) {
    try {
      reader.read(line, "shard:7");
      FAIL() << line;
    } catch (const Error& error) {
      EXPECT_NE(error.place().find("shard:7"), std::string::npos);
    }
  }
  Json record = to_json(rich_document());
  record["blocks"][0]["range"] = {5, 100000};
  EXPECT_THROW(reader.read(record.dump(), "p"), Error);
  record = to_json(rich_document());
  record["blocks"][0]["page"] = int64_t{1} << 40;
  EXPECT_THROW(reader.read(record.dump(), "p"), Error);
  record = to_json(rich_document());
  record["blocks"][0]["kind"] = "song";
  EXPECT_THROW(reader.read(record.dump(), "p"), Error);
}

TEST(DocumentRecord, NumbersOfAnySize) {
  Random random(3);
  std::vector<uint64_t> numbers = {0, 1, 127, 128, UINT64_MAX, uint64_t{1} << 63};
  for (int i = 0; i < 200; ++i) numbers.push_back(random.next() >> random.below(64));
  std::string bytes;
  for (const uint64_t number : numbers) append_number(number, bytes);
  std::string_view rest = bytes;
  for (const uint64_t number : numbers) EXPECT_EQ(take_number(rest), number);
}

}  // namespace
}  // namespace moru::data
