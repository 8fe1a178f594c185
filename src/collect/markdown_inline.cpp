#include "collect/markdown_inline.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool is_ascii_punctuation(char c) {
  return std::ispunct(static_cast<unsigned char>(c)) != 0;
}

/// The character of a reference that begins at `at` ("&"), and its length; length 0 if it is none.
std::pair<char32_t, size_t> reference(std::string_view text, size_t at) {
  static constexpr std::pair<std::string_view, char32_t> kNames[] = {
      {"amp", U'&'},        {"lt", U'<'},          {"gt", U'>'},          {"quot", U'"'},       {"apos", U'\''},
      {"nbsp", U' '},       {"copy", U'\u00A9'},   {"reg", U'\u00AE'},    {"trade", U'\u2122'}, {"mdash", U'\u2014'},
      {"ndash", U'\u2013'}, {"hellip", U'\u2026'}, {"middot", U'\u00B7'}, {"rarr", U'\u2192'},  {"larr", U'\u2190'},
      {"times", U'\u00D7'}, {"laquo", U'\u00AB'},  {"raquo", U'\u00BB'},  {"ldquo", U'\u201C'}, {"rdquo", U'\u201D'},
      {"lsquo", U'\u2018'}, {"rsquo", U'\u2019'},  {"deg", U'\u00B0'},    {"bull", U'\u2022'}};
  const size_t end = text.substr(at, 12).find(';');
  if (end == kNone || end < 2) return {0, 0};
  const std::string name(text.substr(at + 1, end - 1));
  if (name[0] == '#') {
    const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    char* stop = nullptr;
    const std::string digits = name.substr(hex ? 2 : 1);
    const unsigned long value = std::strtoul(digits.c_str(), &stop, hex ? 16 : 10);
    if (digits.empty() || *stop != '\0' || !std::isxdigit(static_cast<unsigned char>(digits[0]))) return {0, 0};
    return {value == 0 || value > 0x10FFFF ? text::kReplacement : static_cast<char32_t>(value), end + 1};
  }
  for (const auto& [known, c] : kNames)
    if (name == known) return {c, end + 1};
  return {0, 0};
}

/// Where the link's destination ends after "](": past ")", or kNone if it is none.
size_t destination_end(std::string_view s, size_t at) {
  int depth = 1;
  for (size_t i = at, seen = 0; i < s.size() && seen < 4096; ++i, ++seen) {
    if (s[i] == '\\')
      ++i;
    else if (s[i] == '(')
      ++depth;
    else if (s[i] == ')' && --depth == 0)
      return i + 1;
  }
  return kNone;
}

class Reducer {
 public:
  explicit Reducer(std::string_view text) : s_(text), partner_(text.size(), kNone) { match_brackets(); }

  std::string run() {
    for (size_t i = 0; i < s_.size();) i = step(i);
    close_delimiters();
    return join();
  }

 private:
  struct Run {
    size_t piece;
    char mark;
    size_t count;
    bool opens, closes;
  };

  void match_brackets() {
    std::vector<size_t> open;
    for (size_t i = 0; i < s_.size(); ++i) {
      if (s_[i] == '\\')
        ++i;
      else if (s_[i] == '[')
        open.push_back(i);
      else if (s_[i] == ']' && !open.empty()) {
        partner_[open.back()] = i;
        open.pop_back();
      }
    }
  }

  void emit(std::string_view text) {
    if (pieces_.empty() || pieces_.back().second) pieces_.emplace_back("", false);
    pieces_.back().first += text;
  }

  size_t step(size_t i) {
    const char c = s_[i];
    if (const auto skip = skip_.find(i); skip != skip_.end()) return skip->second;
    switch (c) {
      case '\\':
        if (i + 1 < s_.size() && is_ascii_punctuation(s_[i + 1])) {
          emit(s_.substr(i + 1, 1));
          return i + 2;
        }
        if (i + 1 < s_.size() && s_[i + 1] == '\n') return i + 1;
        break;
      case '`':
        return code_span(i);
      case '&':
        if (const auto [point, length] = reference(s_, i); length > 0) {
          std::string text;
          text::append_utf8(text, point);
          emit(text);
          return i + length;
        }
        break;
      case '<':
        return angle(i);
      case '!':
        if (i + 1 < s_.size() && s_[i + 1] == '[')
          if (const size_t end = link_end(i + 1); end != kNone) return end;  // an image says nothing
        break;
      case '[':
        if (const size_t end = link_end(i); end != kNone) {
          skip_[partner_[i]] = end;  // its text is read as any other, then the destination is passed over
          return i + 1;
        }
        break;
      case '*':
      case '_':
      case '~':
        return delimiter(i);
      default:
        break;
    }
    const size_t next = std::min(s_.find_first_of("\\`&<![]*_~", i + 1), s_.size());
    emit(s_.substr(i, next - i));
    return next;
  }

  /// Past the whole link that begins at the bracket `i`, or kNone if it is none.
  size_t link_end(size_t i) const {
    const size_t close = partner_[i];
    if (close == kNone || close + 1 >= s_.size()) return kNone;
    if (s_[close + 1] == '(') return destination_end(s_, close + 2);
    if (s_[close + 1] == '[' && partner_[close + 1] != kNone) return partner_[close + 1] + 1;
    return kNone;
  }

  size_t code_span(size_t i) {
    const size_t open = std::min(s_.find_first_not_of('`', i), s_.size()) - i;
    // A length of run that once was not found again will not be: this keeps many unmatched runs linear.
    if (open < 64 && (no_closer_ >> open & 1) == 0) {
      for (size_t at = s_.find('`', i + open); at != kNone;) {
        const size_t end = std::min(s_.find_first_not_of('`', at), s_.size());
        if (end - at == open) {
          emit(text::trim(s_.substr(i + open, at - i - open)));
          return end;
        }
        at = s_.find('`', end);
      }
      no_closer_ |= uint64_t{1} << open;
    }
    emit(s_.substr(i, open));
    return i + open;
  }

  size_t angle(size_t i) {
    const size_t end = s_.substr(i, 1024).find('>');
    if (end == kNone || i + 1 >= s_.size()) {
      emit("<");
      return i + 1;
    }
    const std::string_view inside = s_.substr(i + 1, end - 1);
    const bool tag = std::isalpha(static_cast<unsigned char>(inside.empty() ? ' ' : inside[0])) ||
                     inside.starts_with('/') || inside.starts_with('!') || inside.starts_with('?');
    if (!tag) {
      emit("<");
      return i + 1;
    }
    const bool address = inside.find_first_of(" \n<") == kNone &&
                         (inside.find("://") != kNone || inside.find('@') != kNone || inside.starts_with("mailto:"));
    if (address)
      emit(inside);
    else if (text::lower(text::repair_utf8(inside)).starts_with("br"))
      emit("\n");
    return i + end + 1;
  }

  size_t delimiter(size_t i) {
    const char mark = s_[i];
    const size_t end = std::min(s_.find_first_not_of(mark, i), s_.size());
    const auto kind = [&](bool before) {  // 0 white space or end, 1 punctuation, 2 other
      if (before ? i == 0 : end == s_.size()) return 0;
      size_t at = before ? text::previous_boundary(s_, i) : end;
      const char32_t c = text::next_code_point(s_, at);
      return text::is_space(c) ? 0 : text::is_punctuation(c) || text::is_symbol(c) ? 1 : 2;
    };
    const int left = kind(true), right = kind(false);
    // CommonMark 6.2: left- and right-flanking runs; "_" also not inside a word.
    bool opens = right == 2 || (right == 1 && left != 2);
    bool closes = left == 2 || (left == 1 && right != 2);
    if (mark == '_') {
      const bool both = opens && closes;
      opens = opens && (!both || left == 1);
      closes = closes && (!both || right == 1);
    }
    if (mark == '~' && end - i != 2) opens = closes = false;
    pieces_.emplace_back(std::string(s_.substr(i, end - i)), true);
    runs_.push_back({pieces_.size() - 1, mark, end - i, opens, closes});
    return end;
  }

  void close_delimiters() {
    std::map<char, std::vector<size_t>> openers;
    for (size_t i = 0; i < runs_.size(); ++i) {
      Run& closer = runs_[i];
      std::vector<size_t>& stack = openers[closer.mark];
      while (closer.closes && closer.count > 0 && !stack.empty()) {
        Run& opener = runs_[stack.back()];
        const size_t taken = std::min({opener.count, closer.count, size_t{2}});
        opener.count -= taken;
        closer.count -= taken;
        // What opened in between and was not closed is text.
        for (auto& [mark, others] : openers)
          while (mark != closer.mark && !others.empty() && others.back() > stack.back()) others.pop_back();
        if (opener.count == 0) stack.pop_back();
      }
      if (closer.opens && closer.count > 0) stack.push_back(i);
    }
  }

  std::string join() {
    for (const Run& run : runs_) pieces_[run.piece].first.resize(run.count);
    std::string text;
    for (const auto& [piece, delimiter] : pieces_) text += piece;
    return text;
  }

  std::string_view s_;
  std::vector<size_t> partner_;                       // of an opening bracket: its closing one
  std::map<size_t, size_t> skip_;                     // from a link's closing bracket to its end
  std::vector<std::pair<std::string, bool>> pieces_;  // text, or a run of delimiters
  std::vector<Run> runs_;
  uint64_t no_closer_ = 0;
};

}  // namespace

std::string markdown_text(std::string_view inlines) {
  return Reducer(inlines).run();
}

std::string decode_references(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const auto [point, length] = text[i] == '&' ? reference(text, i) : std::pair<char32_t, size_t>{0, 0};
    if (length > 0)
      text::append_utf8(out, point);
    else
      out += text[i];
    i += std::max<size_t>(length, 1);
  }
  return out;
}

}  // namespace moru::collect
