#include "core/language.h"

#include <cstdlib>

namespace moru {

UiLanguage ui_language() {
  for (const char* name : {"MORU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).substr(0, 2) == "ko" ? UiLanguage::korean : UiLanguage::english;
  }
  return UiLanguage::english;
}

std::string_view tr(std::string_view english, std::string_view korean) {
  return ui_language() == UiLanguage::korean ? korean : english;
}

}  // namespace moru
