#include "collect/glob.h"

namespace moru::collect {
namespace {

TEST(Glob, StarsStayInAFolderAndDoubleStarsCrossThem) {
  EXPECT_TRUE(Glob("**").matches("a/b/c.html"));
  EXPECT_TRUE(Glob("**/*.html").matches("a/b/c.html"));
  EXPECT_TRUE(Glob("**/*.html").matches("c.html"));
  EXPECT_FALSE(Glob("*.html").matches("a/c.html"));
  EXPECT_TRUE(Glob("*.html").matches("c.html"));
  EXPECT_TRUE(Glob("a/**/d.txt").matches("a/d.txt"));
  EXPECT_TRUE(Glob("a/**/d.txt").matches("a/b/c/d.txt"));
  EXPECT_FALSE(Glob("a/**/d.txt").matches("b/a/d.txt"));
  EXPECT_TRUE(Glob("draft?/").matches("draft1/x/y.md"));
  EXPECT_FALSE(Glob("a").matches("a/b"));
}

TEST(Glob, AQuestionMarkIsACharacterNotAByte) {
  EXPECT_TRUE(Glob("?.txt").matches("가.txt"));
  EXPECT_FALSE(Glob("?.txt").matches("가나.txt"));
  EXPECT_TRUE(Glob("*가*").matches("휴가 규정.md"));
}

TEST(Glob, HiddenNamesNeedAPatternThatNamesThem) {
  EXPECT_FALSE(Glob("**").matches(".git/config"));
  EXPECT_FALSE(Glob("**/*").matches("a/.hidden"));
  EXPECT_TRUE(Glob(".*/**").matches(".git/config"));
}

TEST(Glob, ManyStarsTakeNoExponentialTime) {
  std::string pattern, path;
  for (int i = 0; i < 40; ++i) pattern += "**/a*a*a*b/", path += "aaaaaaaaaaaaaaaaaaaa/";
  EXPECT_FALSE(Glob(pattern).matches(path));
}

}  // namespace
}  // namespace moru::collect
