#include "generate/outline.h"

#include <algorithm>
#include <array>

#include "generate/prose.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

// Lower case, sorted by language; what reference manuals call the parts of a page.
constexpr std::string_view kDividers[] = {
    "syntax",
    "example",
    "examples",
    "parameters",
    "parameter",
    "return value",
    "return values",
    "error codes",
    "technical information",
    "description",
    "related topics",
    "see also",
    "notes",
    "note",
    "tip",
    "warning",
    "in python",
    "in basic",
    "service invocation",
    "overview",
    "introduction",
    "arguments",
    "remarks",
    "usage",
    "methods",
    "contents",
    "general",
    "preview",
    "ok",
    "reset",
    "cancel",
    "help",
    "close",
    "back",
    "next",
    "apply",
    "more",
    "fewer options",
    "more options",
    "options",
    "properties",
    "type",
    "value",
    "name",
    "delete",
    "edit",
    "new",
    "add",
    "remove",
    "select",
    "구문",
    "예",
    "예제",
    "예시",
    "매개 변수",
    "매개변수",
    "반환 값",
    "반환값",
    "오류 코드",
    "설명",
    "관련 주제",
    "참고",
    "주의",
    "팁",
    "개요",
    "기술 정보",
    "취소",
    "확인",
    "닫기",
    "도움말",
    "원래대로",
    "다음",
    "이전",
    "뒤로",
    "다시",
    "적용",
    "미리보기",
    "미리 보기",
    "미리보기 필드",
    "기타",
    "옵션",
    "일반",
    "추가",
    "삭제",
    "제거",
    "편집",
    "선택",
    "이름",
    "유형",
    "값",
    "자세히",
    "새로 만들기",
    "수정",
    "속성",
    "설정",
    "내용",
    "목록",
    "기본값",
    "이 기능을 사용하려면",
    "이 명령을 사용하려면",
};

bool has_word(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const char32_t c = text::next_code_point(text, at);
    if (text::is_letter(c) || text::is_number(c)) return true;
  }
  return false;
}

/// True if `folder` stands as a whole part in the path of a URI.
bool lies_in(std::string_view uri, std::string_view folder) {
  for (size_t at = uri.find(folder); at != std::string_view::npos; at = uri.find(folder, at + 1)) {
    const bool begins = at == 0 || uri[at - 1] == '/' || uri[at - 1] == ':';
    const size_t end = at + folder.size();
    if (begins && (end == uri.size() || uri[end] == '/')) return true;
  }
  return false;
}

}  // namespace

std::string clean_name(std::string_view text) {
  std::string name = text::normalise_space(text);
  std::string_view rest = name;
  for (;;) {
    const std::string_view before = rest;
    for (const std::string_view tail : {":", "...", "…", ".", ","})
      if (rest.ends_with(tail) && rest.size() > tail.size())
        rest = text::trim(rest.substr(0, rest.size() - tail.size()));
    for (const auto& [open, close] :
         {std::pair<std::string_view, std::string_view>{"[", "]"}, {"\"", "\""}, {"'", "'"}, {"“", "”"}, {"(", ")"}})
      if (rest.size() > open.size() + close.size() && rest.starts_with(open) && rest.ends_with(close) &&
          rest.find(close, open.size()) == rest.size() - close.size())
        rest = text::trim(rest.substr(open.size(), rest.size() - open.size() - close.size()));
    if (rest.size() == before.size()) break;
  }
  for (const std::string_view stray : {"로 ", "을 ", "를 ", "의 ", "은 ", "는 ", "이(가) ", "에서 "})
    if (rest.starts_with(stray)) return {};  // a translation's leftover, which no question can name
  // "표를 만들려면 다음을 수행합니다": the purpose is the name.
  if (const size_t at = rest.find("려면 다음"); at != std::string_view::npos)
    rest = rest.substr(0, at + std::string_view("려면").size());
  if (!has_word(rest) || rest.find("not found") != std::string_view::npos || rest.find("@@@") != std::string_view::npos)
    return {};
  return std::string(rest);
}

bool is_divider(std::string_view name) {
  const std::string small = text::lower(name);
  return std::ranges::any_of(kDividers, [&](std::string_view divider) { return small == divider; });
}

std::vector<const Section*> Outline::parts(const Section& section, std::string_view role) const {
  std::vector<const Section*> found;
  const auto index = static_cast<size_t>(&section - sections.data());
  for (size_t i = index + 1; i < sections.size() && (sections[i].level > section.level || sections[i].parent == index);
       ++i)
    if (sections[i].parent == index && sections[i].role == role) found.push_back(&sections[i]);
  return found;
}

Outline outline(const data::Document& document, const std::vector<Place>& places) {
  Outline result;
  result.document = &document;
  for (const Place& place : places)
    if (lies_in(document.source.uri, place.folder)) {
      result.place = place.name;
      result.weight = place.weight;
      break;
    }
  const auto& blocks = document.blocks;
  const auto is_heading = [](const data::Block& b) {
    return b.kind == data::BlockKind::heading || b.kind == data::BlockKind::title;
  };
  std::vector<size_t> open;  // sections that the next one may be part of, outermost first
  Section current;
  current.begin = 0;
  bool titled = false;
  for (size_t i = 0; i <= blocks.size(); ++i) {
    if (i < blocks.size() && !is_heading(blocks[i])) continue;
    current.end = i;
    if (current.heading != Section::kNone || current.end > current.begin) {
      result.sections.push_back(current);
      if (current.heading != Section::kNone) open.push_back(result.sections.size() - 1);
    }
    if (i == blocks.size()) break;
    current = Section{};
    current.heading = i;
    current.range = blocks[i].range;
    current.name = clean_name(document.slice(blocks[i].range));
    current.level = blocks[i].kind == data::BlockKind::title ? 0 : blocks[i].level;
    current.role = blocks[i].role;
    current.begin = i + 1;
    current.is_title = !titled && !current.name.empty();
    titled = titled || current.is_title;
    while (!open.empty() && result.sections[open.back()].level >= current.level) open.pop_back();
    if (!open.empty()) current.parent = open.back();
  }
  result.title = clean_name(document.title);
  if (result.title.empty())
    for (const Section& s : result.sections)
      if (s.is_title) result.title = s.name;
  return result;
}

}  // namespace moru::generate
