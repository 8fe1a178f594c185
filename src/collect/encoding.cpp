#include "collect/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include "collect/extractor.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};

/// The bytes in UTF-8, or nothing if the encoding is unknown or a byte does not decode.
std::optional<std::string> convert(std::string_view bytes, const std::string& encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> from(ucnv_open(encoding.c_str(), &status));
  const std::unique_ptr<UConverter, CloseConverter> to(ucnv_open("UTF-8", &status));
  if (U_FAILURE(status)) return std::nullopt;
  ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::string text(bytes.size() * 3 + 16, '\0');  // a byte gives at most one UTF-16 unit, which gives at most 3 bytes
  char* target = text.data();
  const char* source = bytes.data();
  ucnv_convertEx(to.get(), from.get(), &target, text.data() + text.size(), &source, bytes.data() + bytes.size(),
                 nullptr, nullptr, nullptr, nullptr, true, true, &status);
  if (U_FAILURE(status)) return std::nullopt;
  text.resize(static_cast<size_t>(target - text.data()));
  return text;
}

/// Latin-1 text can decode as CP949 by chance; real Korean is mostly Hangul where it is not ASCII.
bool mostly_korean(std::string_view text) {
  size_t korean = 0, other = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = text::next_code_point(text, i);
    if (c < 0x80) continue;
    ++(text::is_hangul(c) || (c >= 0x4E00 && c < 0xA000) || (c >= 0x3000 && c < 0x3040) || c >= 0xFF00 ? korean
                                                                                                       : other);
  }
  return korean > 0 && korean >= other;
}

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

}  // namespace

Decoded decode(std::string_view bytes, std::string_view declared, size_t offset) {
  using namespace std::string_view_literals;
  for (const auto& [mark, name] : {std::pair{"\xFF\xFE"sv, "utf-16le"sv}, {"\xFE\xFF"sv, "utf-16be"sv}}) {
    if (!bytes.starts_with(mark)) continue;
    if (auto text = convert(bytes.substr(mark.size()), std::string(name)))
      return finish(std::move(*text), std::string(name), offset);
    throw Unreadable("invalid-encoding", fmt::format("begins with the mark of {} but is not", name));
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    offset += 3;
  }
  const size_t valid = text::valid_utf8_length(bytes);
  if (valid == bytes.size()) return finish(std::string(bytes), "utf-8", offset);
  if (const size_t zero = bytes.find('\0'); zero != std::string_view::npos)
    throw Unreadable("binary", fmt::format("a zero byte at byte {}", offset + zero));
  std::string name(declared);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  // Pages that say euc-kr are written in its superset more often than not.
  if (name == "euc-kr" || name == "ks_c_5601-1987" || name == "ksc5601" || name == "x-windows-949") name = "cp949";
  if (!name.empty() && name != "cp949" && !name.starts_with("utf"))
    if (auto text = convert(bytes, name)) return finish(std::move(*text), name, offset);
  if (auto text = convert(bytes, "windows-949"); text && (name == "cp949" || mostly_korean(*text)))
    return finish(std::move(*text), "cp949", offset);
  throw Unreadable(
      "invalid-encoding",
      fmt::format("byte {} (0x{:02X}) is not UTF-8", offset + valid, static_cast<unsigned char>(bytes[valid])),
      {offset + valid, offset + valid + 1});
}

}  // namespace moru::collect
