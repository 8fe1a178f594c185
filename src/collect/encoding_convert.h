// Bytes in a named encoding to UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moru::collect {

/// By ICU, and for "johab" and "cp949" ("windows-949") by their own rules. Nothing if the encoding is not known or a
/// byte does not decode. Not `whole`: the bytes may end within a character, which is then left out.
std::optional<std::string> convert_to_utf8(std::string_view bytes, std::string_view encoding, bool whole = true);

}  // namespace moru::collect
