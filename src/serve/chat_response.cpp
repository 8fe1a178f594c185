#include "serve/chat_response.h"

#include <nlohmann/json.hpp>
#include <random>

#include "core/json.h"

namespace moru::serve {
namespace {

Json usage_of(const infer::Completion& completion) {
  return {{"prompt_tokens", completion.prompt_tokens},
          {"completion_tokens", completion.completion_tokens},
          {"total_tokens", completion.prompt_tokens + completion.completion_tokens}};
}

std::string event(const Json& json) {
  return "data: " + dump_json(json) + "\n\n";
}

Json chunk(const ChatResponse& response, Json choices) {
  Json json = {{"id", response.id},
               {"object", "chat.completion.chunk"},
               {"created", response.created},
               {"model", response.model},
               {"choices", std::move(choices)}};
  if (response.include_usage) json["usage"] = nullptr;
  return json;
}

Json choice(Json delta, Json finish_reason) {
  return Json::array({{{"index", 0},
                       {"delta", std::move(delta)},
                       {"logprobs", nullptr},
                       {"finish_reason", std::move(finish_reason)}}});
}

}  // namespace

std::string new_completion_id() {
  std::random_device device;
  std::string id = "chatcmpl-";
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", device());
  return id;
}

std::string ChatResponse::whole(const infer::Completion& completion) const {
  return dump_json(
      {{"id", id},
       {"object", "chat.completion"},
       {"created", created},
       {"model", model},
       {"choices",
        Json::array({{{"index", 0},
                      {"message", {{"role", "assistant"}, {"content", completion.text}, {"refusal", nullptr}}},
                      {"logprobs", nullptr},
                      {"finish_reason", completion.finish_reason}}})},
       {"usage", usage_of(completion)}});
}

std::string ChatResponse::first_event() const {
  return event(chunk(*this, choice({{"role", "assistant"}, {"content", ""}}, nullptr)));
}

std::string ChatResponse::text_event(std::string_view piece) const {
  return event(chunk(*this, choice({{"content", std::string(piece)}}, nullptr)));
}

std::string ChatResponse::last_event(std::string_view finish_reason) const {
  return event(chunk(*this, choice(Json::object(), std::string(finish_reason))));
}

std::string ChatResponse::usage_event(const infer::Completion& completion) const {
  Json json = chunk(*this, Json::array());
  json["usage"] = usage_of(completion);
  return event(json);
}

}  // namespace moru::serve
