#include "core/json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"

namespace moru {
namespace {

TEST(Json, BrokenTextNamesPlaceAndByte) {
  try {
    parse_json(R"({"a": 1,, "b": 2})", "data.jsonl:7");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "data.jsonl:7 (byte 9)");
  }
  EXPECT_THROW(parse_json("", "x"), Error);
  EXPECT_THROW(parse_json("\"\xFF\"", "x"), Error);
  EXPECT_THROW(parse_json("[9E999]", "x"), Error) << "a number out of range";
}

TEST(Json, DeepNestingDoesNotOverflowTheStack) {
  EXPECT_THROW(parse_json(std::string(1 << 20, '['), "x"), Error);
}

TEST(Json, EqualValuesPrintEqualBytes) {
  EXPECT_EQ(dump_json(parse_json(R"({"나": 1, "a": [1, 2.5]})", "x")),
            dump_json(parse_json(R"({ "a":[1,2.5],"나":1 })", "x")));
  EXPECT_EQ(dump_json(Json("깨진 \xFF 글")), "\"깨진 \xEF\xBF\xBD 글\"");
}

TEST(Json, MembersOfAnotherTypeAreErrorsThatNameTheKey) {
  const Json object = {{"text", "t"}, {"whole", 3}, {"number", 2.5}};
  EXPECT_EQ(json_text(object, "text", "x"), "t");
  EXPECT_EQ(json_integer(object, "whole", "x"), 3);
  EXPECT_DOUBLE_EQ(json_number(object, "whole", "x"), 3.0);
  EXPECT_THROW(json_integer(object, "number", "x"), Error);
  EXPECT_THROW(json_text(Json::array(), "text", "x"), Error);
  try {
    json_number(object, "absent", "config.json");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "config.json");
    EXPECT_NE(error.problem().find("absent"), std::string::npos);
  }
}

TEST(Json, AFileThatIsNotJsonIsNamed) {
  const TemporaryDirectory folder;
  write_file_atomic(folder.path() / "a.json", "{");
  try {
    read_json_file(folder.path() / "a.json");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.place().find("a.json"), std::string::npos);
  }
}

}  // namespace
}  // namespace moru
