// A made collection of any size: Korean and English pages with copies, near copies, recurring lines and personal data,
// the same for the same seed. Page i can be made without those before it.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/random.h"

namespace moru::bench {

struct Page {
  std::string title, text;
  bool korean = false;
};

class Collection {
 public:
  explicit Collection(uint64_t seed) : seed_(seed) {}

  /// Of a hundred pages 6 are copies of an earlier one and 10 nearly so; 60 carry the lines of a template, 5 personal
  /// data. Sizes are lognormal with a median of 2 KB and a mean of 3 KB.
  Page page(uint64_t i) const {
    Random random(seed_ * 1000003 + i * 7919);
    const uint64_t kind = i < 1000 ? 100 : random.below(100);
    uint64_t origin = i;
    if (kind < 16) origin = random.below(i / 2);
    Page page = fresh(origin);
    if (kind >= 6 && kind < 16) change_words(page, random);
    return page;
  }

 private:
  static constexpr std::string_view kEnglish[] = {
      "the",      "of",       "and",        "to",       "a",         "in",       "is",        "for",      "that",
      "with",     "on",       "be",         "are",      "this",      "as",       "by",        "from",     "or",
      "an",       "it",       "file",       "value",    "page",      "system",   "report",    "section",  "number",
      "set",      "data",     "user",       "each",     "when",      "which",    "can",       "must",     "will",
      "has",      "not",      "all",        "new",      "request",   "service",  "team",      "month",    "contract",
      "customer", "payment",  "price",      "change",   "list",      "open",     "process",   "quality",  "test",
      "result",   "level",    "department", "project",  "review",    "document", "network",   "security", "access",
      "password", "server",   "storage",    "backup",   "version",   "update",   "plan",      "meeting",  "schedule",
      "travel",   "budget",   "expense",    "approval", "manager",   "employee", "training",  "policy",   "safety",
      "machine",  "pressure", "valve",      "pump",     "sensor",    "limit",    "check",     "before",   "after",
      "between",  "during",   "without",    "several",  "different", "common",   "important", "local",    "public",
      "possible"};
  static constexpr std::string_view kStems[] = {
      "문서", "파일", "값",     "쪽",   "보고서",   "시스템", "사용자", "자료", "번호", "항목", "요청", "서비스",
      "부서", "계약", "고객",   "결제", "가격",     "변경",   "목록",   "절차", "품질", "시험", "결과", "수준",
      "사업", "검토", "보안",   "접근", "비밀번호", "서버",   "저장소", "백업", "판",   "갱신", "계획", "회의",
      "일정", "출장", "예산",   "비용", "승인",     "관리자", "직원",   "교육", "규정", "안전", "장비", "압력",
      "밸브", "펌프", "감지기", "한계", "점검",     "기간",   "지역",   "공공", "업무", "기준", "방법", "내용",
      "신청", "처리", "기관",   "담당", "정보",     "개인",   "관리",   "운영", "지원", "평가"};
  static constexpr std::string_view kParticles[] = {"",   "을",   "를",   "이",   "가",      "은",      "는",   "의",
                                                    "에", "에서", "으로", "와",   "과",      "까지",    "부터", "도",
                                                    "만", "마다", "보다", "처럼", "에 대한", "에 따라", "별",   "들"};
  static constexpr std::string_view kEnds[] = {"합니다",   "했습니다",  "됩니다", "있습니다", "바랍니다",
                                               "하십시오", "해야 한다", "하였다", "되었다",   "할 수 있다"};

  template <size_t N>
  static std::string_view common(const std::string_view (&words)[N], Random& random) {
    const double u = random.uniform();  // the first ones more often
    return words[static_cast<size_t>(u * u * static_cast<double>(N))];
  }

  static std::string word(bool korean, Random& random) {
    const uint64_t rare = random.below(12);
    if (korean) {
      std::string stem(common(kStems, random));
      if (rare == 0) stem += kStems[random.below(std::size(kStems))];
      if (rare == 1) return fmt::format("{}호", random.below(3000));
      return stem.append(kParticles[random.below(std::size(kParticles))]);
    }
    std::string one(common(kEnglish, random));
    if (rare == 0) one += fmt::format("-{}", kEnglish[20 + random.below(80)]);
    if (rare == 1) return fmt::format("{}", random.below(5000));
    return one;
  }

  static void sentence(bool korean, Random& random, std::string& text) {
    for (uint64_t words = 5 + random.below(14); words > 0; --words) {
      text += word(korean, random);
      text += ' ';
    }
    if (korean) {
      text += kEnds[random.below(std::size(kEnds))];
    } else {
      text.pop_back();
    }
    text += ". ";
  }

  Page fresh(uint64_t i) const {
    Random random(seed_ * 31 + i * 2654435761U);
    Page page;
    page.korean = random.below(2) == 0;
    page.title = fmt::format("{} {} {}", word(page.korean, random), word(page.korean, random), i);
    const uint64_t site = random.below(5);  // three of five sites print a menu and a notice on every page
    if (site < 3)
      page.text += page.korean ? std::string("처음으로 | 소개 | 자료실 | 문의\n\n")
                               : std::string("Home | About | Library | Contact\n\n");
    const double size = 2000 * std::exp(0.9 * random.normal());
    while (static_cast<double>(page.text.size()) < size) {
      for (uint64_t sentences = 2 + random.below(5); sentences > 0; --sentences)
        sentence(page.korean, random, page.text);
      page.text.back() = '\n';
      page.text += '\n';
    }
    if (random.below(20) == 0)
      page.text += fmt::format("{} kim{}@firm{}.co.kr, 010-{:04}-{:04}\n\n", page.korean ? "담당" : "Contact",
                               random.below(1000), random.below(50), random.below(10000), random.below(10000));
    if (site < 3)
      page.text += page.korean ? std::string("이 자료는 기관의 허락 없이 옮길 수 없습니다.\n")
                               : std::string("No part of this page may be copied without leave.\n");
    return page;
  }

  /// Of every hundred words two others.
  static void change_words(Page& page, Random& random) {
    std::string changed;
    changed.reserve(page.text.size());
    size_t begin = 0;
    for (;;) {
      const size_t end = page.text.find(' ', begin);
      if (random.below(50) == 0 && end != std::string::npos && page.text.find('\n', begin) > end) {
        changed += word(page.korean, random);
      } else {
        changed.append(page.text, begin, end - begin);
      }
      if (end == std::string::npos) break;
      changed += ' ';
      begin = end + 1;
    }
    page.text = std::move(changed);
  }

  uint64_t seed_;
};

}  // namespace moru::bench
