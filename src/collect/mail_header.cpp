// Header fields of Internet messages.
#include <charconv>

#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/mail_coding.h"
#include "collect/mail_mime.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

/// The bytes in UTF-8, whatever they say they are.
std::string readable(std::string_view bytes, std::string_view charset) {
  try {
    return decode(bytes, charset).text;
  } catch (const Unreadable&) {
    return text::repair_utf8(bytes);
  }
}

int hex(char c) {
  return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// One encoded word that begins at `at`; its end and undecoded content. False if it is none.
struct EncodedWord {
  std::string charset;
  std::string bytes;
  size_t end = 0;
};
bool encoded_word(std::string_view text, size_t at, EncodedWord& word) {
  if (text.substr(at, 2) != "=?") return false;
  const size_t charset_end = text.find('?', at + 2);
  if (charset_end == std::string_view::npos || charset_end - at > 64 || charset_end + 2 >= text.size() ||
      text[charset_end + 2] != '?')
    return false;
  const size_t begin = charset_end + 3;
  const size_t end = text.find("?=", begin);
  if (end == std::string_view::npos || end - begin > 1024) return false;
  std::string_view charset = text.substr(at + 2, charset_end - at - 2);
  charset = charset.substr(0, charset.find('*'));  // a language may follow
  const char coding = static_cast<char>(text[charset_end + 1] | 0x20);
  const std::string_view content = text.substr(begin, end - begin);
  if (coding != 'b' && coding != 'q') return false;
  word = {lower_ascii(charset), coding == 'b' ? base64_decoded(content) : quoted_printable_decoded(content, true),
          end + 2};
  return true;
}

}  // namespace

std::string decode_mail_header(std::string_view value) {
  std::string plain, out;
  const auto flush = [&] { out += readable(std::exchange(plain, ""), ""); };
  for (size_t at = 0; at < value.size();) {
    EncodedWord word;
    if (!encoded_word(value, at, word)) {
      plain += value[at++];
      continue;
    }
    flush();
    // Words of one charset are one text that may be cut within a character; the space between words is not part of it.
    std::string bytes = std::move(word.bytes);
    const std::string charset = word.charset;
    at = word.end;
    while (true) {
      const size_t next = value.find_first_not_of(" \t\r\n", at);
      if (next == std::string_view::npos || !encoded_word(value, next, word)) break;
      if (word.charset != charset) {
        at = next;
        break;
      }
      bytes += word.bytes;
      at = word.end;
    }
    out += readable(bytes, charset);
  }
  flush();
  return text::normalise_space(out);
}

MailValue parse_mail_value(std::string_view field) {
  MailValue out;
  const size_t semicolon = std::min(field.find(';'), field.size());
  out.value = lower_ascii(text::trim(field.substr(0, semicolon)));
  std::map<std::string, std::map<int, std::string>> pieces;  // "filename*0*": by name, then number
  std::map<std::string, std::string> charsets;
  for (size_t at = semicolon + 1; at < field.size() && out.parameters.size() < 64;) {
    const size_t equals = field.find('=', at);
    if (equals == std::string_view::npos) break;
    std::string name = lower_ascii(text::trim(field.substr(at, equals - at)));
    std::string content;
    at = field.find_first_not_of(" \t\r\n", equals + 1);
    if (at == std::string_view::npos) at = field.size();
    if (at < field.size() && field[at] == '"') {
      for (++at; at < field.size() && field[at] != '"'; ++at) {
        if (field[at] == '\\' && at + 1 < field.size()) ++at;
        content += field[at];
      }
      at = std::min(field.find(';', at), field.size()) + 1;
    } else {
      const size_t end = std::min(field.find(';', at), field.size());
      content = text::trim(field.substr(at, end - at));
      at = end + 1;
    }
    const size_t star = name.find('*');
    if (star == std::string::npos) {
      out.parameters.emplace(name, decode_mail_header(content));
      continue;
    }
    const bool encoded = name.ends_with('*');
    int number = 0;
    std::from_chars(name.data() + star + 1, name.data() + name.size(), number);
    name.resize(star);
    if (encoded && number == 0) {
      const size_t first = content.find('\''), second = content.find('\'', first + 1);
      if (first != std::string::npos && second != std::string::npos) {
        charsets[name] = content.substr(0, first);
        content.erase(0, second + 1);
      }
    }
    if (pieces[name].size() < 64) pieces[name].emplace(number, encoded ? percent_decoded(content) : content);
  }
  for (const auto& [name, numbered] : pieces) {
    std::string bytes;
    for (const auto& [number, piece] : numbered) bytes += piece;
    out.parameters[name] = readable(bytes, charsets[name]);
  }
  return out;
}

std::string mail_date(std::string_view field) {
  const size_t comma = field.find(',');
  std::string text(field.substr(comma == std::string_view::npos ? 0 : comma + 1));
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  char month[4] = {};
  char zone[8] = {};
  const int found =
      std::sscanf(text.c_str(), "%2d %3s %4d %2d:%2d:%2d %7s", &day, month, &year, &hour, &minute, &second, zone);
  if (found < 5) return {};
  if (found == 5) std::sscanf(text.c_str(), "%*2d %*3s %*4d %*2d:%*2d %7s", zone);
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const size_t at = kMonths.find(month);
  if (at == std::string_view::npos || at % 3 != 0) return {};
  if (year < 100) year += year < 50 ? 2000 : 1900;
  int offset = 0;
  if (zone[0] == '+' || zone[0] == '-') {
    const int hhmm = std::atoi(zone + 1);
    offset = (hhmm / 100 * 60 + hhmm % 100) * (zone[0] == '-' ? -1 : 1);
  }
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = static_cast<int>(at / 3);
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute - offset;
  parts.tm_sec = second;
  const time_t time = timegm(&parts);
  if (time < 0 || gmtime_r(&time, &parts) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace moru::collect
