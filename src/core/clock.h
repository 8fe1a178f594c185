// The time of day, for records. Nothing that a result depends on reads it.
#pragma once

#include <string>

namespace moru {

/// Now, ISO 8601 in UTC to the second: "2026-01-31T09:15:00Z".
std::string utc_now();

}  // namespace moru
