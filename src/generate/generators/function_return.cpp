// function-return: what a function does and returns, how it is written, an example of it.
#include <algorithm>

#include "generate/generators/generators.h"
#include "text/korean.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kLongestName = 40;

/// A function's heading in the user's words: "Eof Function" and "Eof 함수" are the Eof function.
struct FunctionName {
  std::string bare;
  std::string kind;      ///< 함수, 문, …
  bool is_said = false;  ///< The heading says the kind.
};

FunctionName function_name(std::string_view heading) {
  if (heading.ends_with("]") || heading.ends_with(")"))  // "Round Function [VBA]"
    if (const size_t open = heading.find_last_of("[("); open != std::string_view::npos && open > 0) {
      const FunctionName inner = function_name(text::trim(heading.substr(0, open)));
      if (inner.is_said) return inner;
    }
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {" Function", "함수"},  {" Functions", "함수"}, {" function", "함수"}, {" 함수", "함수"},
      {" Statement", "문"},   {" statement", "문"},   {" 문", "문"},         {" Operator", "연산자"},
      {" 연산자", "연산자"},  {" Method", "메서드"},  {" Property", "속성"}, {" Service", "서비스"},
      {" service", "서비스"}, {" Object", "개체"},    {" 개체", "개체"}};
  for (const auto& [tail, kind] : kKinds)
    if (heading.size() > tail.size() && heading.ends_with(tail))
      return {std::string(heading.substr(0, heading.size() - tail.size())), std::string(kind), true};
  return {std::string(heading), "함수", false};
}

/// The first piece of code or of text that stands for code in a part of the page.
Answer first_code(const Outline& o, const Section& s, size_t most) {
  for (size_t i = s.begin; i < s.end; ++i) {
    const data::Block& b = o.block(i);
    const bool written_as_text = b.kind == data::BlockKind::paragraph && o.text(i).find('(') != std::string_view::npos;
    if (b.kind != data::BlockKind::code && !written_as_text) continue;
    Answer answer;
    const std::string_view code = o.text(i);
    // Short code whole, else its first line.
    if (text::count_code_points(text::trim(code)) <= most / 2) {
      append(answer, *o.document, b.range, " ");
    } else {
      size_t begin = 0;
      while (begin < code.size() && (code[begin] == '\n' || code[begin] == ' ')) ++begin;
      const size_t end = std::min(code.find('\n', begin), code.size());
      if (text::count_code_points(code.substr(begin, end - begin)) > most) return {};
      append(answer, *o.document, {b.range.begin + begin, b.range.begin + end}, " ");
    }
    return answer;
  }
  return {};
}

Answer first_text(const Outline& o, const Section& s, const Lengths& lengths) {
  for (size_t i = s.begin; i < s.end; ++i) {
    if (o.block(i).kind != data::BlockKind::paragraph) continue;
    Answer answer = leading_sentences(*o.document, o.block(i).range, lengths);
    if (!answer.empty()) return answer;
  }
  return {};
}

/// An example that shows formula and result in one line: "=EASTERSUNDAY(2000) returns 2000-04-23."
Answer first_formula(const Outline& o, const Section& s, size_t most) {
  for (size_t i = s.begin; i < s.end; ++i) {
    if (o.block(i).kind == data::BlockKind::table || !o.text(i).starts_with("=")) continue;
    Answer answer = leading_sentences(*o.document, o.block(i).range, {most, 1});
    if (!answer.empty() && answer.text.find(' ') != std::string::npos) return answer;
  }
  return {};
}

/// Code in the section itself that calls the function ("DAYSLEFT(date)"), where no part of it is marked as its syntax.
Answer call_of(const Outline& o, const Section& s, const FunctionName& function, size_t most) {
  for (size_t i = s.begin; i < s.end; ++i) {
    if (o.block(i).kind != data::BlockKind::code) continue;
    const std::string_view code = text::trim(o.text(i));
    Answer answer;
    if (code.starts_with(function.bare + "(") && text::count_code_points(code) <= most)
      append(answer, *o.document, o.block(i).range, " ");
    return answer;
  }
  return {};
}

bool names(const Answer& code, const FunctionName& function) {
  return !function.bare.empty() && fingerprint(code.text).find(fingerprint(function.bare)) != std::string::npos;
}

}  // namespace

bool is_function(const Outline& o, const Section& s) {
  const FunctionName name = function_name(s.name);
  if (text::hangul_share(name.bare) > 0) return false;
  return name.is_said || !o.parts(s, "syntax").empty() || !call_of(o, s, name, SIZE_MAX).empty();
}

void find_functions(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  for (const Section& s : o.sections) {
    if (s.name.empty() || text::count_code_points(s.name) > kLongestName) continue;
    const std::vector<const Section*> syntax = o.parts(s, "syntax");
    FunctionName name = function_name(s.name);
    const Answer own_code = syntax.empty() ? call_of(o, s, name, options.max_answer_chars) : Answer{};
    const bool has_syntax = !syntax.empty() || !own_code.empty();
    if (is_divider(s.name) && (!has_syntax || !s.is_title)) continue;
    Answer code = syntax.empty() ? own_code : first_code(o, *syntax.front(), options.max_answer_chars);
    // A translated heading may name another function than the file's title and the syntax do.
    if (const FunctionName titled = function_name(o.title); s.is_title && !names(code, name) && names(code, titled))
      name = titled;
    if (text::hangul_share(name.bare) > 0) continue;  // "날짜 함수": a group of them
    if (!has_syntax && !(name.is_said && s.is_title)) continue;
    const auto add = [&](Family family, Answer answer, double worth) {
      if (answer.empty() || answer.characters() > options.max_answer_chars ||
          fingerprint(answer.text) == fingerprint(name.bare))
        return;
      Topic topic;
      topic.family = family;
      topic.name = name.bare + " " + name.kind;
      topic.name_range = s.range;
      topic.is_title = s.is_title;
      topic.parent = parent_name(o, s);
      topic.worth =
          worth - (s.is_title ? 0 : 0.15) + (is_korean(answer.text) ? 0.02 : 0) - (answer.characters() > 90 ? 0.02 : 0);
      topic.answer = std::move(answer);
      topics.push_back(std::move(topic));
    };
    add(Family::use, first_text(o, s, {options.max_answer_chars, 30}), 0.95);
    // A page may show another function's syntax, copied with its text.
    if (names(code, name)) add(Family::syntax, std::move(code), 0.83);
    for (const Section* part : o.parts(s, "returns"))
      add(Family::returns, first_text(o, *part, {options.max_answer_chars, 20}), 0.7);
    for (const Section* part : o.parts(s, "example")) {
      Answer example = first_formula(o, *part, options.max_answer_chars);
      if (example.empty()) continue;
      add(Family::example, std::move(example), 0.72);
      break;
    }
  }
}

}  // namespace moru::generate
