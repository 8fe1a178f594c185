// Tools, tool calls and reasoning in POST /v1/chat/completions: what a model's chat template is given as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "text/model_chat.h"

namespace moru::serve {

/// The members of a message that only templates know, as a JSON object for text::ChatMessage::more: `tool_calls` (their
/// arguments as objects, not as the API's strings of JSON, since templates are written for objects),
/// `reasoning_content` (also as `reasoning`), `tool_call_id` and a tool's `name`; empty if there are none. Throws
/// ApiError (400) naming what is wrong below `place`.
std::string template_members(const nlohmann::ordered_json& message, const std::string& place);

/// `tools`, `tool_choice`, `chat_template_kwargs`, `reasoning_effort` and `add_generation_prompt` of a request. With
/// tool_choice "none" the model is told of no tools. Throws ApiError (400).
text::ChatOptions chat_options(const nlohmann::ordered_json& body);

}  // namespace moru::serve
