#include "generate/task_name.h"

#include <algorithm>
#include <array>
#include <vector>

#include "text/korean.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

using text::Particle;

constexpr int kRieul = 8;

// Nouns of action: with 하다 they are verbs.
constexpr std::string_view kActions[] = {
    "적용",     "삽입",   "삭제",   "변경",       "편집",     "정의", "추가", "제거", "이동", "복사",   "인쇄",
    "저장",     "설정",   "해제",   "사용",       "작성",     "계산", "표시", "정렬", "검색", "입력",   "선택",
    "분할",     "병합",   "연결",   "변환",       "확인",     "생성", "수정", "지정", "회전", "고정",   "보호",
    "취소",     "복원",   "관리",   "실행",       "기록",     "할당", "등록", "교체", "전환", "활성화", "비활성화",
    "결합",     "그룹화", "재정렬", "배치",       "배열",     "확대", "축소", "조정", "조절", "최적화", "갱신",
    "업데이트", "공유",   "비교",   "번역",       "필터링",   "탐색", "전송", "발송", "제한", "구성",   "암호화",
    "서명",     "디버깅", "참조",   "업그레이드", "다운로드", "설치", "재생", "중지", "시작", "종료",   "강조",
    "조회",     "평가",   "처리",   "분리",       "검사",     "반복", "요약", "통합", "호출", "측정",   "대체",
    "분석",     "출력",   "초기화", "자동화",     "지역화",   "정리", "제출", "예약", "접속", "초대",   "승인",
    "신청",     "결재",   "발급"};

// Verbs whose noun form in -기 names a task; other words in -기 are mostly things ("편집기", "크기", "분기").
constexpr std::string_view kStems[] = {
    "하",     "만들", "바꾸",   "넣",     "열",       "닫",     "쓰",   "읽",   "찾",   "묶",   "풀",   "끄",
    "켜",     "걸",   "숨기",   "옮기",   "나누",     "합치",   "오",   "내",   "리",   "지우", "고치", "줄이",
    "맞추",   "채우", "꾸미",   "끌",     "놓",       "누르",   "고르", "정하", "받",   "붙이", "펼치", "접",
    "잠그",   "띄우", "겹치",   "뒤집",   "늘이",     "당기",   "밀",   "빼",   "매기", "그리", "돌리", "보내",
    "물들이", "덮",   "바로잡", "건너뛰", "이어붙이", "따라가", "가",   "없애", "얻"};

// Nouns that end like a particle.
constexpr std::string_view kNotParticles[] = {"매크로", "가로", "세로", "경로", "제로", "회로", "도로",
                                              "통로",   "메모", "언어", "단어", "용어", "영어", "명령어"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != std::ranges::end(words);
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return word.ends_with(e); });
}

/// The stem as it is, or a longer verb that ends in it ("가져오", "잘라내"); stems of one syllable only as they are,
/// but for those that verbs are commonly put together with.
bool is_verb(std::string_view stem) {
  return std::ranges::any_of(kStems, [&](std::string_view known) {
    if (stem == known) return true;
    const bool joins = known.size() > 3 || known == "하" || known == "오" || known == "내" || known == "리" ||
                       known == "놓" || known == "넣" || known == "쓰";
    return joins && stem.ends_with(known);
  });
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  text::for_each_word(text, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

std::string join(const std::vector<std::string>& words, size_t end) {
  std::string text;
  for (size_t i = 0; i < end; ++i) text += (i == 0 ? "" : " ") + words[i];
  return text;
}

/// The words before a verb, with 을/를 if they end in a bare noun. Empty if the last word is neither noun, particle nor
/// adverb for sure.
std::string object_before_verb(const std::vector<std::string>& words, size_t end) {
  const std::string text = join(words, end);
  const std::string& last = words[end - 1];
  if (ends_with_any(last, {"및", "또는", "·", "/", ",", "의", "-", "한", "하는", "된", "는", "위한", "대한"}))
    return {};
  if (is_one_of(last, std::array<std::string_view, 9>{"미리", "다시", "함께", "같이", "모두", "자동", "수동", "직접",
                                                      "일괄"}))
    return text;
  if (!is_one_of(last, kNotParticles) &&
      ends_with_any(last, {"로", "에",   "에서", "을",   "를",   "에게", "부터",   "까지", "어서", "아서", "여서", "와",
                           "과", "도록", "않고", "없이", "하여", "해서", "으로써", "마다", "대로", "별로", "처럼"}))
    return text;
  if (ends_with_any(last, {"붙여", "이어", "되돌려", "끌어", "바꿔", "나누어"})) return text;
  const bool has_object =
      std::any_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(end - 1), [](const std::string& w) {
        return w.size() > 3 && ends_with_any(w, {"을", "를"});
      });
  if (has_object) return {};
  if (text::final_sound(last) == text::FinalSound::unknown) return {};
  return text::with_particle(text, Particle::object);
}

/// From a verb's stem ("만들", "바꾸", "하"), with what stands before it.
TaskForms from_stem(const std::string& before, const std::string& stem) {
  const int final = text::final_index(stem);
  if (final < 0) return {};
  const std::string lead = before.empty() ? "" : before + " ";
  TaskForms forms;
  forms.if_to = lead + stem + (final == 0 || final == kRieul ? "려면" : "으려면");
  forms.way_of = lead + (final == kRieul ? text::with_final(stem, 0) : stem) + "는";
  forms.wish = lead + stem + "고";
  return forms;
}

TaskForms korean_forms(std::string_view name) {
  std::vector<std::string> words = words_of(name);
  if (words.empty()) return {};
  const std::string last = words.back();
  const auto before = [&]() { return words.size() == 1 ? std::string() : object_before_verb(words, words.size() - 1); };
  if (last.size() > 6 && last.ends_with("려면")) {
    std::string stem = last.substr(0, last.size() - std::string_view("려면").size());
    if (stem.ends_with("으") && stem.size() > 3) stem.resize(stem.size() - 3);
    TaskForms forms = from_stem(join(words, words.size() - 1), stem);
    forms.is_clause = true;
    return forms;
  }
  if (last == "방법" && words.size() > 1 && words[words.size() - 2].ends_with("는")) {
    TaskForms forms;
    forms.way_of = join(words, words.size() - 1);
    return forms;
  }
  const auto action = [&](const std::string& stem) {
    TaskForms forms = words.size() > 1 && before().empty() ? TaskForms{} : from_stem(before(), stem);
    forms.is_action = words.size() > 1;
    return forms;
  };
  if (is_one_of(last, kActions)) return action(last + "하");
  if (last.size() > 3 && last.ends_with("기") && is_verb(last.substr(0, last.size() - 3))) {
    if (words.size() == 1 && last == "보기") return {};
    return action(last.substr(0, last.size() - 3));
  }
  return {};
}

struct Gerund {
  std::string_view gerund, verb;
};

// Verbs whose gerund drops an e.
constexpr std::string_view kVerbsInE[] = {
    "use",      "create",   "change",    "remove",    "move",     "save",      "write",     "resize",     "define",
    "merge",    "arrange",  "rotate",    "calculate", "delete",   "update",    "customize", "organize",   "hide",
    "share",    "replace",  "combine",   "include",   "navigate", "duplicate", "activate",  "deactivate", "animate",
    "automate", "paste",    "translate", "minimize",  "optimize", "recognize", "enable",    "disable",    "scale",
    "size",     "execute",  "compare",   "store",     "restore",  "reverse",   "close",     "choose",     "type",
    "measure",  "evaluate", "exchange",  "produce",   "make",     "reduce",    "crop",      "generate",   "validate",
    "reuse",    "force",    "rename",    "divide",    "enclose",  "place",     "browse",    "separate",   "retrieve",
    "take",     "give",     "toggle"};
// Verbs that only take the ending, or double their last letter before it.
constexpr std::string_view kPlainVerbs[] = {
    "insert",    "edit",     "add",    "link",   "convert", "print",   "open",    "format",    "set",      "wrap",
    "drag",      "split",    "get",    "apply",  "assign",  "record",  "export",  "import",    "sort",     "filter",
    "select",    "enter",    "turn",   "zoom",   "group",   "ungroup", "protect", "unprotect", "transfer", "adjust",
    "align",     "attach",   "avoid",  "begin",  "break",   "build",   "check",   "copy",      "count",    "cut",
    "debug",     "display",  "draw",   "expand", "extend",  "fill",    "find",    "fit",       "flip",     "freeze",
    "highlight", "jump",     "join",   "load",   "mark",    "modify",  "number",  "play",      "put",      "query",
    "read",      "register", "repeat", "reset",  "round",   "run",     "search",  "send",      "show",     "sign",
    "start",     "stop",     "work"};

constexpr std::string_view kNoVerbs[] = {"the",  "a",     "an",      "all",  "be", "this",
                                         "that", "other", "another", "each", "no", "one"};

std::string verb_of_gerund(std::string_view word) {
  const std::string small = text::lower(word);
  if (small.size() < 5 || !small.ends_with("ing")) return {};
  const std::string stem = small.substr(0, small.size() - 3);
  if (is_one_of(stem + "e", kVerbsInE)) return stem + "e";
  if (is_one_of(stem, kPlainVerbs)) return stem;
  const bool doubled = stem.size() > 2 && stem[stem.size() - 1] == stem[stem.size() - 2];
  if (doubled && is_one_of(stem.substr(0, stem.size() - 1), kPlainVerbs)) return stem.substr(0, stem.size() - 1);
  return {};
}

TaskForms english_forms(std::string_view name) {
  std::vector<std::string> words = words_of(name);
  if (words.size() < 2) return {};
  TaskForms forms;
  if (words[0] == "To" || words[0] == "to") {
    words.erase(words.begin());
    if (words.size() < 2) return {};
    if (!text::is_letter(static_cast<unsigned char>(words[0][0]))) return {};
    words[0] = text::lower(words[0]);
    if (is_one_of(words[0], kNoVerbs)) return {};
    forms.verb = join(words, words.size());
    forms.is_clause = true;
    return forms;
  }
  // "Send a document for approval": an imperative in sentence case, not a command's name ("Insert Table").
  const std::string first = text::lower(words[0]);
  if (words.size() > 2 && (is_one_of(first, kPlainVerbs) || is_one_of(first, kVerbsInE)) && words[1][0] >= 'a' &&
      words[1][0] <= 'z') {
    words[0] = first;
    forms.verb = join(words, words.size());
    forms.is_clause = true;
    return forms;
  }
  // "Inserting, Editing, and Linking Frames": every gerund of the row becomes a verb.
  bool found = false;
  for (std::string& word : words) {
    const bool comma = word.ends_with(",");
    const std::string bare = comma ? word.substr(0, word.size() - 1) : word;
    if (bare == "and" || bare == "or") continue;
    const std::string verb = verb_of_gerund(bare);
    if (verb.empty()) break;
    found = true;
    word = verb + (comma ? "," : "");
  }
  if (!found || !verb_of_gerund(words.back()).empty()) return {};
  forms.verb = join(words, words.size());
  return forms;
}

}  // namespace

TaskForms task_forms(std::string_view name) {
  const std::string_view bare = text::trim(name);
  if (bare.find(" - ") != std::string_view::npos) return {};  // "Wizard - Fields": a place
  return text::hangul_share(bare) > 0 && text::final_index(bare) >= 0 ? korean_forms(bare) : english_forms(bare);
}

}  // namespace moru::generate
