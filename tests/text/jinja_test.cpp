#include "text/jinja.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "text/chat_template.h"

namespace moru::text {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string render(std::string_view source, const OrderedJson& variables = OrderedJson::object(),
                   const JinjaLimits& limits = {}) {
  return JinjaTemplate(source, "t.jinja").render(variables, limits);
}

/// What the Error of a template says.
std::string fault(std::string_view source, const OrderedJson& variables = OrderedJson::object(),
                  const JinjaLimits& limits = {}) {
  try {
    return "no error: " + render(source, variables, limits);
  } catch (const Error& error) {
    return error.what();
  }
}

// Made by tests/reference/jinja_cases.py with Jinja2 itself.
TEST(Jinja, MakesWhatJinja2Makes) {
  const std::filesystem::path file = std::filesystem::path(MORU_SOURCE_DIR) / "tests/text/jinja/cases.json";
  const OrderedJson all = OrderedJson::parse(read_file(file));
  ASSERT_GT(all.at("cases").size(), 50U);
  for (const OrderedJson& one : all.at("cases")) {
    const auto source = one.at("template").get<std::string>();
    SCOPED_TRACE(source);
    if (one.contains("error"))
      EXPECT_THROW(render(source, all.at("variables")), Error) << one.at("error");
    else
      EXPECT_EQ(render(source, all.at("variables")), one.at("text").get<std::string>());
  }
}

TEST(Jinja, OurOwnTemplateMakesWhatRenderChatMakes) {
  const std::vector<ChatMessage> chat = {
      {"system", "너는 모루다."}, {"user", "표란?"}, {"assistant", "생각</think>칸의 모음."}, {"user", "고마워"}};
  OrderedJson messages = OrderedJson::array();
  for (const ChatMessage& m : chat) messages.push_back({{"role", m.role}, {"content", m.content}});
  for (const bool prompt : {false, true})
    EXPECT_EQ(render(chat_template_jinja(),
                     {{"messages", messages}, {"add_generation_prompt", prompt}, {"enable_thinking", false}}),
              render_chat(chat, prompt));
}

TEST(Jinja, ErrorsNameTheLine) {
  EXPECT_NE(fault("a\n{% if x %}\nb").find("t.jinja:3"), std::string::npos);
  EXPECT_NE(fault("a\n\n{{ x.y.z }}").find("t.jinja:3"), std::string::npos);
  EXPECT_NE(fault("\n{{ raise_exception('roles must alternate') }}").find("roles must alternate"), std::string::npos);
  EXPECT_NE(fault("{{ 1 | nonsense }}").find("no filter named 'nonsense'"), std::string::npos);
  EXPECT_NE(fault("{% include 'x' %}").find("unknown statement"), std::string::npos);
  EXPECT_NE(fault("{{ 'open").find("no end"), std::string::npos);
  EXPECT_THROW(JinjaTemplate("\xff", "t"), Error);
}

TEST(Jinja, StaysWithinItsLimits) {
  JinjaLimits limits;
  limits.steps = 10'000;
  EXPECT_NE(fault("{% for i in range(100) %}{% for j in range(1000) %}{{ i }}{% endfor %}{% endfor %}", {}, limits)
                .find("too many steps"),
            std::string::npos);
  limits = {};
  limits.bytes = 1000;
  EXPECT_NE(fault("{% for i in range(100) %}twenty characters ...{% endfor %}", {}, limits).find("too long a text"),
            std::string::npos);
  EXPECT_NE(fault("{{ 'x' * 1000000000000 }}").find("too long a text"), std::string::npos);
  EXPECT_NE(fault("{% set a = [0] * 1000000000000 %}").find("too long"), std::string::npos);
  EXPECT_NE(fault("{{ range(10000000) }}").find("range too big"), std::string::npos);
  EXPECT_NE(fault("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").find("nested too deeply"), std::string::npos);
  EXPECT_NE(
      fault("{{ " + std::string(100'000, '(') + "1" + std::string(100'000, ')') + " }}").find("nested too deeply"),
      std::string::npos);
  EXPECT_NE(fault("{{ " + std::string(100'000, '-') + "1 }}").find("nested too deeply"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "{% if true %}";
  EXPECT_NE(fault(deep).find("nested too deeply"), std::string::npos);
  OrderedJson nested = 1;
  for (int i = 0; i < 1000; ++i) nested = OrderedJson::array({nested});
  EXPECT_NE(fault("{{ x | tojson }}", {{"x", nested}}).find("nested too deeply"), std::string::npos);
  limits = {};
  limits.time = std::chrono::milliseconds(20);
  EXPECT_NE(fault("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", {}, limits)
                .find("too long"),
            std::string::npos);
}

TEST(Jinja, NamespacesThatHoldThemselvesGoWithTheTemplate) {
  // The leak sanitizer sees whether they do.
  EXPECT_EQ(render("{% set a = namespace(n=1) %}{% set b = namespace(a=a) %}{% set a.b = [b] %}{% set a.a = a %}"
                   "{% macro m() %}{{ a.n }}{% endmacro %}{% set b.m = m %}{{ b.m() }}{{ a.b[0].a.n }}"),
            "11");
  EXPECT_NE(fault("{% set a = namespace() %}{% set a.a = {'a': a} %}{{ raise_exception('no') }}").find("no"),
            std::string::npos);
}

TEST(Jinja, DatesComeFromTheGivenClock) {
  JinjaLimits limits;
  limits.now = [] { return std::chrono::system_clock::from_time_t(1'700'000'000); };
  EXPECT_EQ(render("{{ strftime_now('%Y') }}", {}, limits), "2023");
}

TEST(Jinja, KeepsTheOrderOfKeys) {
  EXPECT_EQ(
      render("{{ d | tojson }}", OrderedJson::parse(R"({"d": {"z": 1, "a": {"y": "한", "b": [1.0, null, true]}}})")),
      R"({"z": 1, "a": {"y": "한", "b": [1.0, null, true]}})");
}

// Letting go of a value must not take the stack, however it is nested.
TEST(Jinja, ValuesNestedDeeplyAreLetGoOf) {
  for (const char* step : {"{% set ns.x = [ns.x] %}", "{% set ns.x = {'a': ns.x} %}", "{% set ns.x = [ns.x].count %}",
                           "{% set ns.x = namespace(x=ns.x) %}", "{% set ns.x = cycler(ns.x) %}",
                           "{% for j in [ns.x] %}{% set ns.x = loop %}{% endfor %}"}) {
    SCOPED_TRACE(step);
    EXPECT_EQ(
        render(fmt::format("{{% set ns = namespace(x=1) %}}{{% for a in range(3) %}}{{% for i in range(70000) %}}{}"
                           "{{% endfor %}}{{% endfor %}}done",
                           step)),
        "done");
  }
}

}  // namespace
}  // namespace moru::text
