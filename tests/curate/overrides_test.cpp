#include "curate/overrides.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "helper.h"

namespace moru::curate::testing {
namespace {

TEST(Overrides, ADocumentIsLeftAsItIs) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "overrides.jsonl";
  const auto tiny = make_document("짧다", "docs/a");
  const auto letter = make_document("연락은 kim@hanbit.co.kr 주소로 언제든지 주시기 바랍니다.", "docs/b");
  EXPECT_EQ(Overrides::add(file, tiny.id, {"length"}, "the motto"), 1U);
  EXPECT_EQ(Overrides::add(file, letter.id, {"*"}, ""), 1U);
  EXPECT_EQ(Overrides::add(file, letter.id, {"*"}, ""), 0U);
  const std::string recipe = fmt::format("overrides: {}\n", file.string());
  const Outcome before = run_curate({tiny, letter});
  const Outcome after = run_curate({tiny, letter}, recipe);
  ASSERT_EQ(before.kept.size(), 1U);
  EXPECT_EQ(before.kept[0].text.find("kim@"), std::string::npos);
  ASSERT_EQ(after.kept.size(), 2U);
  EXPECT_EQ(after.kept[0].text, "짧다");
  EXPECT_EQ(after.kept[1].text, letter.text);
  const auto decisions = after.decisions_of("length");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].at("action"), "undone");
  EXPECT_EQ(decisions[0].at("value"), 2);

  EXPECT_EQ(Overrides::remove(file, tiny.id, {}), 1U);
  EXPECT_EQ(run_curate({tiny, letter}, recipe).kept.size(), 1U);
}

TEST(Overrides, ADuplicateStays) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "overrides.jsonl";
  const std::string text = "같은 글이 두 곳에 있으면 하나만 남기지만 사람이 되돌리면 둘 다 남습니다.";
  const auto a = make_document(text, "docs/a"), b = make_document(text, "docs/b");
  Overrides::add(file, b.id, {"exact_duplicates"}, "");
  EXPECT_EQ(run_curate({a, b}, "near_duplicates: {enabled: false}").kept.size(), 1U);
  EXPECT_EQ(
      run_curate({a, b}, fmt::format("near_duplicates: {{enabled: false}}\noverrides: {}", file.string())).kept.size(),
      2U);
}

TEST(Overrides, WrongLinesNameTheirPlace) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "overrides.jsonl";
  for (const char* wrong : {"{\"document\": \"a\", \"rule\": \"lenght\"}", "{\"document\": \"a\"}", "length"}) {
    write_file_atomic(file, fmt::format("{{\"document\": \"a\", \"rule\": \"length\"}}\n{}\n", wrong));
    try {
      Overrides::load(file);
      FAIL() << wrong;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("overrides.jsonl:2"), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(run_curate({}, "overrides: nowhere.jsonl"), Error);
}

}  // namespace
}  // namespace moru::curate::testing
