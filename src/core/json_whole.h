// Whole numbers out of JSON that nobody has checked.
#pragma once

#include <cstdint>

#include "core/json.h"

namespace moru {

/// The number, if it is a whole one from `min` to `max`. Throws nlohmann::json::other_error, for a caller that names
/// the place; the library's own get() would turn a number around, or make one of a fraction that no integer holds.
int64_t whole_number(const Json& value, int64_t min, int64_t max);
/// The same from 0 to 2^64 - 1.
uint64_t natural_number(const Json& value);

}  // namespace moru
