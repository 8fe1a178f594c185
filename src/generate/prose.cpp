#include "generate/prose.h"

#include <algorithm>
#include <array>

#include "text/korean.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

using data::Range;

constexpr std::string_view kAbbreviations[] = {"e.g.",    "i.e.", "etc.", "vs.",  "no.",   "fig.",
                                               "approx.", "mr.",  "cf.",  "ver.", "resp.", "max."};

bool is_closing(char32_t c) {
  return c == ')' || c == ']' || c == '"' || c == '\'' || c == U'”' || c == U'’' || c == U'」' || c == U'>';
}

bool ends_with_abbreviation(std::string_view text) {
  const std::string tail =
      text::lower(text.substr(text.size() > 8 ? text::previous_boundary(text, text.size() - 7) : 0));
  return std::ranges::any_of(kAbbreviations, [&](std::string_view a) {
    return tail.ends_with(a) &&
           (tail.size() == a.size() || !text::is_letter(static_cast<unsigned char>(tail[tail.size() - a.size() - 1])));
  });
}

Range trimmed(std::string_view text, Range range) {
  const std::string_view piece = text.substr(range.begin, range.end - range.begin);
  const std::string_view inner = text::trim(piece);
  const auto begin = range.begin + static_cast<uint64_t>(inner.data() - piece.data());
  return {begin, begin + inner.size()};
}

/// Where the bracket at `open` closes; `open` itself if it does not in what a reader would take for one sentence.
size_t closing_bracket(std::string_view text, size_t open, size_t end) {
  constexpr size_t kFar = 400;
  int depth = 0;
  for (size_t i = open; i < std::min(end, open + kFar); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
    if (text[i] == '\n') break;
  }
  return open;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.starts_with(part); });
}

}  // namespace

std::vector<Range> sentences(std::string_view text, Range range) {
  std::vector<Range> found;
  uint64_t begin = range.begin;
  const auto end_at = [&](uint64_t end) {
    const Range sentence = trimmed(text, {begin, end});
    if (sentence.begin < sentence.end) found.push_back(sentence);
    begin = end;
  };
  char32_t before = 0;
  size_t at = range.begin;
  while (at < range.end) {
    const size_t here = at;
    const char32_t c = text::next_code_point(text, at);
    if (c == '\n') end_at(at);
    if (c == '(') at = std::max(at, closing_bracket(text, here, range.end));
    if (c == '.' || c == '?' || c == '!' || c == U'。') {
      size_t after = at;
      while (after < range.end) {  // closing quotes and brackets belong to the sentence
        size_t next = after;
        if (!is_closing(text::next_code_point(text, next))) break;
        after = next;
      }
      size_t next = after;
      const char32_t following = after < range.end ? text::next_code_point(text, next) : U' ';
      const bool glued = c == '.' && before == U'다' && text::is_hangul(following);
      if ((text::is_space(following) || glued || c == U'。') &&
          !ends_with_abbreviation(text.substr(begin, at - begin)) && here > begin) {
        end_at(after);
        at = std::max(at, after);
      }
    }
    before = c;
  }
  end_at(range.end);
  return found;
}

bool is_korean(std::string_view text) {
  return text::hangul_share(text) >= 0.25;
}

bool leans_on_context(std::string_view sentence) {
  const std::string_view s = text::trim(sentence);
  if (s.empty() || s.ends_with(":") || s.ends_with("...") || s.ends_with(",") || s.ends_with(";")) return true;
  for (const std::string_view open_end :
       {" either", " by", " to", " of", " or", " and", " with", " the", " click", " 및", " 또는"})
    if (s.ends_with(open_end)) return true;
  const std::string small = text::lower(s);
  if (contains_any(small, {"not found]",
                           "d'oh!",
                           "@@@",
                           "as follows",
                           "following ",
                           "table below",
                           "list below",
                           "see below",
                           "below:",
                           "shown below",
                           "example below",
                           "examples below",
                           "described below",
                           "illustrated",
                           "above example",
                           "example above",
                           "previous example",
                           "these steps",
                           "the steps",
                           "in this section",
                           "see also",
                           "for more information",
                           "for details"}))
    return true;
  if (const size_t next = s.find("다음 "); next != std::string_view::npos && s.find("중 하나", next) != s.npos)
    return true;
  return contains_any(
      s,
      {"다음과 같", "다음 중 ",   "다음을 ",   "다음은 ",     "다음의 ",      "다음 표",      "다음 예",    "다음 목록",
       "다음 그림", "다음 절",    "다음 방법", "다음 단계",   "다음 두 ",     "다음 세 ",     "다음 옵션",  "다음 작업",
       "다음 명령", "다음 키",    "다음에서",  "다음에 설명", "아래 표",      "아래의",       "아래에",     "위의 예",
       " 이 예",    "이 섹션",    "이 절에",   "이 장에",     "참조하십시오", "참고하십시오", "참조하세요", "을 참조",
       "를 참조",   "알아봅니다", "앞의 예",   "위에 설명",   "위에서 설명",  "링크를 클릭"});
}

bool points_back(std::string_view sentence) {
  const std::string small = text::lower(text::trim(sentence));
  return begins_with_any(
      small, {"이 ",         "이는 ",        "이를 ",       "이와 ",        "이러한 ", "이렇게 ",       "이때 ",
              "이것",        "이 경우",      "그 ",         "그러면",       "그런 ",   "그러나",        "그렇지",
              "그리고",      "그러므로",     "따라서",      "또한",         "또는 ",   "하지만",        "단, ",
              "단 ",         "예를 들어",    "예:",         "즉",           "여기",    "해당 ",         "위의 ",
              "앞의 ",       "나중에",       "마찬가지",    "반대로",       "it ",     "its ",          "this ",
              "these ",      "those ",       "that ",       "they ",        "then ",   "in this ",      "in these ",
              "otherwise",   "however",      "for example", "for instance", "also",    "alternatively", "or ",
              "or, ",        "and ",         "but ",        "if not",       "here ",   "such ",         "therefore",
              "in addition", "additionally", "note that",   "see "});
}

std::string fingerprint(std::string_view text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const char32_t c = text::next_code_point(text, at);
    // Signs that carry the meaning where a name is made of little else ("#NUM!", "C++", "<=").
    if (text::is_letter(c) || text::is_number(c) || text::is_symbol(c) || c == '#' || c == '*' || c == '%' ||
        c == '&' || c == '/' || c == '@')
      kept.append(text.substr(here, at - here));
  }
  return text::lower(kept);
}

size_t Answer::characters() const {
  return text::count_code_points(text);
}

void append(Answer& answer, const data::Document& document, Range range, std::string_view separator,
            std::string_view lead) {
  if (!answer.text.empty()) answer.text += separator;
  answer.text += lead;
  answer.text += text::normalise_space(document.slice(range));
  // Neighbours with only white space between them are one range.
  if (!answer.ranges.empty() && answer.ranges.back().end <= range.begin &&
      text::trim(document.slice({answer.ranges.back().end, range.begin})).empty())
    answer.ranges.back().end = range.end;
  else
    answer.ranges.push_back(range);
}

Answer leading_sentences(const data::Document& document, Range range, const Lengths& lengths) {
  Answer answer;
  size_t taken = 0;
  for (const Range& sentence : sentences(document.text, range)) {
    const std::string_view text = document.slice(sentence);
    if (leans_on_context(text)) {
      if (answer.empty()) continue;
      break;
    }
    if (answer.empty() && points_back(text) && sentence.begin != range.begin) break;  // its antecedent was passed over
    const size_t size = text::count_code_points(text);
    if (taken + size + 1 > lengths.most) break;
    append(answer, document, sentence, " ");
    taken += size + 1;
    if (taken >= lengths.enough) break;
  }
  return answer;
}

}  // namespace moru::generate
