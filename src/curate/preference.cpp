#include "curate/preference.h"

#include <bit>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

// Licences that ask for no more than a notice, by the beginning of their SPDX names.
constexpr std::string_view kPermissive[] = {"0BSD",
                                            "AFL-",
                                            "Apache-",
                                            "Artistic-2.0",
                                            "BSD-",
                                            "BSL-1.0",
                                            "CC-BY-1.0",
                                            "CC-BY-2.0",
                                            "CC-BY-2.5",
                                            "CC-BY-3.0",
                                            "CC-BY-4.0",
                                            "CC0-",
                                            "ISC",
                                            "KOGL-Type-1",
                                            "LicenseRef-KOGL-1",
                                            "LicenseRef-KOGL-Type-1",
                                            "LicenseRef-public-domain",
                                            "MIT",
                                            "MS-PL",
                                            "NCSA",
                                            "ODC-By-",
                                            "OpenSSL",
                                            "PDDL-",
                                            "PHP-",
                                            "PSF-",
                                            "PostgreSQL",
                                            "Python-",
                                            "Unicode-",
                                            "Unlicense",
                                            "UPL-1.0",
                                            "W3C",
                                            "WTFPL",
                                            "X11",
                                            "Zlib",
                                            "zlib-acknowledgement"};

bool is_permissive(std::string_view name) {
  for (const std::string_view known : kPermissive) {
    if (!name.starts_with(known)) continue;
    // "MIT" is MIT and MIT-0, not MITNFA; "CC-BY-4.0" is no CC-BY-NC-4.0, which begins otherwise.
    if (known.back() == '-' || name.size() == known.size() || name[known.size()] == '-' || name[known.size()] == '+')
      return true;
  }
  return false;
}

/// Reads "A AND (B OR C WITH d)". AND binds more tightly than OR (SPDX 2.3, annex D).
class Expression {
 public:
  explicit Expression(std::string_view text) : rest_(text) { advance(); }

  int either(int depth) {
    int value = both(depth);
    while (token_ == "OR" || token_ == "or") {
      advance();
      value = std::min(value, both(depth));
    }
    return value;
  }

 private:
  int both(int depth) {
    int value = one(depth);
    while (token_ == "AND" || token_ == "and") {
      advance();
      value = std::max(value, one(depth));
    }
    return value;
  }
  int one(int depth) {
    if (depth > 32 || token_.empty()) return 2;
    int value = 0;
    if (token_ == "(") {
      advance();
      value = either(depth + 1);
    } else {
      value = token_ == "unknown" || token_ == "NOASSERTION" || token_ == "NONE" ? 2 : is_permissive(token_) ? 0 : 1;
    }
    advance();
    if (token_ == "WITH" || token_ == "with") {
      advance();
      advance();
    }
    return value;
  }
  void advance() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    size_t end = rest_.find_first_of(" ()");
    if (end == 0) end = 1;
    token_ = rest_.substr(0, end);
    rest_.remove_prefix(token_.size());
  }
  std::string_view rest_, token_;
};

/// Greater numbers first; what has none comes last.
uint64_t descending(double number) {
  const auto bits = std::bit_cast<uint64_t>(number);
  return bits >> 63 != 0 ? bits : ~bits & ~(uint64_t{1} << 63);
}

/// The digits of "2024-01-02T03:04:05Z" as a number; what has none comes last.
uint64_t time_number(std::string_view iso) {
  uint64_t number = 0;
  int digits = 0;
  for (const char c : iso)
    if (c >= '0' && c <= '9' && digits < 14) number = number * 10 + static_cast<uint64_t>(c - '0'), ++digits;
  if (digits < 8) return UINT64_MAX;
  for (; digits < 14; ++digits) number *= 10;
  return number;
}

}  // namespace

int licence_class(std::string_view expression) {
  return Expression(expression).either(0);
}

Preference::Preference(const Config& rule) : names_(rule.texts("prefer", {"licence", "quality", "age"})) {
  static constexpr std::array<std::string_view, 4> kNames = {"licence", "quality", "age", "length"};
  for (const std::string& name : names_) {
    const auto at = std::ranges::find(kNames, name);
    if (at == kNames.end() || std::ranges::count(names_, name) > 1)
      throw Error(rule.place("prefer"),
                  fmt::format(fmt::runtime(tr("\"{}\" is no mark to prefer copies by, or stands twice",
                                              "\"{}\"은(는) 남길 사본을 고르는 기준이 아니거나 두 번 나옵니다")),
                              name),
                  std::string(tr("give each of licence, quality, age and length at most once",
                                 "licence, quality, age, length를 한 번씩만 쓰세요")));
    marks_.push_back(static_cast<Mark>(at - kNames.begin()));
  }
  if (std::ranges::find(marks_, Mark::length) == marks_.end()) marks_.push_back(Mark::length);
}

uint64_t Preference::value(Mark mark, const data::Document& document) {
  switch (mark) {
    case Mark::licence:
      return static_cast<uint64_t>(licence_class(document.licence.id));
    case Mark::quality: {
      const auto measure = document.measures.find("quality");
      return measure == document.measures.end() ? UINT64_MAX : descending(measure->second);
    }
    case Mark::age:
      return time_number(document.source.modified);
    case Mark::length:
      return ~static_cast<uint64_t>(document.text.size());
  }
  return 0;
}

Rank Preference::rank(uint64_t index, const data::Document& document) const {
  Rank rank;
  rank.index = index;
  for (size_t i = 0; i < marks_.size(); ++i) rank.marks[i] = value(marks_[i], document);
  return rank;
}

Json Preference::to_json() const {
  return names_;
}

uint64_t title_hash(const data::Document& document) {
  return document.title.empty() ? 0 : hash64(text::lower(text::normalise_space(document.title)));
}

}  // namespace moru::curate
