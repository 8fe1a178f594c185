#include "core/config.h"

#include "core/error.h"

namespace moru {
namespace {

TEST(Config, ReadsValuesAndFallbacks) {
  const Config config = Config::parse("name: 모루\nlimits:\n  words: 50\n  ratio: 0.25\nlist: [a, b]\n", "r.yaml");
  EXPECT_EQ(config.text("name"), "모루");
  EXPECT_EQ(config.section("limits").integer("words", 0), 50);
  EXPECT_DOUBLE_EQ(config.section("limits").number("ratio", 1), 0.25);
  EXPECT_EQ(config.integer("absent", 7), 7);
  EXPECT_EQ(config.texts("list"), (std::vector<std::string>{"a", "b"}));
  config.finish();
}

TEST(Config, AnUnknownKeyIsAnErrorWithItsLineAndTheNearestName) {
  const Config config = Config::parse("train:\n  epochs: 3\n  lerning_rate: 1\n", "r.yaml");
  config.section("train").integer("epochs", 1);
  config.section("train").number("learning_rate", 1);
  try {
    config.finish();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "r.yaml:3");
    EXPECT_NE(std::string(error.what()).find("learning_rate"), std::string::npos) << error.what();
  }
}

TEST(Config, WrongTypesAndRangesNameTheLine) {
  const Config config = Config::parse("words: many\nshare: 2.0\nflag: no\n", "r.yaml");
  EXPECT_THROW(config.integer("words", 1), Error);
  EXPECT_THROW(config.number("share", 0.5, 0, 1), Error);
  EXPECT_THROW(config.flag("flag", true), Error);
  EXPECT_THROW(config.text("absent"), Error);
}

TEST(Config, BrokenYamlNamesTheLine) {
  try {
    Config::parse("a: [1, 2\nb: 3\n", "r.yaml");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place().substr(0, 7), "r.yaml:");
  }
}

}  // namespace
}  // namespace moru
