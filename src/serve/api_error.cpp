#include "serve/api_error.h"

#include <nlohmann/json.hpp>

#include "core/json.h"

namespace moru::serve {
namespace {

std::string_view type_of(int status) {
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

ApiError::ApiError(int status, const std::string& message, std::string param, std::string code)
    : std::runtime_error(message), status_(status), param_(std::move(param)), code_(std::move(code)) {}

std::string ApiError::json() const {
  return dump_json({{"error",
                     {{"message", what()},
                      {"type", std::string(type_of(status_))},
                      {"param", or_null(param_)},
                      {"code", or_null(code_)}}}});
}

Response ApiError::response() const {
  Response response{status_, "application/json", json(), {}, {}};
  if (status_ == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace moru::serve
