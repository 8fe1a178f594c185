// The codings that bodies and headers of Internet messages are transported in (RFC 2045, 2047).
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// Characters that are not base64's are passed over; the text ends at its padding.
std::string base64_decoded(std::string_view text);
/// "=3D" and soft line ends undone; a "=" that begins neither stays. `in_header`: "_" is a space.
std::string quoted_printable_decoded(std::string_view text, bool in_header);

}  // namespace moru::collect
