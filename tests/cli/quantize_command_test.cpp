// moru quantize as a user runs it, and moru convert on what it made.
#include <gmock/gmock.h>

#include "core/file.h"
#include "core/json.h"
#include "infer/tiny_model.h"
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;
using ::testing::HasSubstr;
using ::testing::Not;

class QuantizeCommand : public ::testing::Test {
 protected:
  QuantizeCommand() {
    infer::write_tiny_model(path("model"));
    std::string text;
    for (int i = 0; i < 40; ++i) text += fmt::format("Table {} holds cells. 표를 만들려면 삽입을 선택하십시오.\n", i);
    write_file_atomic(path("text.txt"), text);
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  Outcome quantize(const std::string& out, std::vector<std::string> more, const std::string& language = "en") const {
    more.insert(more.begin(), {"quantize", path("model"), path(out), "--length", "32", "--comparison-tokens", "400"});
    return moru(more, {.environment = {{"MORU_LANG", language}}});
  }
  TemporaryDirectory folder_;
};

TEST_F(QuantizeCommand, WritesAModelThatAnswersAndSaysWhatItCost) {
  const Outcome outcome = quantize("small", {"--text", path("text.txt"), "--bits", "4", "--group", "32", "--method",
                                             "feedback", "--calibration-tokens", "400"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  for (const char* said : {"KL divergence, mean", "99th percentile", "same most likely token", "perplexity, ratio",
                           "calibrated on", "no margin was given"})
    EXPECT_THAT(outcome.out, HasSubstr(said));
  EXPECT_THAT(outcome.out, Not(HasSubstr("As good as")));
  const Json report = read_json_file(path("small") + "/quantization.json");
  EXPECT_EQ(report["verdict"], "none");
  EXPECT_EQ(report["original"]["from"], "model");
  EXPECT_EQ(moru({"perplexity", path("small"), path("text.txt"), "--context", "64"}).status, 0);
}

TEST_F(QuantizeCommand, NothingIsCalledAsGoodWithoutEnoughText) {
  const Outcome outcome = quantize("small", {"--text", path("text.txt"), "--margin", "1"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("are too little to tell"));
  EXPECT_EQ(read_json_file(path("small") + "/quantization.json")["verdict"], "too_little");
}

TEST_F(QuantizeCommand, WhatItWroteBecomesAGgufFileCodeByCode) {
  ASSERT_EQ(quantize("small", {"--text", path("text.txt"), "--bits", "4", "--group", "32"}).status, 0);
  const Outcome exact = moru({"convert", path("small"), path("small.gguf")});
  ASSERT_EQ(exact.status, 0) << exact.error;
  EXPECT_THAT(exact.out, HasSubstr("Q4_0"));
  EXPECT_THAT(exact.out, HasSubstr("all of them"));
  const Outcome floats = moru({"convert", path("small"), path("floats"), "--type", "f32"});
  ASSERT_EQ(floats.status, 0) << floats.error;
  EXPECT_THAT(floats.out, HasSubstr("what quantizing lost stays lost"));
  EXPECT_FALSE(read_json_file(path("floats") + "/config.json").contains("quantization_config"));

  // From a GGUF file, which is as good an original.
  const Outcome again = moru({"quantize", path("small.gguf"), path("again"), "--text", path("text.txt"), "--length",
                              "32", "--comparison-tokens", "400", "--bits", "8", "--group", "32"});
  ASSERT_EQ(again.status, 0) << again.error;
  EXPECT_THAT(again.out, HasSubstr("bits a weight already"));
}

TEST_F(QuantizeCommand, UnhappyPathsSayWhatToDo) {
  const auto error = [&](std::vector<std::string> more, int status, const std::string& language = "en") {
    const Outcome outcome = quantize("small", std::move(more), language);
    EXPECT_EQ(outcome.status, status) << outcome.error;
    EXPECT_FALSE(fs::exists(path("small")));
    return outcome.error;
  };
  EXPECT_THAT(error({"--text", path("none.txt")}, 1), HasSubstr("none.txt: there is no such text"));
  EXPECT_THAT(error({"--text", path("none.txt")}, 1, "ko"), HasSubstr("그런 글이 없습니다"));
  EXPECT_THAT(error({}, 2), HasSubstr("--text"));
  EXPECT_THAT(error({"--text", path("text.txt"), "--bits", "3"}, 2), HasSubstr("--bits"));
  EXPECT_THAT(error({"--text", path("text.txt"), "--calibration", path("none.txt"), "--method", "feedback"}, 1),
              HasSubstr("there is no such text"));
  EXPECT_THAT(error({"--text", path("text.txt"), "--calibration", path("text.txt"), "--method", "feedback"}, 1),
              HasSubstr("cannot be compared on the text that it was calibrated on"));
  EXPECT_THAT(error({"--text", path("text.txt"), "--calibration", path("text.txt")}, 1),
              HasSubstr("rounding to nearest calibrates nothing"));
  write_file_atomic(path("empty.txt"), "");
  EXPECT_THAT(error({"--text", path("empty.txt")}, 1), HasSubstr("there is no text in it"));
  EXPECT_THAT(moru({"quantize", path("none"), path("small"), "--text", path("text.txt")}).error,
              HasSubstr("there is no such model"));

  ASSERT_EQ(quantize("eight", {"--text", path("text.txt")}).status, 0);
  const Outcome twice = moru({"quantize", path("eight"), path("small"), "--text", path("text.txt")});
  EXPECT_EQ(twice.status, 1);
  EXPECT_THAT(twice.error, HasSubstr("in few bits already"));
  const Outcome there = quantize("eight", {"--text", path("text.txt")});
  EXPECT_EQ(there.status, 1);
  EXPECT_THAT(there.error, HasSubstr("it exists already"));
}

}  // namespace
}  // namespace moru::cli
