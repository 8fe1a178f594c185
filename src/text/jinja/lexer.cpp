#include <algorithm>
#include <array>

#include "text/jinja/syntax.h"
#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) {
    // Every line ends in "\n", and the last "\n" of the file is not part of the template.
    for (size_t i = 0; i < source.size(); ++i) {
      if (source[i] == '\r') {
        source_ += '\n';
        if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
      } else {
        source_ += source[i];
      }
    }
    if (source_.ends_with('\n')) source_.pop_back();
  }

  std::vector<Token> run() {
    while (at_ < source_.size()) data();
    add(TokenKind::end, "");
    return std::move(tokens_);
  }

 private:
  void add(TokenKind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }
  bool looking_at(std::string_view what) const { return std::string_view(source_).substr(at_).starts_with(what); }
  void advance(size_t to) {
    line_ += static_cast<int>(
        std::count(source_.begin() + static_cast<ptrdiff_t>(at_), source_.begin() + static_cast<ptrdiff_t>(to), '\n'));
    at_ = to;
  }

  /// Text up to the next mark, without the white space that the mark takes.
  void data() {
    size_t mark = at_;
    while ((mark = source_.find('{', mark)) != std::string::npos) {
      const char next = mark + 1 < source_.size() ? source_[mark + 1] : '\0';
      if (next == '{' || next == '%' || next == '#') break;
      ++mark;
    }
    if (mark == std::string::npos) mark = source_.size();
    std::string text = source_.substr(at_, mark - at_);
    if (mark < source_.size()) take_before(text, source_[mark + 1] == '{', mark + 2);
    if (!text.empty()) add(TokenKind::data, std::move(text));
    advance(mark);
    if (at_ >= source_.size()) return;
    const char kind = source_[at_ + 1];
    size_t begin = at_ + 2;
    if (begin < source_.size() && (source_[begin] == '-' || source_[begin] == '+')) ++begin;
    if (kind == '#') return comment(begin);
    if (kind == '%' && raw(begin)) return;
    advance(begin);
    add(kind == '{' ? TokenKind::print_begin : TokenKind::block_begin, "");
    expression(kind == '{' ? "}}" : "%}", kind == '{' ? TokenKind::print_end : TokenKind::block_end);
  }

  /// Jinja's "-" takes all white space before a mark; lstrip_blocks what stands alone before it on its line.
  void take_before(std::string& text, bool print, size_t sign) const {
    const char c = sign < source_.size() ? source_[sign] : '\0';
    if (c == '-') {
      while (!text.empty() && is_blank(text.back())) text.pop_back();
    } else if (c != '+' && !print) {
      const size_t line = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
      if ((line > 0 || line_starts_) && std::ranges::all_of(text.substr(line), is_blank)) text.resize(line);
    }
  }

  /// Moves past the end of a mark and the white space that it takes: all after "-", one line break after a block.
  void end_mark(size_t end, bool minus, bool plus, bool block) {
    line_starts_ = false;
    if (minus) {
      while (end < source_.size() && is_blank(source_[end])) ++end;
    } else if (block && !plus && end < source_.size() && source_[end] == '\n') {
      ++end;
    }
    line_starts_ = end > 0 && source_[end - 1] == '\n';
    advance(end);
  }

  void comment(size_t begin) {
    const size_t end = source_.find("#}", begin);
    if (end == std::string::npos) throw SyntaxFault("a comment has no end: \"#}\" is missing", line_);
    const char before = end > begin ? source_[end - 1] : '\0';
    end_mark(end + 2, before == '-', before == '+', true);
  }

  /// "{% raw %} … {% endraw %}". False if this is another block.
  bool raw(size_t begin) {
    const auto word = [&](size_t& i, std::string_view wanted) {
      while (i < source_.size() && is_blank(source_[i])) ++i;
      if (source_.compare(i, wanted.size(), wanted) != 0) return false;
      i += wanted.size();
      while (i < source_.size() && is_blank(source_[i])) ++i;
      return true;
    };
    size_t i = begin;
    if (!word(i, "raw")) return false;
    const bool minus = i < source_.size() && source_[i] == '-';
    if (minus) ++i;
    if (source_.compare(i, 2, "%}") != 0) return false;
    i += 2;
    if (minus)
      while (i < source_.size() && is_blank(source_[i])) ++i;
    for (size_t mark = i; (mark = source_.find("{%", mark)) != std::string::npos; mark += 2) {
      size_t j = mark + 2;
      if (j < source_.size() && (source_[j] == '-' || source_[j] == '+')) ++j;
      if (!word(j, "endraw")) continue;
      const bool end_minus = source_.compare(j, 1, "-") == 0, end_plus = source_.compare(j, 1, "+") == 0;
      if (end_minus || end_plus) ++j;
      if (source_.compare(j, 2, "%}") != 0) continue;
      std::string text = source_.substr(i, mark - i);
      line_starts_ = i > 0 && source_[i - 1] == '\n';
      take_before(text, false, mark + 2);
      if (!text.empty()) add(TokenKind::data, std::move(text));
      end_mark(j + 2, end_minus, end_plus, true);
      return true;
    }
    throw SyntaxFault("a raw block has no end: \"{% endraw %}\" is missing", line_);
  }

  void expression(std::string_view end, TokenKind end_kind) {
    std::string open;  // brackets: "}}" ends nothing inside a dict
    for (;;) {
      while (at_ < source_.size() && is_blank(source_[at_])) advance(at_ + 1);
      if (at_ >= source_.size()) throw SyntaxFault(std::string("\"") + std::string(end) + "\" is missing", line_);
      const char c = source_[at_];
      if (open.empty()) {
        const bool minus = c == '-' && source_.compare(at_ + 1, 2, end) == 0;
        const bool plus = c == '+' && end == "%}" && source_.compare(at_ + 1, 2, end) == 0;
        if (minus || plus || looking_at(end)) {
          add(end_kind, "");
          return end_mark(at_ + (minus || plus ? 3 : 2), minus, plus, end == "%}");
        }
      }
      if (is_name_start(c)) {
        size_t stop = at_;
        while (stop < source_.size() && (is_name_start(source_[stop]) || is_digit(source_[stop]))) ++stop;
        add(TokenKind::name, source_.substr(at_, stop - at_));
        advance(stop);
      } else if (is_digit(c)) {
        number();
      } else if (c == '"' || c == '\'') {
        string(c);
      } else {
        symbol(open);
      }
    }
  }

  void number() {
    size_t stop = at_;
    const auto digits = [&] {
      while (stop < source_.size() && (is_digit(source_[stop]) || source_[stop] == '_')) ++stop;
    };
    digits();
    bool real = false;
    if (stop + 1 < source_.size() && source_[stop] == '.' && is_digit(source_[stop + 1])) {
      real = true;
      ++stop;
      digits();
    }
    if (stop < source_.size() && (source_[stop] == 'e' || source_[stop] == 'E')) {
      size_t exponent = stop + 1;
      if (exponent < source_.size() && (source_[exponent] == '+' || source_[exponent] == '-')) ++exponent;
      if (exponent < source_.size() && is_digit(source_[exponent])) {
        real = true;
        stop = exponent;
        digits();
      }
    }
    std::string text = source_.substr(at_, stop - at_);
    std::erase(text, '_');
    add(real ? TokenKind::real : TokenKind::integer, std::move(text));
    advance(stop);
  }

  void string(char quote) {
    std::string text;
    size_t i = at_ + 1;
    for (;; ++i) {
      if (i >= source_.size()) throw SyntaxFault("a string has no end", line_);
      if (source_[i] == quote) break;
      if (source_[i] != '\\' || i + 1 >= source_.size()) {
        text += source_[i];
        continue;
      }
      escape(++i, text);
    }
    add(TokenKind::string, std::move(text));
    advance(i + 1);
  }

  /// `i` stands on the character after the backslash, and is left on the last one that was read. Python's escapes.
  void escape(size_t& i, std::string& text) {
    const char c = source_[i];
    const auto hex = [&](size_t digits) {
      const std::string code = source_.substr(std::min(i + 1, source_.size()), digits);
      if (code.size() < digits || code.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
        throw SyntaxFault("an escape in a string needs more hexadecimal digits", line_);
      append_utf8(text, static_cast<char32_t>(std::stoul(code, nullptr, 16)));
      i += digits;
    };
    switch (c) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case 'r':
        text += '\r';
        break;
      case 'b':
        text += '\b';
        break;
      case 'f':
        text += '\f';
        break;
      case 'v':
        text += '\v';
        break;
      case 'a':
        text += '\a';
        break;
      case '0':
        text += '\0';
        break;
      case '\n':
        break;
      case '\\':
      case '\'':
      case '"':
        text += c;
        break;
      case 'x':
        hex(2);
        break;
      case 'u':
        hex(4);
        break;
      case 'U':
        hex(8);
        break;
      default:
        text += '\\';
        text += c;
    }
  }

  void symbol(std::string& open) {
    static constexpr std::array<std::string_view, 6> kDouble = {"**", "//", "==", "!=", "<=", ">="};
    for (const std::string_view two : kDouble)
      if (looking_at(two)) {
        add(TokenKind::symbol, std::string(two));
        return advance(at_ + 2);
      }
    const char c = source_[at_];
    if (std::string_view("+-*/%~<>=.,:|()[]{}").find(c) == std::string_view::npos)
      throw SyntaxFault(std::string("unexpected character \"") + c + "\"", line_);
    if (c == '(' || c == '[' || c == '{') open += c;
    if (c == ')' || c == ']' || c == '}') {
      const char wanted = c == ')' ? '(' : c == ']' ? '[' : '{';
      if (open.empty() || open.back() != wanted) throw SyntaxFault(std::string("unexpected \"") + c + "\"", line_);
      open.pop_back();
    }
    add(TokenKind::symbol, std::string(1, c));
    advance(at_ + 1);
  }

  std::string source_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int line_ = 1;
  bool line_starts_ = true;  ///< What follows begins a line, as far as lstrip_blocks goes.
};

}  // namespace

std::vector<Token> lex(std::string_view source) {
  return Lexer(source).run();
}

}  // namespace moru::text::jinja
