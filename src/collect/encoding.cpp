#include "collect/encoding.h"

#include "collect/encoding_convert.h"
#include "collect/encoding_guess.h"
#include "collect/extractor.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

/// "\r\n" and "\r" become "\n", in place.
void unify_line_ends(std::string& text) {
  size_t kept = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    text[kept++] = text[i] == '\r' ? '\n' : text[i];
  }
  text.resize(kept);
}

Decoded finish(std::string text, std::string encoding, size_t offset) {
  if (const void* zero = std::memchr(text.data(), 0, text.size()))
    throw Unreadable("binary", fmt::format("a zero character near byte {}",
                                           offset + static_cast<size_t>(static_cast<const char*>(zero) - text.data())));
  unify_line_ends(text);
  return {std::move(text), std::move(encoding)};
}

/// A declared encoding's name as convert_to_utf8 takes it.
std::string known_name(std::string_view declared) {
  std::string name(declared);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  // Pages that say euc-kr are written in its superset more often than not.
  for (const std::string_view korean : {"euc-kr", "euckr", "ks_c_5601-1987", "ks_c_5601", "ks_c_5601-1989", "ksc5601",
                                        "ks_x_1001", "x-windows-949", "windows-949", "ms949", "uhc", "korean"})
    if (name == korean) return "cp949";
  if (name == "gb2312" || name == "gbk" || name == "x-gbk") return "gb18030";
  if (name == "iso-8859-1" || name == "latin1" || name == "us-ascii" || name == "ascii") return "windows-1252";
  if (name == "x-sjis" || name == "sjis") return "shift_jis";
  return name;
}

}  // namespace

Decoded decode(std::string_view bytes, std::string_view declared, size_t offset) {
  using namespace std::string_view_literals;
  for (const auto& [mark, name] : {std::pair{"\xFF\xFE"sv, "utf-16le"sv}, {"\xFE\xFF"sv, "utf-16be"sv}}) {
    if (!bytes.starts_with(mark)) continue;
    if (auto text = convert_to_utf8(bytes.substr(mark.size()), name))
      return finish(std::move(*text), std::string(name), offset);
    throw Unreadable("invalid-encoding", fmt::format("begins with the mark of {} but is not", name));
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    offset += 3;
  }
  const size_t zero = bytes.find('\0');
  if (zero != std::string_view::npos) {
    if (const auto name = guess_utf16(bytes))
      if (auto text = convert_to_utf8(bytes, *name)) return finish(std::move(*text), *name, offset);
    throw Unreadable("binary", fmt::format("a zero byte at byte {}", offset + zero));
  }
  const size_t valid = text::valid_utf8_length(bytes);
  const std::string name = known_name(declared);
  // Escapes of seven bits look like ASCII.
  if (valid == bytes.size() && !name.starts_with("iso-2022-") && name != "hz-gb-2312")
    return finish(std::string(bytes), "utf-8", offset);
  if (!name.empty() && !name.starts_with("utf"))
    if (auto text = convert_to_utf8(bytes, name)) return finish(std::move(*text), name, offset);
  if (const auto guessed = guess_encoding(bytes))
    if (auto text = convert_to_utf8(bytes, *guessed)) return finish(std::move(*text), *guessed, offset);
  if (valid == bytes.size()) return finish(std::string(bytes), "utf-8", offset);
  throw Unreadable(
      "invalid-encoding",
      fmt::format("byte {} (0x{:02X}) is not UTF-8", offset + valid, static_cast<unsigned char>(bytes[valid])),
      {offset + valid, offset + valid + 1});
}

}  // namespace moru::collect
