// The program's version.
#pragma once

#include <string_view>

namespace moru {

/// "0.1.0", as CMakeLists.txt has it.
std::string_view version();

}  // namespace moru
