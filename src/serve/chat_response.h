// Answers of POST /v1/chat/completions, whole and in pieces, as the OpenAI API has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "infer/engine.h"

namespace moru::serve {

/// "chatcmpl-" and 32 hexadecimal digits, unlike any other.
std::string new_completion_id();

/// What every piece of one answer carries.
struct ChatResponse {
  std::string id;
  int64_t created = 0;  ///< Unix time.
  std::string model;
  bool include_usage = false;  ///< Pieces then carry "usage": null, and usage_event() follows the last.

  /// The whole answer: an object "chat.completion".
  std::string whole(const infer::Completion& completion) const;

  /// Server-sent events, each an object "chat.completion.chunk" as "data: {…}\n\n". The first names the role.
  std::string first_event() const;
  std::string text_event(std::string_view piece) const;
  std::string last_event(std::string_view finish_reason) const;
  /// No choices, and the usage of the whole request.
  std::string usage_event(const infer::Completion& completion) const;
};

/// The end of a stream: "data: [DONE]\n\n".
inline constexpr std::string_view kDoneEvent = "data: [DONE]\n\n";

}  // namespace moru::serve
