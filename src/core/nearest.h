// The name that was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru {

/// The known name that fewest changed letters make of `name`; empty if all are too far off to be a slip of the finger
/// (past a third of the name's length).
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace moru
