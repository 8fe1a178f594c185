// Against DNS rebinding: a foreign page whose name suddenly points at this machine must not read answers.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace moru::serve {

/// Whether a Host header names this machine as only its own users would: an IP address, localhost, a name under
/// .localhost, or one of `names`; with or without a port. A request without the header passes: browsers always send it.
bool host_allowed(std::string_view host, std::span<const std::string> names);

}  // namespace moru::serve
