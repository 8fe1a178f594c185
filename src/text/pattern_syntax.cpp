// From Oniguruma's syntax (Ruby's, as its document RE gives it) to PCRE2's.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/error.h"
#include "core/language.h"
#include "text/pattern.h"

namespace moru::text {
namespace {

// \w as Oniguruma has it: Alphabetic, M, Nd, Pc (Unicode TR 18, annex C) and Latin-1's superscripts and fractions.
constexpr std::string_view kWord = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xB2\\xB3\\xB9\\xBC-\\xBE";

[[noreturn]] void unsupported(std::string_view what) {
  throw Error(
      "",
      fmt::format(fmt::runtime(tr("the pattern uses {}, which Moru does not run",
                                  "패턴에 모루가 실행하지 않는 {}이(가) 있습니다")),
                  what),
      std::string(tr("use the tokenizer.json that came with the model", "모델과 함께 온 tokenizer.json을 쓰세요")));
}

bool compiles(const std::string& pattern) {
  int error = 0;
  size_t offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP,
                                   &error, &offset, nullptr);
  pcre2_code_free(code);
  return code != nullptr;
}

/// The name of a property in PCRE2, which knows categories by their short names and takes a script's name alone for
/// its extensions.
std::string property_name(std::string name) {
  std::erase_if(name, [](char c) { return c == '_' || c == ' ' || c == '-'; });
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  static const std::map<std::string, std::string, std::less<>> kNames = {{"letter", "L"},
                                                                         {"uppercaseletter", "Lu"},
                                                                         {"lowercaseletter", "Ll"},
                                                                         {"titlecaseletter", "Lt"},
                                                                         {"modifierletter", "Lm"},
                                                                         {"otherletter", "Lo"},
                                                                         {"casedletter", "L&"},
                                                                         {"mark", "M"},
                                                                         {"nonspacingmark", "Mn"},
                                                                         {"spacingmark", "Mc"},
                                                                         {"enclosingmark", "Me"},
                                                                         {"number", "N"},
                                                                         {"decimalnumber", "Nd"},
                                                                         {"letternumber", "Nl"},
                                                                         {"othernumber", "No"},
                                                                         {"punctuation", "P"},
                                                                         {"connectorpunctuation", "Pc"},
                                                                         {"dashpunctuation", "Pd"},
                                                                         {"openpunctuation", "Ps"},
                                                                         {"closepunctuation", "Pe"},
                                                                         {"initialpunctuation", "Pi"},
                                                                         {"finalpunctuation", "Pf"},
                                                                         {"otherpunctuation", "Po"},
                                                                         {"symbol", "S"},
                                                                         {"mathsymbol", "Sm"},
                                                                         {"currencysymbol", "Sc"},
                                                                         {"modifiersymbol", "Sk"},
                                                                         {"othersymbol", "So"},
                                                                         {"separator", "Z"},
                                                                         {"spaceseparator", "Zs"},
                                                                         {"lineseparator", "Zl"},
                                                                         {"paragraphseparator", "Zp"},
                                                                         {"other", "C"},
                                                                         {"control", "Cc"},
                                                                         {"format", "Cf"},
                                                                         {"surrogate", "Cs"},
                                                                         {"privateuse", "Co"},
                                                                         {"unassigned", "Cn"},
                                                                         {"alpha", "Alphabetic"},
                                                                         {"digit", "Nd"},
                                                                         {"lower", "Lowercase"},
                                                                         {"upper", "Uppercase"},
                                                                         {"space", "White_Space"},
                                                                         {"whitespace", "White_Space"}};
  if (const auto it = kNames.find(lower); it != kNames.end()) return it->second;
  return compiles("\\p{sc:" + name + "}") ? "sc:" + name : name;
}

class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  std::string run() {
    while (at_ < in_.size()) step();
    return std::move(out_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }
  void copy(size_t count) {
    out_ += in_.substr(at_, count);
    at_ += std::min(count, in_.size() - at_);
  }

  void step() {
    switch (peek()) {
      case '\\':
        atom_ = out_.size();
        escape(false);
        break;
      case '[':
        atom_ = out_.size();
        brackets();
        break;
      case '(':
        open();
        break;
      case ')':
        if (!groups_.empty()) {
          atom_ = groups_.back();
          groups_.pop_back();
        }
        copy(1);
        break;
      case '{':
        interval();
        break;
      case '*':
      case '+':
      case '?':
        copy(1);
        break;
      default:
        atom_ = out_.size();
        copy(1);
        // The bytes of one character are one atom.
        while (at_ < in_.size() && (static_cast<unsigned char>(peek()) & 0xC0) == 0x80) copy(1);
    }
  }

  void open() {
    groups_.push_back(out_.size());
    if (peek(1) == '*') unsupported("(*…)");
    if (peek(1) != '?') return copy(1);
    if (peek(2) == '~') unsupported("(?~…)");
    if (peek(2) == 'C') unsupported("(?C…)");
    size_t end = at_ + 2;
    while (end < in_.size() && (in_[end] == 'i' || in_[end] == 'm' || in_[end] == 'x' || in_[end] == '-')) ++end;
    if (end == at_ + 2 || end == in_.size() || (in_[end] != ':' && in_[end] != ')')) return copy(2);
    copy(2);
    // Ruby's m lets the full stop match a line feed.
    for (; at_ < end; ++at_) out_ += peek() == 'm' ? 's' : peek();
  }

  /// {n}, {n,}, {n,m} and {,m}. A "+" after one is no possessive mark, unlike after other quantifiers.
  void interval() {
    size_t end = at_ + 1;
    size_t digits = 0, commas = 0;
    for (; end < in_.size() && in_[end] != '}'; ++end) {
      if (in_[end] == ',') {
        ++commas;
      } else if (in_[end] >= '0' && in_[end] <= '9') {
        ++digits;
      } else {
        break;
      }
    }
    if (end >= in_.size() || in_[end] != '}' || digits == 0 || commas > 1) {
      atom_ = out_.size();
      out_ += '\\';
      return copy(1);
    }
    std::string bounds(in_.substr(at_ + 1, end - at_ - 1));
    if (bounds[0] == ',') bounds.insert(0, "0");
    out_ += '{' + bounds + '}';
    at_ = end + 1;
    if (peek() != '+') return;
    out_.insert(atom_, "(?:");
    out_ += ')';
  }

  /// One escape outside of brackets, or inside.
  void escape(bool inside) {
    const char c = peek(1);
    const auto put = [&](std::string_view text) {
      out_ += text;
      at_ += 2;
    };
    switch (c) {
      case 's':
        return put("\\p{White_Space}");
      case 'S':
        return put("\\P{White_Space}");
      case 'd':
        return put("\\p{Nd}");
      case 'D':
        return put("\\P{Nd}");
      case 'h':
        return put(inside ? "0-9A-Fa-f" : "[0-9A-Fa-f]");
      case 'v':
        return put("\\x{0B}");
      case 'w':
        return put(inside ? std::string(kWord) : "[" + std::string(kWord) + "]");
      case 'W':
        if (inside) unsupported("[\\W]");
        return put("[^" + std::string(kWord) + "]");
      case 'H':
        if (inside) unsupported("[\\H]");
        return put("[^0-9A-Fa-f]");
      case 'b':
      case 'B':
        if (inside) return copy(2);
        return put(fmt::format(fmt::runtime(c == 'b' ? "(?:(?<=[{0}])(?![{0}])|(?<![{0}])(?=[{0}]))"
                                                     : "(?:(?<=[{0}])(?=[{0}])|(?<![{0}])(?![{0}]))"),
                               kWord));
      case 'p':
      case 'P':
        return property();
      case 'u':
        out_ += "\\x{" + std::string(in_.substr(at_ + 2, 4)) + "}";
        at_ += std::min<size_t>(6, in_.size() - at_);
        return;
      case 'C':
      case 'g':
      case 'y':
      case 'Y':
        unsupported(in_.substr(at_, 2));
      default:
        return copy(2);
    }
  }

  void property() {
    const size_t close = in_.find('}', at_);
    if (peek(2) != '{' || close == std::string_view::npos) return copy(2);
    std::string name(in_.substr(at_ + 3, close - at_ - 3));
    bool negated = peek(1) == 'P';
    if (name.starts_with('^')) {
      negated = !negated;
      name.erase(0, 1);
    }
    out_ += (negated ? "\\P{" : "\\p{") + property_name(std::move(name)) + "}";
    at_ = close + 1;
  }

  /// [ … ]. Brackets inside that are not negated add what they hold.
  void brackets() {
    copy(1);
    if (peek() == '^') copy(1);
    if (peek() == ']') {  // The first one is a character.
      out_ += "\\]";
      ++at_;
    }
    size_t depth = 1;
    while (at_ < in_.size()) {
      const char c = peek();
      if (c == '\\') {
        escape(true);
      } else if (c == '[' && peek(1) == ':' && in_.find(":]", at_) != std::string_view::npos) {
        copy(in_.find(":]", at_) + 2 - at_);
      } else if (c == '[') {
        if (peek(1) == '^') unsupported("[…[^…]]");
        ++depth;
        ++at_;
      } else if (c == ']') {
        if (--depth == 0) return copy(1);
        ++at_;
      } else if (c == '&' && peek(1) == '&') {
        unsupported("[…&&…]");
      } else {
        copy(1);
      }
    }
  }

  std::string_view in_;
  size_t at_ = 0;
  std::string out_;
  size_t atom_ = 0;             ///< Where in out_ what a quantifier repeats begins.
  std::vector<size_t> groups_;  ///< Where in out_ the open groups begin.
};

}  // namespace

std::string pcre2_from_oniguruma(std::string_view pattern) {
  return Translator(pattern).run();
}

}  // namespace moru::text
