#include "text/korean_stop_words.h"

#include "text/word_splitter.h"

namespace moru::text {
namespace {

TEST(KoreanStopWords, FineWeb2sAreAsItsSettingsNameThem) {
  const auto words = fineweb2_korean_stop_words();
  EXPECT_EQ(fmt::format("{}", fmt::join(words, " ")),
            "의 다 이 는 에 을 한 년 하 은 를 했 고 에서 가 있 으로 인 월 로 되");
}

TEST(KoreanStopWords, WhatIsLeftOfASentenceIsWhatItIsAbout) {
  std::vector<std::string_view> words;
  word_splitter(WordKind::morpheme).split("이 함수는 범위에 있는 숫자의 합계를 계산합니다", words);
  std::erase_if(words, is_korean_stop_word);
  EXPECT_EQ(fmt::format("{}", fmt::join(words, " ")), "함수 범위 숫자 합계 계산");
  EXPECT_FALSE(is_korean_stop_word("없"));
  EXPECT_FALSE(is_korean_stop_word(""));
  EXPECT_GT(korean_stop_words().size(), 200U);
}

}  // namespace
}  // namespace moru::text
