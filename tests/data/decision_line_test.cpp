#include "data/decision_line.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace moru::data {
namespace {

TEST(DecisionLine, HoldsTextsAndNumbers) {
  DecisionLineReader reader;
  const DecisionLine d = reader.read(
      R"({"action":"drop","cluster":"c1","detail":"같은 글","document":"d1","licence":"MIT","limit":0.8,"rule":"near",)"
      R"("source":"a/b.md","text":"…","value":0.5})",
      "shard:1");
  EXPECT_EQ(d.document + d.rule + d.action + d.cluster + d.detail + d.uri, "d1neardropc1같은 글a/b.md");
  EXPECT_EQ(d.value, "0.5");
  EXPECT_EQ(d.limit, "0.8");
  EXPECT_FALSE(d.whole_source);
  EXPECT_EQ(reader.read(R"({"value":17,"limit":1.0,"kept":"k"})", "").value, "17");
  EXPECT_EQ(reader.read(R"({"value":17,"limit":1.0,"kept":"k"})", "").limit, "1.0");
  EXPECT_EQ(reader.read(R"({"value":null,"kept":"k"})", "").cluster, "k");
}

TEST(DecisionLine, AFileWithoutADocumentIsAWholeSource) {
  DecisionLineReader reader;
  const DecisionLine d = reader.read(
      R"({"source":{"uri":"u","file_hash":"h","modified":"m","range":[0,3]},"licence":{"id":"MIT","evidence":"file"}})",
      "");
  EXPECT_TRUE(d.whole_source);
  EXPECT_EQ(d.uri + d.file_hash + d.modified + d.licence + d.evidence, "uhmMITfile");
  EXPECT_EQ(d.document, "");
}

TEST(DecisionLine, ABrokenLineNamesItsPlace) {
  DecisionLineReader reader;
  try {
    reader.read(R"({"rule":)", "decisions-00000.jsonl.zst:7");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("decisions-00000.jsonl.zst:7"), std::string::npos);
  }
}

}  // namespace
}  // namespace moru::data
