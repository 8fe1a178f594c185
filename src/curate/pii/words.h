// The words at which detectors of words are called; each list stands with its detector.
#pragma once

#include <span>
#include <string_view>

namespace moru::curate::pii {

std::span<const std::string_view> korean_region_words();
std::span<const std::string_view> korean_label_words();
std::span<const std::string_view> korean_title_words();
std::span<const std::string_view> english_name_words();

}  // namespace moru::curate::pii
