#include "serve/chat_request.h"

#include "core/json.h"
#include "serve/api_error.h"

namespace moru::serve {
namespace {

constexpr std::string_view kMinimum = R"({"model": "m", "messages": [{"role": "user", "content": "질문"}]})";

/// The minimal request with further members.
std::string with(std::string_view members) {
  return fmt::format(R"({{"model": "m", "messages": [{{"role": "user", "content": "q"}}], {}}})", members);
}

struct Refusal {
  std::string param, code;
  bool operator==(const Refusal&) const = default;
};
void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.param << " " << refusal.code;
}

Refusal refused(const std::string& body) {
  try {
    parse_chat_request(body);
    return {"", "accepted"};
  } catch (const ApiError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_STRNE(error.what(), "");
    return {error.param(), error.code()};
  }
}

TEST(ChatRequest, ReadsWhatItIsGiven) {
  const ChatRequest minimal = parse_chat_request(kMinimum);
  EXPECT_EQ(minimal.model, "m");
  ASSERT_EQ(minimal.messages.size(), 1U);
  EXPECT_EQ(minimal.messages[0].content, "질문");
  EXPECT_FALSE(minimal.stream || minimal.temperature || minimal.top_p || minimal.max_tokens || minimal.seed);

  const ChatRequest full = parse_chat_request(R"({
    "model": "m", "temperature": 0.5, "top_p": 0.9, "max_tokens": 10, "seed": -3, "stop": ["a", "b"], "stream": true, "n": 1,
    "stream_options": {"include_usage": true}, "user": "someone", "frequency_penalty": 0, "logprobs": false, "tools": [],
    "response_format": {"type": "text"}, "metadata": {"a": "b"}, "presence_penalty": null, "logit_bias": {},
    "messages": [
      {"role": "developer", "content": "be short"},
      {"role": "user", "name": "kim", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
      {"role": "assistant", "content": "c", "refusal": null, "tool_calls": [], "annotations": []},
      {"role": "user", "content": ""}]})");
  EXPECT_EQ(full.temperature, 0.5);
  EXPECT_EQ(full.top_p, 0.9);
  EXPECT_EQ(full.max_tokens, 10);
  EXPECT_EQ(full.seed, static_cast<uint64_t>(-3));
  EXPECT_EQ(full.stop, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(full.stream && full.include_usage);
  ASSERT_EQ(full.messages.size(), 4U);
  EXPECT_EQ(full.messages[0].role, "system");
  EXPECT_EQ(full.messages[1].content, "ab");
}

TEST(ChatRequest, TheNewerNameOfTheLimitWins) {
  EXPECT_EQ(parse_chat_request(with(R"("max_tokens": 5, "max_completion_tokens": 7)")).max_tokens, 7);
  EXPECT_EQ(parse_chat_request(with(R"("max_tokens": 5)")).max_tokens, 5);
  EXPECT_EQ(parse_chat_request(with(R"("max_tokens": 99999999999)")).max_tokens, std::numeric_limits<int>::max());
}

TEST(ChatRequest, RefusesWhatIsNotARequest) {
  for (const char* body :
       {"", "{", "[]", "1", "null", "\"x\"", "{\"model\": \"\xff\"}", "{\"model\": \"\\ud800\"}", "{\"a\": 1e999}"}) {
    EXPECT_EQ(refused(body), (Refusal{"", "invalid_json"})) << body;
  }
  // Deep nesting must not run out of stack, while it is read or freed.
  EXPECT_EQ(refused(std::string(1'000'000, '[')), (Refusal{"", "invalid_json"}));
  EXPECT_EQ(refused(with("\"metadata\": " + std::string(200'000, '[') + std::string(200'000, ']'))),
            (Refusal{"", "accepted"}));
  EXPECT_EQ(refused("{}"), (Refusal{"model", "missing_required_parameter"}));
  EXPECT_EQ(refused(R"({"model": "m"})"), (Refusal{"messages", "missing_required_parameter"}));
  EXPECT_EQ(refused(with(R"("colour": "red")")), (Refusal{"colour", "unknown_parameter"}));
}

TEST(ChatRequest, RefusesWrongValuesByName) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"("temperature": 2.1)", "temperature"},
      {R"("temperature": "0")", "temperature"},
      {R"("top_p": -0.1)", "top_p"},
      {R"("max_tokens": 0)", "max_tokens"},
      {R"("max_tokens": 1.5)", "max_tokens"},
      {R"("stop": ["a","b","c","d","e"])", "stop"},
      {R"("stop": "")", "stop"},
      {R"("stop": 3)", "stop"},
      {R"("stop": [3])", "stop"},
      {R"("seed": 1.5)", "seed"},
      {R"("stream": 1)", "stream"},
      {R"("n": 0)", "n"},
      {R"("stream_options": 3)", "stream_options"},
      {R"("stream_options": {"include_usage": true})", "stream_options"},
      {R"("response_format": "json")", "response_format"}};
  for (const auto& [members, param] : wrong)
    EXPECT_EQ(refused(with(members)), (Refusal{param, "invalid_value"})) << members;
}

TEST(ChatRequest, RefusesWhatItDoesNotDo) {
  const std::vector<std::pair<std::string, std::string>> unable = {
      {R"("n": 2)", "n"},
      {R"("frequency_penalty": 0.5)", "frequency_penalty"},
      {R"("presence_penalty": -1)", "presence_penalty"},
      {R"("logprobs": true)", "logprobs"},
      {R"("top_logprobs": 2)", "top_logprobs"},
      {R"("logit_bias": {"5": 1})", "logit_bias"},
      {R"("tools": [{"type": "retrieval"}])", "tools[0].type"},
      {R"("functions": [{"name": "f"}])", "functions"},
      {R"("tool_choice": "required")", "tool_choice"},
      {R"("response_format": {"type": "json_object"})", "response_format"},
      {R"("modalities": ["audio"])", "modalities"}};
  for (const auto& [members, param] : unable)
    EXPECT_EQ(refused(with(members)), (Refusal{param, "unsupported_value"})) << members;
}

TEST(ChatRequest, RefusesWrongMessagesByTheirPlace) {
  const auto messages = [](std::string_view text) { return fmt::format(R"({{"model": "m", "messages": {}}})", text); };
  EXPECT_EQ(refused(messages("[]")), (Refusal{"messages", "invalid_value"}));
  EXPECT_EQ(refused(messages("{}")), (Refusal{"messages", "invalid_value"}));
  EXPECT_EQ(refused(messages("[3]")), (Refusal{"messages[0]", "invalid_value"}));
  EXPECT_EQ(refused(messages(R"([{"content": "q"}])")), (Refusal{"messages[0].role", "missing_required_parameter"}));
  EXPECT_EQ(refused(messages(R"([{"role": "judge", "content": "q"}])")),
            (Refusal{"messages[0].role", "unsupported_value"}));
  EXPECT_EQ(refused(messages(R"([{"role": "user"}])")), (Refusal{"messages[0].content", "missing_required_parameter"}));
  EXPECT_EQ(refused(messages(R"([{"role": "user", "content": 3}])")),
            (Refusal{"messages[0].content", "invalid_value"}));
  EXPECT_EQ(refused(messages(R"([{"role": "user", "content": []}])")),
            (Refusal{"messages[0].content", "invalid_value"}));
  EXPECT_EQ(refused(messages(R"([{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}])")),
            (Refusal{"messages[0].content[0].type", "unsupported_value"}));
  EXPECT_EQ(refused(messages(R"([{"role": "user", "content": [{"type": "text"}]}])")),
            (Refusal{"messages[0].content[0].text", "missing_required_parameter"}));
  EXPECT_EQ(refused(messages(R"([{"role": "user", "content": "q", "tool_calls": [1]}])")),
            (Refusal{"messages[0].tool_calls", "unsupported_value"}));
}

TEST(ChatRequest, ReadsToolsInTheirOrderForTheTemplate) {
  const ChatRequest request = parse_chat_request(R"({"model": "m", "messages": [
      {"role": "user", "content": "날씨?"},
      {"role": "assistant", "content": null, "reasoning_content": "r", "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "weather", "arguments": "{\"where\": \"서울\", \"at\": 9}"}}]},
      {"role": "tool", "tool_call_id": "1", "content": "맑음"}],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": {"z": 1, "a": 2}}}],
    "tool_choice": "auto", "chat_template_kwargs": {"enable_thinking": false}, "reasoning_effort": "low"})");
  EXPECT_EQ(request.chat.tools, R"([{"type":"function","function":{"name":"weather","parameters":{"z":1,"a":2}}}])");
  EXPECT_EQ(request.chat.arguments, R"({"reasoning_effort":"low","enable_thinking":false})");
  EXPECT_TRUE(request.chat.generation_prompt);
  EXPECT_EQ(request.messages[0].more, "");
  EXPECT_EQ(request.messages[1].more,
            R"({"reasoning_content":"r","tool_calls":[{"id":"1","type":"function","function":{"name":"weather",)"
            R"("arguments":{"where":"서울","at":9}}}],"content":null})");
  EXPECT_EQ(request.messages[2].more, R"({"tool_call_id":"1"})");
  EXPECT_EQ(parse_chat_request(with(R"("tools": [{"type": "function", "function": {"name": "f"}}],
      "tool_choice": "none", "add_generation_prompt": false)"))
                .chat.tools,
            "");
}

TEST(ChatRequest, RefusesBrokenToolsByTheirPlace) {
  const std::vector<std::pair<std::string, Refusal>> wrong = {
      {R"("tools": {})", {"tools", "invalid_value"}},
      {R"("tools": [3])", {"tools[0]", "invalid_value"}},
      {R"("tools": [{"type": "function"}])", {"tools[0].function", "missing_required_parameter"}},
      {R"("tools": [{"type": "function", "function": {}}])", {"tools[0].function.name", "missing_required_parameter"}},
      {R"("chat_template_kwargs": [])", {"chat_template_kwargs", "invalid_value"}},
      {R"("add_generation_prompt": 1)", {"add_generation_prompt", "invalid_value"}},
      {R"("tool_choice": {"type": "function"})", {"tool_choice", "unsupported_value"}},
      {"\"tools\": " + std::string(100'000, '[') + std::string(100'000, ']'), {"tools", "invalid_value"}}};
  for (const auto& [members, refusal] : wrong) EXPECT_EQ(refused(with(members)), refusal) << members.substr(0, 80);
  const auto assistant = [](std::string_view call) {
    return fmt::format(R"({{"model": "m", "messages": [{{"role": "assistant", "tool_calls": [{}]}}]}})", call);
  };
  EXPECT_EQ(refused(assistant("{}")), (Refusal{"messages[0].tool_calls[0].function", "missing_required_parameter"}));
  EXPECT_EQ(refused(assistant(R"({"function": {"name": "f", "arguments": "{"}})")),
            (Refusal{"messages[0].tool_calls[0].function.arguments", "invalid_value"}));
}

TEST(ChatRequest, WhatIsNotGivenIsTheModelsToChoose) {
  const infer::GenerationDefaults defaults{0.7, 0.8, 99};
  const infer::SamplingParameters chosen = sampling_of(parse_chat_request(kMinimum), defaults, 5);
  EXPECT_EQ(chosen.temperature, 0.7);
  EXPECT_EQ(chosen.top_p, 0.8);
  EXPECT_EQ(chosen.max_tokens, 99);
  EXPECT_EQ(chosen.seed, 5U);
  const infer::SamplingParameters given =
      sampling_of(parse_chat_request(with(R"("temperature": 0, "top_p": 1, "max_tokens": 3, "seed": 9, "stop": "x")")),
                  defaults, 5);
  EXPECT_EQ(given.temperature, 0);
  EXPECT_EQ(given.top_p, 1);
  EXPECT_EQ(given.max_tokens, 3);
  EXPECT_EQ(given.seed, 9U);
  EXPECT_EQ(given.stop, std::vector<std::string>{"x"});
}

}  // namespace
}  // namespace moru::serve
