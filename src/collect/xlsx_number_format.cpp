#include "collect/xlsx_number_format.h"

#include <cmath>
#include <vector>

#include "collect/xlsx_date.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxCode = 255;  // characters of a format code, as Excel has it

struct Token {
  enum class Kind { literal, digit, point, comma, percent, exponent, text, other };
  Kind kind = Kind::literal;
  std::string text;  ///< The literal; for a digit its sign: "0", "#" or "?".
};

struct Section {
  std::string code;  ///< Without colours and conditions.
  char compare = 0;  ///< '<', '>', '=', 'l' (<=), 'g' (>=), 'n' (<>); 0: none
  double limit = 0;
};

std::vector<Section> split(std::string_view code) {
  std::vector<Section> sections(1);
  for (size_t i = 0; i < code.size(); ++i) {
    std::string& out = sections.back().code;
    if (code[i] == ';') {
      sections.emplace_back();
    } else if (code[i] == '"') {
      const size_t end = std::min(code.find('"', i + 1), code.size() - 1);
      out += code.substr(i, end - i + 1);
      i = end;
    } else if (code[i] == '\\' && i + 1 < code.size()) {
      out += code.substr(i++, 2);
    } else if (code[i] == '[') {
      const size_t end = std::min(code.find(']', i), code.size() - 1);
      std::string_view inside = code.substr(i + 1, end - i - 1);
      const bool elapsed = !inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos;
      if (inside.starts_with('$') || elapsed) {
        out += code.substr(i, end - i + 1);
      } else if (inside.starts_with('<') || inside.starts_with('>') || inside.starts_with('=')) {
        const size_t number = inside.find_first_not_of("<>=");
        const std::string_view sign = inside.substr(0, number);
        sections.back().compare = sign == "<=" ? 'l' : sign == ">=" ? 'g' : sign == "<>" ? 'n' : sign[0];
        if (number != std::string_view::npos)
          sections.back().limit = std::strtod(std::string(inside.substr(number)).c_str(), nullptr);
      }
      i = end;
    } else {
      out += code[i];
    }
  }
  return sections;
}

bool holds(const Section& section, double value) {
  switch (section.compare) {
    case '<':
      return value < section.limit;
    case '>':
      return value > section.limit;
    case '=':
      return value == section.limit;
    case 'l':
      return value <= section.limit;
    case 'g':
      return value >= section.limit;
    case 'n':
      return value != section.limit;
    default:
      return true;
  }
}

std::vector<Token> tokens_of(std::string_view code) {
  std::vector<Token> tokens;
  const auto literal = [&](std::string_view text) { tokens.push_back({Token::Kind::literal, std::string(text)}); };
  for (size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '"') {
      const size_t end = std::min(code.find('"', i + 1), code.size());
      literal(code.substr(i + 1, end - i - 1));
      i = end;
    } else if (c == '\\' && i + 1 < code.size()) {
      size_t end = i + 2;  // a whole UTF-8 character
      while (end < code.size() && (static_cast<unsigned char>(code[end]) & 0xC0) == 0x80) ++end;
      literal(code.substr(i + 1, end - i - 1));
      i = end - 1;
    } else if ((c == '_' || c == '*') && i + 1 < code.size()) {
      size_t end = i + 2;
      while (end < code.size() && (static_cast<unsigned char>(code[end]) & 0xC0) == 0x80) ++end;
      if (c == '_') literal(" ");
      i = end - 1;
    } else if (c == '[') {  // [$₩-412]
      const size_t end = std::min(code.find(']', i), code.size());
      const std::string_view inside = code.substr(i + 1, end - i - 1);
      if (inside.starts_with('$')) literal(inside.substr(1, inside.find('-') - 1));
      i = end;
    } else if (c == '0' || c == '#' || c == '?') {
      tokens.push_back({Token::Kind::digit, std::string(1, c)});
    } else if (c == '.') {
      tokens.push_back({Token::Kind::point, "."});
    } else if (c == ',') {
      tokens.push_back({Token::Kind::comma, ","});
    } else if (c == '%') {
      tokens.push_back({Token::Kind::percent, "%"});
    } else if ((c == 'E' || c == 'e') && i + 1 < code.size() && (code[i + 1] == '+' || code[i + 1] == '-')) {
      tokens.push_back({Token::Kind::exponent, std::string(1, code[++i])});
    } else if (c == '@') {
      tokens.push_back({Token::Kind::text, "@"});
    } else if (c == '/') {
      tokens.push_back({Token::Kind::other, "/"});
    } else {
      literal(code.substr(i, 1));
    }
  }
  return tokens;
}

/// |value| rounded half up to `places` decimals, from its 15 significant digits as spreadsheets have them: whole digits
/// and decimals.
std::pair<std::string, std::string> rounded(double value, int places) {
  const std::string scientific = fmt::format("{:.14e}", std::fabs(value));  // d.dddde±xx
  const size_t e = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + e + 1);
  std::string digits = scientific.substr(0, 1) + scientific.substr(2, e - 2);
  std::string whole, decimals;
  if (exponent < 0) digits.insert(0, static_cast<size_t>(std::min(-exponent, 400)), '0');
  const auto point = static_cast<size_t>(std::max(exponent, 0) + 1);
  if (digits.size() < point) digits.append(point - digits.size(), '0');
  const size_t kept = point + static_cast<size_t>(places);
  if (digits.size() > kept) {
    const bool up = digits[kept] >= '5';
    digits.resize(kept);
    for (size_t i = kept; up && i > 0; --i) {
      if (digits[i - 1] != '9') {
        ++digits[i - 1];
        break;
      }
      digits[i - 1] = '0';
      if (i == 1) {
        digits.insert(0, 1, '1');
        whole = digits.substr(0, point + 1);
        return {whole, digits.substr(point + 1)};
      }
    }
  }
  digits.append(kept - digits.size(), '0');
  whole = digits.substr(0, point);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  decimals = digits.substr(point);
  return {whole, decimals};
}

std::string by_digits(double value, const std::vector<Token>& tokens, bool sign) {
  using Kind = Token::Kind;
  size_t point = tokens.size(), last_digit = tokens.size(), first_digit = tokens.size(), exponent = tokens.size();
  int percents = 0, places = 0, exponent_digits = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == Kind::point && point == tokens.size()) point = i;
    if (tokens[i].kind == Kind::percent) ++percents;
    if (tokens[i].kind == Kind::exponent && exponent == tokens.size()) exponent = i;
    if (tokens[i].kind != Kind::digit) continue;
    if (exponent < i) {
      ++exponent_digits;
      continue;
    }
    if (first_digit == tokens.size()) first_digit = i;
    last_digit = i;
    places += point < i ? 1 : 0;
  }
  if (first_digit == tokens.size()) {  // only literals
    std::string out;
    for (const Token& token : tokens)
      if (token.kind == Kind::literal || token.kind == Kind::percent) out += token.text;
    return (sign && !out.empty() ? "-" : "") + out;
  }
  bool grouped = false;
  const size_t whole_end = std::min(point, std::min(exponent, tokens.size()));
  size_t last_whole = first_digit;
  for (size_t i = first_digit; i < whole_end; ++i)
    if (tokens[i].kind == Kind::digit) last_whole = i;
  for (size_t i = first_digit; i < tokens.size(); ++i)
    if (tokens[i].kind == Kind::comma) {
      if (i < last_whole)
        grouped = true;
      else if (i > last_digit || (i > last_whole && i < point))
        value /= 1000;
    }
  for (int i = 0; i < percents; ++i) value *= 100;
  int power = 0;
  if (exponent < tokens.size() && value != 0) {
    power = static_cast<int>(std::floor(std::log10(std::fabs(value))));
    value /= std::pow(10.0, power);
  }
  auto [whole, decimals] = rounded(value, places);

  // Whole digits go to their places from the right; the first place takes what is left.
  std::vector<std::string> at(tokens.size());
  std::string rest = whole;
  int taken = 0;
  for (size_t i = last_whole + 1; i-- > first_digit;) {
    if (tokens[i].kind != Kind::digit || i >= whole_end) continue;
    std::string digit;
    if (!rest.empty()) {
      digit = rest.substr(rest.size() - 1);
      rest.pop_back();
    } else if (tokens[i].text == "0") {
      digit = "0";
    }
    if (i == first_digit) {
      while (!rest.empty()) {
        if (grouped &&
            (taken + static_cast<int>(digit.size() - static_cast<size_t>(std::ranges::count(digit, ',')))) % 3 == 0)
          digit.insert(0, ",");
        digit.insert(0, 1, rest.back());
        rest.pop_back();
      }
    }
    if (grouped && taken > 0 && taken % 3 == 0 && !digit.empty()) digit += ',';
    taken += digit.empty() ? 0 : 1;
    at[i] = digit;
  }
  std::string out;
  size_t decimal = 0;
  size_t last_needed = 0;  // decimals that are shown though they are zero, or are not zero
  {
    size_t index = 0;
    for (size_t i = point; i < std::min(exponent, tokens.size()); ++i)
      if (tokens[i].kind == Kind::digit) {
        if (tokens[i].text == "0" ||
            (index < decimals.size() && decimals.find_first_not_of('0', index) != std::string::npos))
          last_needed = index + 1;
        ++index;
      }
  }
  bool signed_yet = !sign;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (!signed_yet && (token.kind == Kind::digit || token.kind == Kind::point || token.kind == Kind::literal)) {
      out += '-';
      signed_yet = true;
    }
    if (token.kind == Kind::literal || token.kind == Kind::percent) {
      out += token.text;
    } else if (token.kind == Kind::point && i == point) {
      if (first_digit > point) out += whole.empty() ? "" : whole;
      if (last_needed > 0 || places == 0) out += '.';
    } else if (token.kind == Kind::digit) {
      if (i > exponent) continue;
      if (i > point) {
        if (decimal < last_needed && decimal < decimals.size()) out += decimals[decimal];
        ++decimal;
      } else {
        out += at[i];
      }
    } else if (token.kind == Kind::exponent && i == exponent) {
      out += fmt::format("E{}{:0{}}",
                         power < 0           ? "-"
                         : token.text == "+" ? "+"
                                             : "",
                         std::abs(power), std::max(exponent_digits, 1));
    }
  }
  return out;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

}  // namespace

std::string general_number(double value) {
  if (!std::isfinite(value)) return "#NUM!";
  if (value == std::floor(value) && std::fabs(value) < 1e15) return fmt::format("{:.0f}", value == 0 ? 0.0 : value);
  return fmt::format("{:.10g}", value);
}

std::string_view builtin_number_format(int id) {
  switch (id) {
    case 1:
      return "0";
    case 2:
      return "0.00";
    case 3:
    case 41:
    case 42:
      return "#,##0";
    case 4:
    case 43:
    case 44:
      return "#,##0.00";
    case 9:
      return "0%";
    case 10:
      return "0.00%";
    case 11:
      return "0.00E+00";
    case 14:
    case 34:
    case 35:
    case 50:
    case 51:
    case 57:
      return "yyyy-mm-dd";
    case 15:
      return "d-mmm-yy";
    case 16:
      return "d-mmm";
    case 17:
      return "mmm-yy";
    case 18:
      return "h:mm AM/PM";
    case 19:
      return "h:mm:ss AM/PM";
    case 20:
      return "h:mm";
    case 21:
      return "h:mm:ss";
    case 22:
      return "yyyy-mm-dd h:mm";
    case 27:
      return "yyyy\"年\" mm\"月\" dd\"日\"";
    case 28:
    case 29:
      return "mm-dd";
    case 30:
      return "mm-dd-yy";
    case 31:
      return "yyyy\"년\" mm\"월\" dd\"일\"";
    case 32:
    case 55:
      return "h\"시\" mm\"분\"";
    case 33:
    case 56:
      return "h\"시\" mm\"분\" ss\"초\"";
    case 36:
    case 58:
      return "yyyy/mm/dd";
    case 37:
    case 38:
      return "#,##0;(#,##0)";
    case 39:
    case 40:
      return "#,##0.00;(#,##0.00)";
    case 45:
      return "mm:ss";
    case 46:
      return "[h]:mm:ss";
    case 47:
      return "mm:ss.0";
    case 48:
      return "##0.0E+0";
    case 49:
      return "@";
    default:
      return "General";
  }
}

std::string format_number(double value, std::string_view code, bool date1904) {
  if (!std::isfinite(value) || code.empty() || code == "General" || code.size() > kMaxCode)
    return general_number(value);
  const std::vector<Section> sections = split(code);
  size_t chosen = 0;
  const size_t numeric = std::min<size_t>(sections.size(), 3);
  const bool conditions = std::ranges::any_of(sections, [](const Section& s) { return s.compare != 0; });
  bool sign = value < 0;
  if (conditions) {
    while (chosen + 1 < numeric && !holds(sections[chosen], value)) ++chosen;
  } else if (numeric >= 2 && value < 0) {
    chosen = 1;
    sign = false;
  } else if (numeric == 3 && value == 0) {
    chosen = 2;
  }
  const std::string_view section = sections[chosen].code;
  if (is_date_format(section)) {
    std::string date = format_date(value, section, date1904);
    return date.empty() ? general_number(value) : trimmed(std::move(date));
  }
  const std::vector<Token> tokens = tokens_of(section);
  const auto has = [&](Token::Kind kind) {
    return std::ranges::any_of(tokens, [&](const Token& t) { return t.kind == kind; });
  };
  if (has(Token::Kind::text) || (has(Token::Kind::other) && has(Token::Kind::digit))) return general_number(value);
  if (const size_t general = section.find("General"); general != std::string_view::npos) {
    std::string out;
    for (const Token& t : tokens_of(section.substr(0, general))) out += t.text;
    out += general_number(sign ? value : std::fabs(value));
    for (const Token& t : tokens_of(section.substr(general + 7))) out += t.text;
    return trimmed(std::move(out));
  }
  if (std::fabs(value) >= 1e21) return general_number(value);
  return trimmed(by_digits(value, tokens, sign));
}

}  // namespace moru::collect
