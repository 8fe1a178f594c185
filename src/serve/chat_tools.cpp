#include "serve/chat_tools.h"

#include <nlohmann/json.hpp>

#include "core/language.h"
#include "serve/api_error.h"
#include "serve/bad_request.h"

namespace moru::serve {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Deeper than any tool's parameters; what is deeper would take the stack when it is printed.
constexpr int kMostDepth = 64;

bool is_too_deep(const OrderedJson& json, int depth = 0) {
  if (!json.is_structured()) return false;
  return depth > kMostDepth ||
         std::ranges::any_of(json, [&](const OrderedJson& item) { return is_too_deep(item, depth + 1); });
}

const OrderedJson& member(const OrderedJson& object, const char* name, const std::string& place) {
  if (!object.is_object()) invalid(place, tr("an object", "객체"));
  const auto it = object.find(name);
  if (it == object.end()) missing(fmt::format("{}.{}", place, name));
  return *it;
}

std::string name_of(const OrderedJson& function, const std::string& place) {
  const OrderedJson& name = member(function, "name", place);
  if (!name.is_string()) invalid(place + ".name", tr("a string", "문자열"));
  return name.get<std::string>();
}

OrderedJson tool_calls_of(const OrderedJson& given, const std::string& place) {
  if (!given.is_array()) invalid(place, tr("an array of tool calls", "도구 호출의 배열"));
  OrderedJson calls = OrderedJson::array();
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string here = fmt::format("{}[{}]", place, i);
    const OrderedJson& function = member(given[i], "function", here);
    OrderedJson call = given[i];
    (void)name_of(function, here + ".function");
    OrderedJson arguments = member(function, "arguments", here + ".function");
    if (arguments.is_string()) {
      const auto text = arguments.get<std::string>();
      arguments = text.empty() ? OrderedJson::object() : OrderedJson::parse(text, nullptr, false);
    }
    if (!arguments.is_object()) invalid(here + ".function.arguments", tr("a JSON object", "JSON 객체"));
    call["function"]["arguments"] = std::move(arguments);
    calls.push_back(std::move(call));
  }
  return calls;
}

/// "auto" is what happens; "none" leaves the tools out; to force a call would need constrained decoding.
bool wants_tools(const OrderedJson& body) {
  const auto it = body.find("tool_choice");
  if (it == body.end() || it->is_null() || *it == "auto") return true;
  if (*it == "none") return false;
  unsupported("tool_choice",
              tr("the model itself decides: \"auto\" or \"none\"", "모델이 스스로 정합니다: \"auto\" 또는 \"none\""));
}

}  // namespace

std::string template_members(const OrderedJson& message, const std::string& place) {
  OrderedJson more = OrderedJson::object();
  const auto given = [&](const char* name) -> const OrderedJson* {
    const auto it = message.find(name);
    return it == message.end() || it->is_null() ? nullptr : &*it;
  };
  const auto text = [&](const char* name, const char* as) {
    const OrderedJson* value = given(name);
    if (value == nullptr) return;
    if (!value->is_string()) invalid(fmt::format("{}.{}", place, name), tr("a string", "문자열"));
    more[as] = *value;
  };
  const std::string role = message.value("role", "");
  if (role == "assistant") {
    text("reasoning", "reasoning_content");
    text("reasoning_content", "reasoning_content");
    if (const OrderedJson* calls = given("tool_calls"); calls != nullptr && !calls->empty()) {
      if (is_too_deep(*calls)) invalid(place + ".tool_calls", tr("JSON of less depth", "덜 깊은 JSON"));
      more["tool_calls"] = tool_calls_of(*calls, place + ".tool_calls");
      if (given("content") == nullptr) more["content"] = nullptr;
    }
  } else if (role == "tool") {
    text("tool_call_id", "tool_call_id");
    text("name", "name");
  }
  return more.empty() ? std::string() : more.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

text::ChatOptions chat_options(const OrderedJson& body) {
  text::ChatOptions options;
  const auto given = [&](const char* name) -> const OrderedJson* {
    const auto it = body.find(name);
    return it == body.end() || it->is_null() ? nullptr : &*it;
  };
  const bool wanted = wants_tools(body);
  if (const OrderedJson* tools = given("tools"); tools != nullptr) {
    if (!tools->is_array()) invalid("tools", tr("an array of tools", "도구의 배열"));
    if (is_too_deep(*tools)) invalid("tools", tr("JSON of less depth", "덜 깊은 JSON"));
    for (size_t i = 0; i < tools->size(); ++i) {
      const std::string place = fmt::format("tools[{}]", i);
      if (member((*tools)[i], "type", place) != "function")
        unsupported(place + ".type", tr("tools are functions", "도구는 함수입니다"));
      (void)name_of(member((*tools)[i], "function", place), place + ".function");
    }
    if (wanted && !tools->empty()) options.tools = tools->dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  }
  OrderedJson arguments = OrderedJson::object();
  if (const OrderedJson* effort = given("reasoning_effort"); effort != nullptr) {
    if (!effort->is_string()) invalid("reasoning_effort", tr("a string", "문자열"));
    arguments["reasoning_effort"] = *effort;
  }
  if (const OrderedJson* more = given("chat_template_kwargs"); more != nullptr) {
    if (!more->is_object()) invalid("chat_template_kwargs", tr("an object", "객체"));
    if (is_too_deep(*more)) invalid("chat_template_kwargs", tr("JSON of less depth", "덜 깊은 JSON"));
    for (const auto& [key, value] : more->items()) arguments[key] = value;
  }
  if (!arguments.empty()) options.arguments = arguments.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  if (const OrderedJson* prompt = given("add_generation_prompt"); prompt != nullptr) {
    if (!prompt->is_boolean()) invalid("add_generation_prompt", tr("true or false", "true 또는 false"));
    options.generation_prompt = prompt->get<bool>();
  }
  return options;
}

}  // namespace moru::serve
