#include "cli/terminal_text.h"

namespace moru::cli {

std::string terminal_text(std::string_view piece) {
  std::string out;
  for (size_t i = 0; i < piece.size(); ++i) {
    const auto c = static_cast<unsigned char>(piece[i]);
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) continue;
    // C1 controls, U+0080 … U+009F, are C2 80 … C2 9F in UTF-8.
    if (c == 0xC2 && i + 1 < piece.size() && static_cast<unsigned char>(piece[i + 1]) < 0xA0) {
      ++i;
      continue;
    }
    out += piece[i];
  }
  return out;
}

}  // namespace moru::cli
