// A model's text on a terminal: an answer must not move the cursor, change the title or colour what follows.
#pragma once

#include <string>
#include <string_view>

namespace moru::cli {

/// The text without control characters (C0 but newline and tab, DEL, C1). `piece` holds whole characters.
std::string terminal_text(std::string_view piece);

}  // namespace moru::cli
