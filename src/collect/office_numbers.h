// Numbers of lists as office programs write them.
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// `number` in a format of ECMA-376 (ST_NumberFormat: "decimal", "upperRoman", "ganada", "chosung", …) or of
/// OpenDocument ("1", "a", "A", "i", "I", "가, 나, 다, ..."). Other formats give decimal digits; "none" and "bullet"
/// give nothing.
std::string list_number(int number, std::string_view format);

}  // namespace moru::collect
