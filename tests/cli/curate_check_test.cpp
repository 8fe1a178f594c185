// moru curate check, as a user calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "core/file.h"
#include "core/json.h"
#include "run_moru.h"

namespace moru {
namespace {

using ::testing::HasSubstr;
using testing_program::moru;
using testing_program::Outcome;

std::vector<Json> lines_of(const std::string& out) {
  std::vector<Json> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(parse_json(line, "output"));
  return lines;
}

TEST(CurateCheck, SaysOneLineAFileInTheirOrder) {
  const TemporaryDirectory folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    write_file_atomic(folder.path() / name, text);
    return (folder.path() / name).string();
  };
  std::string good;
  for (int i = 0; i < 60; ++i) good += fmt::format("The word number {} is of the text and it is long enough.\n", i);
  const std::string a = file("a.txt", good);
  const std::string b = file("b.txt", "only two words");
  const std::string gone = (folder.path() / "gone.txt").string();

  const Outcome json = moru({"curate", "check", "--rules", "gopher-quality", "--json", b, gone, a});
  EXPECT_EQ(json.status, 1);  // one could not be read
  const std::vector<Json> lines = lines_of(json.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], (Json{{"path", b}, {"verdict", "gopher_short_doc"}, {"value", 3}, {"limit", 50}}));
  EXPECT_EQ(lines[1].at("path"), gone);
  EXPECT_EQ(lines[1].at("verdict"), "error");
  EXPECT_EQ(lines[2], (Json{{"path", a}, {"verdict", "keep"}, {"value", nullptr}, {"limit", nullptr}}));

  const Outcome two = moru({"curate", "check", "--rules", "gopher-quality,fineweb-quality", "--json", a});
  EXPECT_EQ(two.status, 0);
  EXPECT_EQ(lines_of(two.out)[0].at("verdict"), "keep");
  const Outcome strict =
      moru({"curate", "check", "--rules", "fineweb-quality", "--set", "line_feeds=0.01", "--json", a});
  EXPECT_EQ(lines_of(strict.out)[0].at("verdict"), "list_ratio");
  EXPECT_EQ(lines_of(strict.out)[0].at("limit"), 0.01);

  const Outcome table = moru({"curate", "check", "--rules", "gopher-quality", a, b});
  EXPECT_EQ(table.status, 0);
  EXPECT_THAT(table.out, HasSubstr("gopher_short_doc  3 (limit 50)"));
  EXPECT_THAT(table.out, HasSubstr("50.0 %"));
}

TEST(CurateCheck, RefusesWhatItDoesNotKnow) {
  const Outcome rule = moru({"curate", "check", "--rules", "gopher-qualty", "x"});
  EXPECT_EQ(rule.status, 1);
  EXPECT_THAT(rule.error, HasSubstr("did you mean \"gopher-quality\"?"));
  EXPECT_EQ(moru({"curate", "check", "--rules", "c4-quality", "--set", "top_2_gram=0.1", "x"}).status, 1);
  EXPECT_EQ(moru({"curate", "check", "--rules", "gopher-quality", "--language", "kor", "x"}).status, 1);
  EXPECT_EQ(moru({"curate", "check", "x"}).status, 2);
}

}  // namespace
}  // namespace moru
