// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace moru::pipeline {

/// 1234567 -> "1,234,567".
std::string grouped(uint64_t value);
/// "512 B", "4.2 KB", "38.1 MB", "1.20 GB"; a thousand is a thousand.
std::string bytes_text(uint64_t bytes);
/// "0.8 s", "42 s", "3:07", "1:02:45".
std::string seconds_text(double seconds);

}  // namespace moru::pipeline
