#include "data/held_out.h"

#include "core/error.h"
#include "core/file.h"

namespace moru::data {
namespace {

std::string address(int i) {
  return "docs/page-" + std::to_string(i) + ".html";
}

TEST(HeldOut, TheChoiceDependsOnAddressAndSeedAlone) {
  bool seeds_differ = false;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(is_held_out(address(i), 0.3, 7), is_held_out(address(i), 0.3, 7));
    seeds_differ |= is_held_out(address(i), 0.3, 7) != is_held_out(address(i), 0.3, 8);
  }
  EXPECT_TRUE(seeds_differ);
  // On any machine, in any build: these stay on their side for good.
  std::vector<int> chosen;
  for (int i = 0; i < 20; ++i)
    if (is_held_out(address(i), 0.2, 7)) chosen.push_back(i);
  EXPECT_EQ(chosen, (std::vector<int>{4, 5, 7, 8, 14, 19}));
}

TEST(HeldOut, TheShareIsKept) {
  constexpr int kDocuments = 20'000;
  for (const double share : {0.01, 0.1, 0.5, 0.9}) {
    int held_out = 0;
    for (int i = 0; i < kDocuments; ++i) held_out += is_held_out(address(i), share, 7) ? 1 : 0;
    // Five standard deviations of a binomial.
    EXPECT_NEAR(held_out, share * kDocuments, 5 * std::sqrt(kDocuments * share * (1 - share))) << share;
  }
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(is_held_out(address(i), 0, 7));
    EXPECT_TRUE(is_held_out(address(i), 1, 7));
  }
  EXPECT_FALSE(is_held_out("", 0, 7));
}

TEST(HeldOut, ALargerShareHoldsOutTheSameDocumentsAndMore) {
  for (int i = 0; i < 1000; ++i) EXPECT_LE(is_held_out(address(i), 0.1, 7), is_held_out(address(i), 0.4, 7)) << i;
}

TEST(HeldOut, ThatNothingIsLeftIsAClearError) {
  EXPECT_NO_THROW(check_some_are_left(0, 0, "recipe.yaml:3"));
  EXPECT_NO_THROW(check_some_are_left(0, 1, "recipe.yaml:3"));
  EXPECT_NO_THROW(check_some_are_left(9, 10, "recipe.yaml:3"));
  for (const uint64_t documents : {1, 10}) {
    try {
      check_some_are_left(documents, documents, "recipe.yaml:3");
      FAIL() << documents;
    } catch (const Error& error) {
      EXPECT_EQ(error.place(), "recipe.yaml:3");
      EXPECT_FALSE(error.mend().empty());
    }
  }
}

TEST(HeldOut, TheListComesBackAndADamagedOneIsNamed) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "held_out.json";
  EXPECT_TRUE(read_held_out(file).empty());
  EXPECT_TRUE(read_held_out({}).empty());
  for (const std::set<std::string>& documents : {std::set<std::string>{}, {"b", "a"}}) {
    write_held_out(file, documents);
    EXPECT_EQ(read_held_out(file), documents);
  }
  const std::string first = read_file(file);
  write_held_out(file, {"a", "b"});
  EXPECT_EQ(read_file(file), first);
  for (const char* wrong : {"{}", "[1]", "[\"a\", null]", "[\"a\""}) {
    write_file_atomic(file, wrong);
    try {
      read_held_out(file);
      FAIL() << wrong;
    } catch (const Error& error) {
      EXPECT_NE(error.place().find("held_out.json"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace moru::data
