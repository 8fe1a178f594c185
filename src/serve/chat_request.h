// The body of POST /v1/chat/completions, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infer/engine.h"
#include "infer/model_folder.h"
#include "text/model_chat.h"

namespace moru::serve {

/// What a client asked for; absent values are the model's to choose.
struct ChatRequest {
  std::string model;
  std::vector<text::ChatMessage> messages;
  text::ChatOptions chat;  ///< Tools and arguments for the model's template.
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<int> max_tokens;
  std::optional<uint64_t> seed;
  std::vector<std::string> stop;
  bool stream = false;
  bool include_usage = false;
};

/// Reads the JSON of a request. Throws ApiError (400) naming the parameter that is missing, of another type, out of
/// range, unknown, or asks for what Moru does not do (several choices, log probabilities, penalties, …).
ChatRequest parse_chat_request(std::string_view body);

/// The engine's parameters: the request's, else the model's defaults. `fresh_seed` is used if the request has no seed.
infer::SamplingParameters sampling_of(const ChatRequest& request, const infer::GenerationDefaults& defaults,
                                      uint64_t fresh_seed);

}  // namespace moru::serve
