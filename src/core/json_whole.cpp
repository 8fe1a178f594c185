#include "core/json_whole.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace moru {

int64_t whole_number(const Json& value, int64_t min, int64_t max) {
  const bool fits = value.is_number_unsigned() ? max >= 0 && value.get<uint64_t>() <= static_cast<uint64_t>(max)
                                               : value.is_number_integer() && value.get<int64_t>() <= max;
  if (!fits || value.get<int64_t>() < min)
    throw Json::other_error::create(502, fmt::format("not a whole number from {} to {}", min, max), &value);
  return value.get<int64_t>();
}

uint64_t natural_number(const Json& value) {
  if (!value.is_number_integer() || (!value.is_number_unsigned() && value.get<int64_t>() < 0))
    throw Json::other_error::create(502, "not a whole number of 0 or more that 64 bits hold", &value);
  return value.get<uint64_t>();
}

}  // namespace moru
