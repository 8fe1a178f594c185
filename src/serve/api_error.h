// Errors as the OpenAI API has them: {"error": {"message", "type", "param", "code"}}.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "serve/http.h"

namespace moru::serve {

/// An answer other than success. what() is the message.
class ApiError : public std::runtime_error {
 public:
  /// `param` and `code` are null in the JSON if empty. The type follows from the status: 429 "rate_limit_error", 5xx
  /// "server_error", else "invalid_request_error".
  ApiError(int status, const std::string& message, std::string param = {}, std::string code = {});

  int status() const { return status_; }
  const std::string& param() const { return param_; }
  const std::string& code() const { return code_; }

  /// {"error": …} as text.
  std::string json() const;
  Response response() const;

 private:
  int status_;
  std::string param_, code_;
};

}  // namespace moru::serve
