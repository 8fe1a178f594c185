#include "generate/generators/generators.h"

#include <algorithm>

#include "text/korean.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr std::string_view kKeys[] = {
    "ctrl",        "escape",      "shift",         "alt",         "command",       "option",
    "enter",       "return",      "esc",           "tab",         "space",         "spacebar",
    "home",        "end",         "page up",       "page down",   "pageup",        "pagedown",
    "delete",      "del",         "backspace",     "insert",      "arrow",         "arrow up",
    "arrow down",  "arrow left",  "arrow right",   "up arrow",    "down arrow",    "left arrow",
    "right arrow", "up",          "down",          "left",        "right",         "control",
    "화살표",      "위쪽 화살표", "아래쪽 화살표", "왼쪽 화살표", "오른쪽 화살표", "위쪽 화살표 키",
    "스페이스바",  "스페이스",    "더하기",        "빼기",        "곱하기",        "나누기",
    "하이픈",      "방향키",      "방향 키",       "space bar"};

std::string_view without_tail(std::string_view text, std::string_view tail) {
  return text.size() > tail.size() && text.ends_with(tail) ? text::trim(text.substr(0, text.size() - tail.size()))
                                                           : text;
}

bool is_one_key(std::string_view key) {
  if (key.empty()) return false;
  if (key.size() == 1) return true;
  if ((key[0] == 'f' || key[0] == 'F') && key.size() <= 3 && key[1] >= '1' && key[1] <= '9') return true;
  const std::string small = text::lower(without_tail(without_tail(key, "키"), " key"));
  return std::ranges::find(kKeys, small) != std::ranges::end(kKeys);
}

}  // namespace

bool is_step(const data::Block& b) {
  return b.kind == data::BlockKind::list_item && !b.mark.empty() && b.mark[0] >= '0' && b.mark[0] <= '9';
}

bool is_vague(std::string_view name) {
  const bool one_word = name.find(' ') == std::string_view::npos && name.find('/') == std::string_view::npos;
  const size_t size = text::count_code_points(name);
  if (is_korean(name)) return size <= 4 || (one_word && size <= 5);
  return one_word || size <= 8;
}

bool is_very_vague(std::string_view name) {
  const size_t size = text::count_code_points(name);
  if (is_korean(name)) return size <= 3;
  const bool is_abbreviation = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  return size <= 6 && name.find(' ') == std::string_view::npos && !is_abbreviation;
}

bool is_menu_path(std::string_view line) {
  if (line.ends_with("click") || line.ends_with("클릭")) return false;  // goes on with a picture
  if (line.find(" - ") == std::string_view::npos && line.find(" ▸ ") == std::string_view::npos &&
      line.find(" > ") == std::string_view::npos)
    return false;
  const std::string small = text::lower(line);
  for (const std::string_view verb : {"choose ", "menu ", "open ", "select ", "go to ", "in ", "on "})
    if (small.starts_with(verb)) return true;
  for (const std::string_view verb : {"선택합니다", "해야 합니다", "고릅니다", "고르고", "적습니다", "넣습니다",
                                      "누르고", "고르세요", "선택하십시오", "누릅니다", "클릭합니다", "메뉴", "탭"})
    if (small.find(verb) != std::string::npos) return true;
  return is_korean(line) && line.ends_with(".");
}

bool states_purpose(std::string_view sentence) {
  if (sentence.starts_with("To ")) return true;
  const size_t at = sentence.find("려면");
  return at != std::string_view::npos && at * 2 < sentence.size();
}

bool tells_what_to_do(std::string_view t) {
  static constexpr std::string_view kEndings[] = {"선택합니다", "클릭합니다", "누릅니다",  "십시오",     "입력합니다",
                                                  "끕니다",     "누른 다음",  "하려면",    "엽니다",     "둡니다",
                                                  "놓습니다",   "하세요",     "으세요",    "끌어옵니다", "배치합니다",
                                                  "전환합니다", "닫습니다",   "해제합니다"};
  static constexpr std::string_view kVerbs[] = {
      "choose", "click",    "select",  "press",  "right-click", "double-click", "open",     "drag",  "type",   "place",
      "enter",  "go to",    "use the", "on the", "in the",      "put",          "position", "set",   "move",   "add",
      "create", "check",    "mark",    "insert", "copy",        "hold",         "run",      "start", "switch", "close",
      "save",   "navigate", "uncheck", "define", "write",       "highlight",    "clear",    "point"};
  const std::string_view s = text::trim(t);
  if (std::ranges::any_of(kEndings, [&](std::string_view e) { return s.find(e) != std::string_view::npos; }))
    return true;
  const std::string small = text::lower(s);
  return std::ranges::any_of(kVerbs, [&](std::string_view v) {
    const std::string verb = std::string(v) + " ";
    return small.starts_with(verb) || small.find(", " + verb) != std::string::npos ||
           small.find(" and " + verb) != std::string::npos;
  });
}

std::string clean_key(std::string_view text) {
  std::string key = clean_name(text);
  std::string tight;
  for (size_t i = 0; i < key.size(); ++i) {  // no white space around a plus sign
    if (key[i] == ' ' && (i + 1 < key.size() && key[i + 1] == '+')) continue;
    if (key[i] == ' ' && !tight.empty() && tight.back() == '+') continue;
    tight += key[i];
  }
  return std::string(without_tail(tight, "키"));
}

data::Range key_range(const data::Document& document, data::Range range) {
  const std::string_view text = document.slice(range);
  const std::string name = clean_name(text);
  const size_t at = name.empty() ? std::string_view::npos : text.find(name);
  return at == std::string_view::npos ? range : data::Range{range.begin + at, range.begin + at + name.size()};
}

bool is_key(std::string_view text) {
  const std::string key = clean_key(text);
  if (key.empty() || text::count_code_points(key) > 32) return false;
  bool named = false;  // at least one part is a key's name, not just a letter
  size_t begin = 0;
  while (begin <= key.size()) {
    size_t end = key.find('+', begin);
    if (end == begin && begin + 1 == key.size()) end = key.size();  // the plus key itself
    end = std::min(end, key.size());
    const std::string_view part = std::string_view(key).substr(begin, end - begin);
    std::string bare(part);
    if (const size_t bracket = bare.find('('); bracket != std::string::npos && bracket > 0)
      bare = std::string(text::trim(std::string_view(bare).substr(0, bracket)));
    if (!is_one_key(bare)) return false;
    named = named || bare.size() > 1;
    if (end == key.size()) break;
    begin = end + 1;
  }
  return named;
}

bool has_deixis(std::string_view name) {
  const std::string padded = " " + text::lower(name) + " ";
  for (const std::string_view word :
       {" 이 ",           " 이를 ",       " 그 ",     " 해당 ",         " 다음 ",     " 위의 ",
        " 이러한 ",       " 다른 옵션",   " 자세한 ", " this ",         " these ",    " it ",
        " them ",         " that ",       " its ",    " do this",       " 이전 단계", " 사용하려면 ",
        " 액세스하려면 ", " 계속하려면 ", " see ",    " the selected ", " 선택한 "})
    if (padded.find(word) != std::string::npos) return true;
  return false;
}

std::string parent_name(const Outline& o, const Section& s) {
  if (s.parent == Section::kNone) return {};
  const Section& parent = o.sections[s.parent];
  return parent.is_title || is_divider(parent.name) ? std::string() : parent.name;
}

data::Range cell_range(const data::Document& document, const data::Block& table, std::string_view cell,
                       uint64_t& from) {
  if (cell.empty() || from > table.range.end) return {};
  const size_t at = document.slice({from, table.range.end}).find(cell);
  if (at == std::string_view::npos) return {};
  const data::Range range{from + at, from + at + cell.size()};
  from = range.end;
  return range;
}

}  // namespace moru::generate
