#include "evaluate/terms.h"

#include <set>

#include "core/hash.h"
#include "text/unicode.h"

namespace moru::evaluate {
namespace {

constexpr Term kWord = Term{1} << 63;

// Scripts written without spaces between words (CJK ideographs and their extensions, kana), or, as Korean, with
// particles joined to them.
bool runs_together(char32_t c) {
  return text::is_hangul(c) || (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

class Splitter {
 public:
  explicit Splitter(std::vector<Term>& terms) : terms_(terms) {}

  void take(char32_t c) {
    if (c < 0x80) {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return letter(c);
      if (c >= 'A' && c <= 'Z') return letter(c + ('a' - 'A'));
      return end();
    }
    if (!text::is_letter(c) && !text::is_number(c) && !text::is_mark(c)) return end();
    if (runs_together(c)) return joined(c);
    letter(c);
  }

  void end() {
    if (!word_.empty()) {
      // Only ASCII is lower case by now: other scripts are rare enough to be folded a word at a time.
      const bool ascii = std::ranges::all_of(word_, [](char c) { return (c & 0x80) == 0; });
      terms_.push_back(kWord | hash64(ascii ? word_ : text::lower(word_)));
      word_.clear();
    }
    if (run_length_ == 1) terms_.push_back(static_cast<Term>(previous_));
    run_length_ = 0;
  }

 private:
  void letter(char32_t c) {
    if (run_length_ > 0) end();
    text::append_utf8(word_, c);
  }
  void joined(char32_t c) {
    if (!word_.empty()) end();
    if (run_length_ > 0) terms_.push_back(static_cast<Term>(previous_) << 31 | static_cast<Term>(c));
    previous_ = c;
    ++run_length_;
  }

  std::vector<Term>& terms_;
  std::string word_;
  char32_t previous_ = 0;
  size_t run_length_ = 0;
};

void split(std::string_view text, std::vector<Term>& terms) {
  Splitter splitter(terms);
  for (size_t i = 0; i < text.size();) {
    splitter.take(text::next_code_point(text, i));
  }
  splitter.end();
}

// Words and word stems of asking, not of any subject.
constexpr std::string_view kAsking =
    "어떻게 어떤 어디 어디서 어디에 어느 무엇 무엇을 무엇인가요 무슨 무얼 뭐 뭐야 뭔가요 뭐예요 뭐지 왜 언제 하나요 "
    "하나 하죠 하지 하려면 "
    "하면 하고 싶어요 싶은데 싶어 인가요 인가 되나요 되죠 될까 될까요 돼 돼요 되지 있나요 있어 있나 있을까 있는지 "
    "있을까요 없나요 수 "
    "방법 방법은 방법을 방법이 알려 알려줘 알려주세요 가르쳐 설명 설명해 설명해줘 설명해주세요 주세요 줘 줄래 궁금해요 "
    "궁금합니다 해야 "
    "해 해요 할까 할까요 할 때 좀 은 는 이 가 을 를 의 에 도 로 "
    "how what which where when why who is are was do does did can could should would will i me my we you your the a an "
    "to of in on for it its this that there be please tell explain";

const std::set<Term>& asking_terms() {
  static const std::set<Term> terms = [] {
    std::vector<Term> list;
    split(kAsking, list);
    return std::set<Term>(list.begin(), list.end());
  }();
  return terms;
}

}  // namespace

void append_terms(std::string_view text, std::vector<Term>& terms) {
  // Curated text is valid and NFC already: only the rest is copied.
  if (text::is_valid_utf8(text) && text::is_nfc(text)) return split(text, terms);
  split(text::nfc(text::repair_utf8(text)), terms);
}

std::vector<Term> query_terms(std::string_view question) {
  std::vector<Term> all;
  append_terms(question, all);
  std::vector<Term> telling;
  std::ranges::copy_if(all, std::back_inserter(telling), [](Term term) { return !asking_terms().contains(term); });
  return telling.empty() ? all : telling;
}

}  // namespace moru::evaluate
