#include "serve/chat_request.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "core/language.h"
#include "serve/api_error.h"
#include "serve/bad_request.h"
#include "serve/chat_tools.h"

namespace moru::serve {
namespace {

constexpr size_t kMostStops = 4;
constexpr size_t kMostMessages = 4096;

double number(const Json& value, const std::string& param, double low, double high) {
  if (value.is_number() && value.get<double>() >= low && value.get<double>() <= high) return value.get<double>();
  invalid(param, fmt::format(fmt::runtime(tr("a number from {} to {}", "{}에서 {} 사이의 수")), low, high));
}

int positive_integer(const Json& value, const std::string& param) {
  if (value.is_number_integer() && value >= 1) {
    return value > std::numeric_limits<int>::max() ? std::numeric_limits<int>::max() : value.get<int>();
  }
  invalid(param, tr("a whole number of 1 or more", "1 이상의 정수"));
}

bool boolean(const Json& value, const std::string& param) {
  if (value.is_boolean()) return value.get<bool>();
  invalid(param, tr("true or false", "true 또는 false"));
}

std::string text(const Json& value, const std::string& param) {
  if (value.is_string()) return value.get<std::string>();
  invalid(param, tr("a string", "문자열"));
}

/// A message's content: a string, or text parts, which are joined as they stand.
std::string content_of(const Json& message, const std::string& place) {
  const std::string param = place + ".content";
  const auto it = message.find("content");
  const auto calls = message.find("tool_calls");
  const bool calls_tools = calls != message.end() && calls->is_array() && !calls->empty();
  if ((it == message.end() || it->is_null()) && calls_tools) return {};
  if (it == message.end() || it->is_null()) missing(param);
  if (it->is_string()) return it->get<std::string>();
  if (!it->is_array() || it->empty())
    invalid(param, tr("a string or an array of text parts", "문자열 또는 글 조각의 배열"));
  std::string joined;
  for (size_t i = 0; i < it->size(); ++i) {
    const Json& part = (*it)[i];
    const std::string part_place = fmt::format("{}[{}]", param, i);
    if (!part.is_object() || !part.contains("type"))
      invalid(part_place, tr("an object with a type", "type이 있는 객체"));
    if (part["type"] != "text")
      unsupported(part_place + ".type", tr("only parts of type \"text\" are understood", "\"text\" 조각만 이해합니다"));
    if (!part.contains("text")) missing(part_place + ".text");
    joined += text(part["text"], part_place + ".text");
  }
  return joined;
}

text::ChatMessage message_of(const Json& json, const std::string& place) {
  if (!json.is_object()) invalid(place, tr("an object with role and content", "role과 content가 있는 객체"));
  if (!json.contains("role")) missing(place + ".role");
  std::string role = text(json["role"], place + ".role");
  if (role == "developer") role = "system";
  if (role != "system" && role != "user" && role != "assistant" && role != "tool") {
    unsupported(place + ".role", tr("the roles are system, developer, user, assistant and tool",
                                    "역할은 system, developer, user, assistant, tool입니다"));
  }
  for (const auto& [key, value] : json.items()) {
    if (key == "role" || key == "content" || key == "name" || value.is_null()) continue;
    if (role == "assistant" && (key == "tool_calls" || key == "reasoning_content" || key == "reasoning")) continue;
    if (role == "tool" && key == "tool_call_id") continue;
    // What an SDK adds to an earlier answer when it is sent back, empty here.
    const bool empty_list = (key == "tool_calls" || key == "annotations") && value.is_array() && value.empty();
    if (!empty_list)
      unsupported(fmt::format("{}.{}", place, key),
                  tr("this member of a message is not understood", "메시지의 이 항목은 이해하지 못합니다"));
  }
  return {std::move(role), content_of(json, place)};
}

std::vector<text::ChatMessage> messages_of(const Json& json) {
  if (!json.is_array() || json.empty())
    invalid("messages", tr("an array of one or more messages", "메시지가 하나 이상인 배열"));
  if (json.size() > kMostMessages) invalid("messages", tr("fewer messages", "더 적은 수의 메시지"));
  std::vector<text::ChatMessage> messages;
  for (size_t i = 0; i < json.size(); ++i) messages.push_back(message_of(json[i], fmt::format("messages[{}]", i)));
  return messages;
}

std::vector<std::string> stops_of(const Json& json) {
  std::vector<std::string> stops;
  if (json.is_string()) {
    stops.push_back(json.get<std::string>());
  } else if (json.is_array() && json.size() <= kMostStops) {
    for (const Json& stop : json) stops.push_back(text(stop, "stop"));
  } else {
    invalid("stop", tr("a string, or an array of up to 4 strings", "문자열 또는 4개까지의 문자열 배열"));
  }
  for (const std::string& stop : stops) {
    if (stop.empty()) invalid("stop", tr("strings that are not empty", "비어 있지 않은 문자열"));
  }
  return stops;
}

/// The seed is any 64-bit integer, negative ones too.
uint64_t seed_of(const Json& json) {
  if (json.is_number_unsigned()) return json.get<uint64_t>();
  if (json.is_number_integer()) return static_cast<uint64_t>(json.get<int64_t>());
  invalid("seed", tr("a whole number", "정수"));
}

using Read = void (*)(const Json& value, const std::string& param, ChatRequest& request);

/// A parameter that changes nothing here, whatever its value.
void ignore(const Json&, const std::string&, ChatRequest&) {}

void only_zero(const Json& value, const std::string& param, ChatRequest&) {
  if (number(value, param, -2, 2) != 0) unsupported(param, tr("only 0 is understood", "0만 이해합니다"));
}

void only_false(const Json& value, const std::string& param, ChatRequest&) {
  if (boolean(value, param)) unsupported(param, tr("only false is understood", "false만 이해합니다"));
}

void only_empty(const Json& value, const std::string& param, ChatRequest&) {
  if (!value.empty()) unsupported(param, tr("leave it out", "빼 주세요"));
}

void only_one(const Json& value, const std::string& param, ChatRequest&) {
  if (positive_integer(value, param) != 1) unsupported(param, tr("one choice a request", "요청마다 답은 하나입니다"));
}

void only_text_format(const Json& value, const std::string& param, ChatRequest&) {
  if (!value.is_object() || !value.contains("type")) invalid(param, tr("an object with a type", "type이 있는 객체"));
  if (value["type"] != "text")
    unsupported(param, tr("only {\"type\": \"text\"} is understood", "{\"type\": \"text\"}만 이해합니다"));
}

void only_text_modality(const Json& value, const std::string& param, ChatRequest&) {
  if (value != Json::array({"text"}))
    unsupported(param, tr("only [\"text\"] is understood", "[\"text\"]만 이해합니다"));
}

void only_no_function(const Json& value, const std::string& param, ChatRequest&) {
  if (value != "none" && value != "auto") unsupported(param, tr("use tools", "tools를 쓰세요"));
}

void read_stream_options(const Json& value, const std::string& param, ChatRequest& request) {
  if (!value.is_object()) invalid(param, tr("an object", "객체"));
  for (const auto& [key, option] : value.items()) {
    const std::string place = param + "." + key;
    if (key == "include_usage") {
      request.include_usage = boolean(option, place);
    } else if (key != "include_obfuscation") {
      unsupported(place, tr("the one option is include_usage", "쓸 수 있는 것은 include_usage뿐입니다"));
    }
  }
}

struct Parameter {
  std::string_view name;
  Read read;
};

/// Every parameter of the API's reference; a null value counts as absent.
constexpr Parameter kParameters[] = {
    {"model", [](const Json& v, const std::string& p, ChatRequest& r) { r.model = text(v, p); }},
    {"messages", [](const Json& v, const std::string&, ChatRequest& r) { r.messages = messages_of(v); }},
    {"temperature", [](const Json& v, const std::string& p, ChatRequest& r) { r.temperature = number(v, p, 0, 2); }},
    {"top_p", [](const Json& v, const std::string& p, ChatRequest& r) { r.top_p = number(v, p, 0, 1); }},
    // The newer name comes first and wins.
    {"max_completion_tokens",
     [](const Json& v, const std::string& p, ChatRequest& r) { r.max_tokens = positive_integer(v, p); }},
    {"max_tokens", [](const Json& v, const std::string& p,
                      ChatRequest& r) { r.max_tokens = r.max_tokens.value_or(positive_integer(v, p)); }},
    {"stop", [](const Json& v, const std::string&, ChatRequest& r) { r.stop = stops_of(v); }},
    {"seed", [](const Json& v, const std::string&, ChatRequest& r) { r.seed = seed_of(v); }},
    {"stream", [](const Json& v, const std::string& p, ChatRequest& r) { r.stream = boolean(v, p); }},
    {"stream_options", read_stream_options},
    {"n", only_one},
    {"frequency_penalty", only_zero},
    {"presence_penalty", only_zero},
    {"logit_bias", only_empty},
    {"logprobs", only_false},
    {"top_logprobs",
     [](const Json& v, const std::string& p, ChatRequest&) {
       if (v != 0) unsupported(p, tr("log probabilities are not given", "로그 확률은 주지 않습니다"));
     }},
    {"response_format", only_text_format},
    {"modalities", only_text_modality},
    // chat_tools.cpp reads these, with their order of keys.
    {"tools", ignore},
    {"tool_choice", ignore},
    {"chat_template_kwargs", ignore},
    {"reasoning_effort", ignore},
    {"add_generation_prompt", ignore},
    {"parallel_tool_calls", ignore},
    {"functions", only_empty},
    {"function_call", only_no_function},
    {"store", only_false},
    {"user", ignore},
    {"metadata", ignore},
    {"service_tier", ignore},
    {"safety_identifier", ignore},
    {"prompt_cache_key", ignore},
};

Json parse_object(std::string_view body) {
  try {
    Json json = Json::parse(body);
    if (json.is_object()) return json;
  } catch (const Json::exception& error) {
    throw ApiError(400,
                   fmt::format(fmt::runtime(tr("We could not parse the JSON body of your request: {}",
                                               "요청 본문의 JSON을 읽지 못했습니다: {}")),
                               error.what()),
                   {}, "invalid_json");
  }
  throw ApiError(400,
                 std::string(tr("The body of the request is not a JSON object.", "요청 본문이 JSON 객체가 아닙니다.")),
                 {}, "invalid_json");
}

/// What only the model's template knows is read with its order of keys, which templates print; most requests have none.
void read_template_members(std::string_view body, const Json& json, ChatRequest& request) {
  const bool options =
      std::ranges::any_of(std::initializer_list<const char*>{"tools", "tool_choice", "chat_template_kwargs",
                                                             "reasoning_effort", "add_generation_prompt"},
                          [&](const char* name) { return json.contains(name); });
  const bool members = std::ranges::any_of(json["messages"], [](const Json& message) {
    return message["role"] == "tool" || message["role"] == "assistant";
  });
  if (!options && !members) return;
  const auto ordered = nlohmann::ordered_json::parse(body);
  request.chat = chat_options(ordered);
  for (size_t i = 0; i < request.messages.size(); ++i)
    request.messages[i].more = template_members(ordered["messages"][i], fmt::format("messages[{}]", i));
}

}  // namespace

ChatRequest parse_chat_request(std::string_view body) {
  const Json json = parse_object(body);
  ChatRequest request;
  for (const auto& [key, value] : json.items()) {
    const bool known = std::any_of(std::begin(kParameters), std::end(kParameters),
                                   [&key = key](const Parameter& parameter) { return parameter.name == key; });
    if (!known) {
      throw ApiError(400,
                     fmt::format(fmt::runtime(tr("Unknown parameter: '{}'.", "모르는 매개변수입니다: '{}'.")), key),
                     key, "unknown_parameter");
    }
  }
  for (const Parameter& parameter : kParameters) {
    const std::string name(parameter.name);
    const auto it = json.find(name);
    if (it != json.end() && !it->is_null()) parameter.read(*it, name, request);
  }
  if (request.model.empty()) missing("model");
  if (request.messages.empty()) missing("messages");
  read_template_members(body, json, request);
  if (request.include_usage && !request.stream) {
    invalid("stream_options", tr("it only together with stream: true", "stream: true일 때만 쓰는 값"));
  }
  return request;
}

infer::SamplingParameters sampling_of(const ChatRequest& request, const infer::GenerationDefaults& defaults,
                                      uint64_t fresh_seed) {
  infer::SamplingParameters parameters;
  parameters.temperature = request.temperature.value_or(defaults.temperature);
  parameters.top_p = request.top_p.value_or(defaults.top_p);
  parameters.max_tokens = request.max_tokens.value_or(defaults.max_tokens.value_or(std::numeric_limits<int>::max()));
  parameters.seed = request.seed.value_or(fresh_seed);
  parameters.stop = request.stop;
  return parameters;
}

}  // namespace moru::serve
