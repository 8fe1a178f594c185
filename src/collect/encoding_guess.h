// Which encoding a text is in, where neither a mark nor a declaration says so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moru::collect {

/// Of bytes that are not UTF-8: "cp949", "johab", "shift_jis", "euc-jp", "gb18030", "big5" or "windows-1252", by how
/// well what they decode to fits the language (its commonest characters; for Western text, what stands beside what).
/// Nothing where none fits, or the bytes are UTF-8 for the most part: then they are damaged rather than otherwise
/// encoded. The first 64 KiB decide.
std::optional<std::string> guess_encoding(std::string_view bytes);

/// "utf-16le" or "utf-16be" of a text without its mark, by where its zero bytes stand; nothing where it is neither.
std::optional<std::string> guess_utf16(std::string_view bytes);

}  // namespace moru::collect
