#include "generate/prose.h"

#include <gtest/gtest.h>

namespace moru::generate {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> found;
  for (const data::Range& r : sentences(text, {0, text.size()}))
    found.emplace_back(text.substr(r.begin, r.end - r.begin));
  return found;
}

TEST(Prose, SplitsSentences) {
  EXPECT_EQ(split("첫째입니다. 둘째입니다."), (std::vector<std::string>{"첫째입니다.", "둘째입니다."}));
  EXPECT_EQ(split("붙었습니다.둘째입니다."), (std::vector<std::string>{"붙었습니다.", "둘째입니다."}));
  EXPECT_EQ(split("Use 3.5 e.g. here. \"Done.\" Next"),
            (std::vector<std::string>{"Use 3.5 e.g. here.", "\"Done.\"", "Next"}));
  EXPECT_EQ(split("It is 4 (none given. So default.) now. End."),
            (std::vector<std::string>{"It is 4 (none given. So default.) now.", "End."}));
  EXPECT_EQ(split("file.txt is open( and. More"), (std::vector<std::string>{"file.txt is open( and.", "More"}));
  EXPECT_TRUE(split("  ").empty());
}

TEST(Prose, KnowsWhatLeansOnItsContext) {
  EXPECT_TRUE(leans_on_context("옵션은 다음과 같습니다:"));
  EXPECT_TRUE(leans_on_context("다음 설정 옵션 중 하나를 클릭합니다."));
  EXPECT_TRUE(leans_on_context("Do one of the following:"));
  EXPECT_TRUE(leans_on_context("See the table below."));
  EXPECT_FALSE(leans_on_context("셀을 삽입합니다."));
  EXPECT_TRUE(points_back("이 옵션은 켜져 있습니다."));
  EXPECT_TRUE(points_back("This option is on."));
  EXPECT_FALSE(points_back("이미지를 넣습니다."));
}

TEST(Prose, FingerprintsIgnoreSpaceAndPunctuation) {
  EXPECT_EQ(fingerprint("셀 서식은?"), fingerprint("셀서식은"));
  EXPECT_EQ(fingerprint("Open File"), fingerprint("open file."));
  EXPECT_NE(fingerprint("C++"), fingerprint("C"));
}

}  // namespace
}  // namespace moru::generate
