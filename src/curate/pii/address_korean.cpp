// Korean addresses: province, city, district, then a road and a number, or a village and a lot. Without the number it
// is a place, not somebody's address.
#include <algorithm>
#include <vector>

#include "curate/pii/detector.h"
#include "curate/pii/gazetteer.h"
#include "curate/pii/hangul.h"
#include "curate/pii/words.h"

namespace moru::curate::pii {
namespace {

bool is_digit(std::string_view text, size_t p) {
  return p < text.size() && text[p] >= '0' && text[p] <= '9';
}

/// Reads on from a place; every function leaves the place where it is if what it looks for is not there.
class Reader {
 public:
  Reader(std::string_view text, size_t position) : text_(text), p_(position) {}

  size_t position() const { return p_; }
  void set(size_t position) { p_ = position; }

  bool spaces(bool commas = false) {
    const size_t begin = p_;
    while (p_ < text_.size() && p_ - begin < 3 && (text_[p_] == ' ' || (commas && text_[p_] == ','))) ++p_;
    return p_ > begin;
  }
  bool word(std::string_view word) {
    if (!text_.substr(p_).starts_with(word)) return false;
    p_ += word.size();
    return true;
  }
  bool one_of(std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view w) { return word(w); });
  }
  /// Digits, at most `limit`.
  bool number(size_t limit) {
    size_t end = p_;
    while (is_digit(text_, end)) ++end;
    if (end == p_ || end - p_ > limit) return false;
    p_ = end;
    return true;
  }
  /// A run of Hangul syllables and digits (of dots and middle dots too, inside) that ends in one of the words; the
  /// longest such.
  bool name_in(std::initializer_list<std::string_view> endings, size_t min_bytes) {
    constexpr size_t kMaxBytes = 45;
    size_t best = 0;
    size_t end = p_;
    while (end - p_ < kMaxBytes) {
      if (is_syllable(text_, end)) {
        end += kSyllable;
        for (const std::string_view ending : endings)
          if (end - p_ >= min_bytes && text_.substr(p_, end - p_).ends_with(ending)) best = end;
      } else if (is_digit(text_, end) || (end > p_ && end < text_.size() && text_[end] == '.')) {
        ++end;
      } else if (text_.substr(end).starts_with("·")) {
        end += 2;
      } else {
        break;
      }
    }
    if (best == 0) return false;
    p_ = best;
    return true;
  }

 private:
  std::string_view text_;
  size_t p_;
};

constexpr std::string_view kUnits[] = {"년",   "월", "일", "시간", "시", "분", "초",   "개",  "명",    "건", "원",
                                       "번째", "차", "회", "배",   "대", "세", "살",   "위",  "가지",  "주", "단계",
                                       "km",   "m",  "%",  "㎞",   "㎡", "인", "호선", "만",  "천",    "억", "편",
                                       "장",   "곳", "척", "도",   "kg", "mm", "cm",   "번 ", "번출구"};

/// A building's number, or a lot: "123", "123-4", "산 12-3", "123번지". `plain`: it has no more than digits.
bool house_number(Reader& reader, std::string_view text, bool& plain) {
  const size_t begin = reader.position();
  plain = true;
  if (reader.word("산") || reader.word("지하")) plain = false;
  reader.spaces();
  if (!reader.number(5)) {
    reader.set(begin);
    return false;
  }
  const size_t after = reader.position();
  if (reader.word("-") || reader.word("–")) {
    if (reader.number(4))
      plain = false;
    else
      reader.set(after);
  }
  if (reader.word("번지")) plain = false;
  const size_t end = reader.position();
  const std::string_view rest = text.substr(end, 12);
  // Dates, decimals, longer numbers and counts are no house's.
  const bool joined =
      is_digit(text, end) || (!rest.empty() && (rest[0] == '.' || rest[0] == '-' || rest[0] == ':' || rest[0] == '/') &&
                              is_digit(text, end + 1));
  const bool counts =
      plain && std::ranges::any_of(kUnits, [&](std::string_view unit) { return rest.starts_with(unit); });
  if (joined || counts) {
    reader.set(begin);
    return false;
  }
  return true;
}

/// ", 101동 1203호", " 3층", " (역삼동, 한빛빌딩)", " 한빛아파트 101동 1203호".
void detail(Reader& reader, std::string_view text) {
  constexpr std::string_view kParts[] = {"동", "호", "층"};
  constexpr size_t kMaxParts = 5;
  for (size_t part = 0; part < kMaxParts; ++part) {
    const size_t begin = reader.position();
    reader.spaces(true);
    const size_t start = reader.position();
    if (reader.word("(")) {
      const size_t close = text.substr(start, 64).find(')');
      const std::string_view inside = close == std::string_view::npos ? "" : text.substr(start + 1, close - 1);
      const bool place = inside.find("동") != std::string_view::npos || inside.find("가") != std::string_view::npos ||
                         inside.find("리") != std::string_view::npos;
      if (place && inside.find('\n') == std::string_view::npos && !inside.empty() && is_syllable(inside, 0)) {
        reader.set(start + close + 1);
        continue;
      }
      reader.set(begin);
      return;
    }
    reader.word("지하");
    reader.spaces();
    if (reader.number(4) && reader.one_of(kParts)) continue;
    reader.set(start);
    // "A동", "가동"; or a building's name, if a door's number follows it.
    const bool named =
        reader.name_in({"아파트", "빌딩", "타워", "빌라", "오피스텔", "맨션", "하이츠", "자이", "푸르지오", "래미안",
                        "힐스테이트", "센터", "캐슬", "마을", "단지", "가동", "나동", "다동"},
                       2 * kSyllable);
    if (named && !is_syllable(text, reader.position())) {
      const size_t name_end = reader.position();
      reader.spaces(true);
      if (reader.number(4) && reader.one_of(kParts)) continue;
      reader.set(name_end);
      continue;
    }
    reader.set(begin);
    return;
  }
}

}  // namespace

std::span<const std::string_view> korean_region_words() {
  static const std::vector<std::string_view> words = [] {
    const auto provinces = korean_provinces();
    const auto districts = korean_districts();
    std::vector<std::string_view> all(provinces.begin(), provinces.end());
    all.insert(all.end(), districts.begin(), districts.end());
    return all;
  }();
  return words;
}

Hit find_korean_address(const Place& place) {
  const std::string_view text = place.text;
  if (follows_syllable(text, place.position)) return {};
  const std::string_view first = text.substr(place.position, place.length);
  const auto provinces = korean_provinces();
  const bool province = std::ranges::find(provinces, first) != provinces.end();
  Reader reader(text, place.position + place.length);
  size_t districts = province ? 0 : 1;
  constexpr size_t kMaxDistricts = 3;
  while (districts < kMaxDistricts) {
    const size_t begin = reader.position();
    reader.spaces();
    if (!reader.one_of(korean_districts()) || is_syllable(text, reader.position())) {
      reader.set(begin);
      break;
    }
    ++districts;
  }
  // Only Sejong has no districts.
  if (districts == 0 && !first.starts_with("세종")) return {};
  if (!reader.spaces()) return {};
  const auto finish = [&] {
    detail(reader, text);
    return Hit{{place.position, reader.position()}, province ? Confidence::context : Confidence::format};
  };
  const size_t after_regions = reader.position();
  if (reader.name_in({"읍", "면"}, 2 * kSyllable) && reader.spaces()) {
  } else {
    reader.set(after_regions);
  }
  const size_t local = reader.position();
  bool plain = false;
  if (reader.name_in({"로", "길", "대로"}, 2 * kSyllable)) {
    const std::string_view road = text.substr(local, reader.position() - local);
    reader.spaces();
    // "단독으로 3" is a particle and a count.
    if (!road.ends_with("으로") && house_number(reader, text, plain)) return finish();
    reader.set(local);
  }
  if (reader.name_in({"동", "리", "가"}, 2 * kSyllable)) {
    reader.spaces();
    if (house_number(reader, text, plain) && (!plain || province)) return finish();
  }
  return {};
}

}  // namespace moru::curate::pii
