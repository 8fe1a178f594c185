#include "text/char_class.h"

#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/uset.h>

#include <cassert>

namespace moru::text {
namespace {

CharClass class_of(UChar32 code, int8_t category) {
  if (code == '\r' || code == '\n') return CharClass::newline;
  if (u_isUWhiteSpace(code)) return CharClass::space;
  switch (category) {
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
      return CharClass::letter;
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK:
      return CharClass::mark;
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
    case U_OTHER_NUMBER:
      return CharClass::number;
    default:
      return CharClass::other;
  }
}

const icu::Normalizer2& nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = icu::Normalizer2::getNFCInstance(status);
  assert(U_SUCCESS(status) && instance != nullptr);
  return *instance;
}

/// Appends the normal form of `text`, which is valid UTF-8.
void append_nfc(std::string_view text, std::string& out) {
  // ICU counts in 32 bits; a run of marks this long is no text, and stays as it is.
  if (text.size() > (1U << 28)) {
    out += text;
    return;
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&out);
  nfc().normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  assert(U_SUCCESS(status));
}

}  // namespace

CharTable::CharTable() {
  constexpr size_t kCodes = 0x110000;
  std::vector<uint8_t> all(kCodes);
  u_enumCharTypes(
      [](const void* context, UChar32 start, UChar32 limit, UCharCategory category) -> UBool {
        auto* table = static_cast<uint8_t*>(const_cast<void*>(context));
        std::fill(table + start, table + limit, static_cast<uint8_t>(class_of(-1, static_cast<int8_t>(category))));
        return true;
      },
      all.data());
  // White space lies in the basic plane.
  for (UChar32 code = 0; code < 0x10000; ++code) {
    if (u_isUWhiteSpace(code)) all[static_cast<size_t>(code)] = static_cast<uint8_t>(class_of(code, u_charType(code)));
  }
  for (uint8_t& entry : all) entry |= kNfcStarter;
  UErrorCode status = U_ZERO_ERROR;
  USet* exceptions = uset_openPattern(u"[[:^NFC_QC=Yes:][:^ccc=0:]]", -1, &status);
  assert(U_SUCCESS(status));
  for (int32_t i = 0, count = uset_getItemCount(exceptions); i < count; ++i) {
    UChar32 start = 0, end = 0;
    uset_getItem(exceptions, i, &start, &end, nullptr, 0, &status);
    for (UChar32 code = start; code <= end; ++code)
      all[static_cast<size_t>(code)] &= static_cast<uint8_t>(~kNfcStarter);
  }
  uset_close(exceptions);

  std::map<std::string_view, uint16_t> seen;
  for (size_t block = 0; block < block_.size(); ++block) {
    const std::string_view bytes(reinterpret_cast<const char*>(all.data()) + block * 256, 256);
    const auto [it, is_new] = seen.try_emplace(bytes, static_cast<uint16_t>(seen.size()));
    if (is_new) entries_.insert(entries_.end(), bytes.begin(), bytes.end());
    block_[block] = it->second;
  }
}

const CharTable& CharTable::get() {
  static const CharTable table;
  return table;
}

std::string_view normalized_nfc(std::string_view text, std::string& storage) {
  const CharTable& table = CharTable::get();
  storage.clear();
  size_t copied = 0;   // text[0, copied) is in `storage` already
  size_t starter = 0;  // where the last character that can begin a composition begins
  size_t position = 0;
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (c.nfc_starter) {
      starter = position;
      position += c.length;
      continue;
    }
    // The stretch from the starter before to the starter after is normalised by itself. After a broken byte, or at the
    // very start, it begins with this character.
    const size_t begin = starter < position && table.at(text, starter).valid ? starter : position;
    size_t end = position;
    while (end < text.size()) {
      const Character next = table.at(text, end);
      if (next.nfc_starter) break;
      end += next.length;
    }
    storage.append(text, copied, begin - copied);
    append_nfc(text.substr(begin, end - begin), storage);
    copied = starter = position = end;
  }
  if (copied == 0) return text;
  storage.append(text, copied);
  return storage;
}

}  // namespace moru::text
