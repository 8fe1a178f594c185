// Korea's provinces, cities, counties and districts.
#pragma once

#include <span>
#include <string_view>

namespace moru::curate::pii {

/// The 17 provinces and metropolitan cities in all their forms, longest first ("서울특별시", "서울시", "서울").
std::span<const std::string_view> korean_provinces();
/// Cities, counties, districts, and the districts of large cities (시, 군, 구), each name once.
std::span<const std::string_view> korean_districts();

}  // namespace moru::curate::pii
