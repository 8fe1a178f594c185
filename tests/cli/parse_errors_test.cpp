// A wrong call, in both languages: what is wrong with it, and whose help says more.
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

std::string told(std::vector<std::string> arguments, const std::string& language) {
  const Outcome outcome = moru(std::move(arguments), {.environment = {{"MORU_LANG", language}}});
  EXPECT_EQ(outcome.status, 2) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  return outcome.error;
}

TEST(ParseErrors, SpeakKoreanWhereTheUserDoes) {
  const std::string help = "에서 쓰는 법을 보세요\n";
  EXPECT_EQ(told({"chat", "m", "--frob"}, "ko"), "모르는 인자입니다: --frob\n  해결: \"moru chat --help\"" + help);
  EXPECT_EQ(told({"chat"}, "ko"), "꼭 있어야 하는데 빠졌습니다: model\n  해결: \"moru chat --help\"" + help);
  EXPECT_EQ(told({"build", "--until"}, "ko"), "--until: 값이 빠졌습니다 (TEXT)\n  해결: \"moru build --help\"" + help);
  EXPECT_EQ(told({"convert", "a", "b", "--type", "q9"}, "ko"),
            "--type: \"q9\"은(는) 쓸 수 없습니다. 쓸 수 있는 값: {f32,f16,bf16,q8_0,q4_0,q4_k}\n"
            "  해결: \"moru convert --help\"" +
                help);
  EXPECT_EQ(told({"chat", "m", "--top-p", "7"}, "ko").find("--top-p: \"7\"은(는) 0"), 0U);
  EXPECT_EQ(told({"serve", "m", "--port", "99999999999"}, "ko").find("--port: 값 \"99999999999\"을(를) 읽을 수"), 0U);
  EXPECT_EQ(told({"convert", "a", "b", "--shard-size", "3XB"}, "ko").find("--shard-size: \"xb\"은(는) 모르는 단위"),
            0U);
  EXPECT_EQ(told({"curate", "risk"}, "ko"),
            "꼭 있어야 하는데 빠졌습니다: 레시피나 --corpus\n  해결: \"moru curate risk --help\"" + help);
}

TEST(ParseErrors, NameAnUnknownCommandAndTheNearestOne) {
  const std::string korean = told({"biuld", "recipe.yaml"}, "ko");
  EXPECT_EQ(korean.find("\"biuld\" 명령은 없습니다. 쓸 수 있는 명령: build, "), 0U) << korean;
  EXPECT_NE(korean.find("해결: \"build\"을(를) 쓰려던 것인가요? \"moru --help\""), std::string::npos) << korean;
  const std::string english = told({"biuld", "recipe.yaml"}, "en");
  EXPECT_EQ(english.find("there is no command \"biuld\"; there are: build, "), 0U) << english;
  EXPECT_NE(english.find("mend: did you mean \"build\"? see \"moru --help\""), std::string::npos) << english;
  EXPECT_EQ(told({"curate", "chek"}, "en").find("there is no command \"chek\"; there are: check, "), 0U);
  EXPECT_EQ(told({}, "ko").find("명령이 빠졌습니다. 쓸 수 있는 명령: build, "), 0U);
  EXPECT_EQ(told({"--frob"}, "ko").find("모르는 인자입니다: --frob\n"), 0U);
}

TEST(ParseErrors, NameTheNearestOptionInEnglish) {
  EXPECT_EQ(told({"chat", "m", "--temprature", "0"}, "en"),
            "The following arguments were not expected: 0 --temprature\n"
            "  mend: did you mean \"--temperature\"? see \"moru chat --help\"\n");
}

}  // namespace
}  // namespace moru::cli
