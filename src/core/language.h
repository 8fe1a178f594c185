// The language a user reads: Korean or English.
#pragma once

#include <string_view>

namespace moru {

enum class UiLanguage { english, korean };

/// From MORU_LANG (en or ko), else LC_ALL, LC_MESSAGES, LANG; English where none says Korean.
UiLanguage ui_language();

/// The text in the user's language. Both must live as long as the result is used (string literals do).
std::string_view tr(std::string_view english, std::string_view korean);

}  // namespace moru
