// The errors of a request's parameters, in the API's words.
#pragma once

#include <string>
#include <string_view>

namespace moru::serve {

/// "Invalid value for 'PARAM': expected EXPECTED."
[[noreturn]] void invalid(const std::string& param, std::string_view expected);
/// "Unsupported value for 'PARAM': INSTEAD."
[[noreturn]] void unsupported(const std::string& param, std::string_view instead);
[[noreturn]] void missing(const std::string& param);

}  // namespace moru::serve
