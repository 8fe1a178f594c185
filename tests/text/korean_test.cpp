#include "text/korean.h"

#include <gtest/gtest.h>

namespace moru::text {
namespace {

struct Case {
  const char* word;
  const char* topic;
  const char* direction;
};

class Particles : public testing::TestWithParam<Case> {};

TEST_P(Particles, FollowTheFinalSound) {
  const Case& c = GetParam();
  EXPECT_EQ(particle(c.word, Particle::topic), c.topic) << c.word;
  EXPECT_EQ(particle(c.word, Particle::direction), c.direction) << c.word;
}

INSTANTIATE_TEST_SUITE_P(Hangul, Particles,
                         testing::Values(Case{"시트", "는", "로"}, Case{"표준 필터", "는", "로"},
                                         Case{"행", "은", "으로"}, Case{"셀", "은", "로"},
                                         Case{"머리글/바닥글", "은", "로"}, Case{"값", "은", "으로"},
                                         Case{"ㄱ", "은", "으로"}, Case{"ㅏ", "는", "로"}));
INSTANTIATE_TEST_SUITE_P(Latin, Particles,
                         testing::Values(Case{"URL", "은", "로"}, Case{"PDF", "는", "로"}, Case{"XML", "은", "로"},
                                         Case{"SUM", "은", "으로"}, Case{"CSV", "는", "로"}, Case{"Calc", "는", "로"},
                                         Case{"Writer", "는", "로"}, Case{"Basic", "은", "으로"},
                                         Case{"file", "은", "로"}, Case{"table", "은", "로"}, Case{"chart", "는", "로"},
                                         Case{"Format", "은", "으로"}, Case{"tab", "은", "으로"},
                                         Case{"type", "은", "으로"}, Case{"Page", "는", "로"}, Case{"HTML", "은", "로"},
                                         Case{"ROUND", "는", "로"}, Case{"Drawing", "은", "으로"},
                                         Case{"Ctrl+B", "는", "로"}));
INSTANTIATE_TEST_SUITE_P(Numbers, Particles,
                         testing::Values(Case{"1", "은", "로"}, Case{"2", "는", "로"}, Case{"3", "은", "으로"},
                                         Case{"6", "은", "으로"}, Case{"8", "은", "로"}, Case{"10", "은", "으로"},
                                         Case{"F11", "은", "로"}, Case{"F12", "는", "로"}, Case{"0", "은", "으로"},
                                         Case{"1,000,000,000,000", "는", "로"}, Case{"100%", "는", "로"}));
INSTANTIATE_TEST_SUITE_P(Skipped, Particles,
                         testing::Values(Case{"셀(cell area)", "은", "로"}, Case{"'행'", "은", "으로"},
                                         Case{"“시트”", "는", "로"}, Case{"행 ", "은", "으로"},
                                         Case{"표시...", "는", "로"}, Case{"(행)", "은", "으로"},
                                         Case{"값 [선택]", "은", "으로"}));
INSTANTIATE_TEST_SUITE_P(Unknown, Particles,
                         testing::Values(Case{"", "은(는)", "(으)로"}, Case{"漢", "은(는)", "(으)로"},
                                         Case{"...", "은(는)", "(으)로"}));

TEST(Korean, EveryPairOfParticles) {
  EXPECT_EQ(with_particle("행", Particle::subject), "행이");
  EXPECT_EQ(with_particle("시트", Particle::subject), "시트가");
  EXPECT_EQ(with_particle("행", Particle::object), "행을");
  EXPECT_EQ(with_particle("시트", Particle::object), "시트를");
  EXPECT_EQ(with_particle("행", Particle::naming), "행이란");
  EXPECT_EQ(with_particle("시트", Particle::naming), "시트란");
  EXPECT_EQ(with_particle("행", Particle::with), "행과");
  EXPECT_EQ(with_particle("시트", Particle::with), "시트와");
}

TEST(Korean, FinalConsonantsCanBeReadAndChanged) {
  EXPECT_EQ(final_index("만들"), 8);
  EXPECT_EQ(with_final("만들", 0), "만드");
  EXPECT_EQ(final_index("abc"), -1);
  EXPECT_EQ(with_final("abc", 0), "abc");
}

TEST(Korean, ShareOfHangul) {
  EXPECT_DOUBLE_EQ(hangul_share("가나 ab 12"), 0.5);
  EXPECT_DOUBLE_EQ(hangul_share("12 - 3"), 0);
  EXPECT_DOUBLE_EQ(hangul_share(""), 0);
}

TEST(Korean, BrokenUtf8IsNoWord) {
  EXPECT_EQ(final_sound("\xEA\xB0"), FinalSound::unknown);
  EXPECT_EQ(final_sound(")))((("), FinalSound::unknown);
  std::string many = "행";
  for (int i = 0; i < 2000; ++i) many += "(a)";
  EXPECT_EQ(final_sound(many), FinalSound::consonant);
}

}  // namespace
}  // namespace moru::text
