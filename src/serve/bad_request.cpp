#include "serve/bad_request.h"

#include "core/language.h"
#include "serve/api_error.h"

namespace moru::serve {

void invalid(const std::string& param, std::string_view expected) {
  throw ApiError(400,
                 fmt::format(fmt::runtime(tr("Invalid value for '{}': expected {}.",
                                             "'{}' 값이 잘못되었습니다: {}이어야 합니다.")),
                             param, expected),
                 param, "invalid_value");
}

void unsupported(const std::string& param, std::string_view instead) {
  throw ApiError(400,
                 fmt::format(fmt::runtime(tr("Unsupported value for '{}': {}.", "'{}' 값은 지원하지 않습니다: {}.")),
                             param, instead),
                 param, "unsupported_value");
}

void missing(const std::string& param) {
  throw ApiError(
      400,
      fmt::format(fmt::runtime(tr("Missing required parameter: '{}'.", "꼭 있어야 할 매개변수가 없습니다: '{}'.")),
                  param),
      param, "missing_required_parameter");
}

}  // namespace moru::serve
