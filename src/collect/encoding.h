// Bytes of a text file to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

struct Decoded {
  std::string text;      ///< Valid UTF-8, line ends "\n", without a byte-order mark.
  std::string encoding;  ///< "utf-8", "utf-16le", "utf-16be", "cp949", "johab", "windows-1252", …
};

/// UTF-16 by its byte-order mark, or where its zero bytes stand; UTF-8 if the bytes are; else the encoding that the
/// file declares (`declared`, such as HTML's charset), if it is known and every byte decodes; else by what the bytes
/// decode to (encoding_guess.h): CP949 (EUC-KR with all Hangul syllables) and Johab, Japanese, Chinese and Western
/// encodings. Throws Unreadable: "invalid-encoding" with the first byte that is not UTF-8, or "binary" where there are
/// zero bytes. `offset` is where the bytes begin in their file.
Decoded decode(std::string_view bytes, std::string_view declared = {}, size_t offset = 0);

}  // namespace moru::collect
