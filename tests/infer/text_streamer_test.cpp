#include "infer/text_streamer.h"

#include "core/random.h"

namespace moru::infer {
namespace {

/// Feeds `bytes` in cuts drawn from `random`; returns all that came out.
std::string stream(const std::string& bytes, const std::vector<std::string>& stop, Random& random,
                   bool* stopped = nullptr) {
  TextStreamer streamer(stop);
  std::string out;
  for (size_t at = 0; at < bytes.size();) {
    const size_t count = 1 + random.below(std::min<size_t>(5, bytes.size() - at));
    out += streamer.push(std::string_view(bytes).substr(at, count));
    at += count;
  }
  out += streamer.finish();
  if (stopped != nullptr) *stopped = streamer.stopped();
  return out;
}

TEST(TextStreamer, GivesWholeCharactersOnly) {
  TextStreamer streamer({});
  const std::string text = "모😀a";
  std::string out;
  for (const char c : text) {
    const std::string piece = streamer.push(std::string_view(&c, 1));
    EXPECT_TRUE(piece.empty() || piece == "모" || piece == "😀" || piece == "a") << piece;
    out += piece;
  }
  EXPECT_EQ(out, text);
  EXPECT_EQ(streamer.finish(), "");
}

TEST(TextStreamer, BytesThatAreNotTextBecomeReplacementCharacters) {
  Random random(1);
  // A lone continuation, an overlong form, a surrogate, a cut character, a value past U+10FFFF.
  EXPECT_EQ(stream("a\x80z", {}, random), "a\uFFFDz");
  EXPECT_EQ(stream("\xC0\xAF", {}, random), "\uFFFD\uFFFD");
  EXPECT_EQ(stream("\xED\xA0\x80", {}, random), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(stream("\xEB\xAAx", {}, random), "\uFFFDx");
  EXPECT_EQ(stream("\xF4\x90\x80\x80", {}, random), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(stream("모\xEB\xAA", {}, random), "모");
}

TEST(TextStreamer, HoldsBackWhatCouldBeginAStopString) {
  TextStreamer streamer({"\n\nQ:"});
  EXPECT_EQ(streamer.push("answer\n"), "answer");
  EXPECT_EQ(streamer.push("\n"), "");
  EXPECT_EQ(streamer.push("Q"), "");
  EXPECT_EQ(streamer.push("!"), "\n\nQ!");
  EXPECT_EQ(streamer.push("more\n\nQ: next"), "more");
  EXPECT_TRUE(streamer.stopped());
  EXPECT_EQ(streamer.push("nothing"), "");
  EXPECT_EQ(streamer.finish(), "");
}

TEST(TextStreamer, AnEndThatOnlyBeganAStopStringComesOut) {
  TextStreamer streamer({"STOP"});
  EXPECT_EQ(streamer.push("go STO"), "go ");
  EXPECT_EQ(streamer.finish(), "STO");
  EXPECT_FALSE(streamer.stopped());
}

TEST(TextStreamer, TheStopStringThatEndsFirstWins) {
  Random random(2);
  EXPECT_EQ(stream("xabcd", {"abcd", "bc"}, random), "xa");
  EXPECT_EQ(stream("xabc", {"bc", "abc"}, random), "x");
  EXPECT_EQ(stream("aab", {"ab"}, random), "a");
}

TEST(TextStreamer, CutsBetweenTokensDoNotMatter) {
  const std::vector<std::string> stop = {"끝.", "ab", "\n\n\n"};
  Random random(3);
  const std::vector<std::string> letters = {"a", "b", "\n", "끝", ".", "모", "😀", "\xEB", "\x80"};
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i) bytes += letters[random.below(letters.size())];
    bool stopped = false, again = false;
    const std::string once = stream(bytes, stop, random, &stopped);
    for (int cut = 0; cut < 5; ++cut) {
      ASSERT_EQ(stream(bytes, stop, random, &again), once);
      ASSERT_EQ(again, stopped);
    }
    if (!stopped) {
      for (const std::string& s : stop) ASSERT_EQ(once.find(s), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace moru::infer
