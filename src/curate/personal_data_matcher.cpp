// One pass over a text: bytes that can begin or announce something personal call the detectors of their trigger.
#include "curate/personal_data_matcher.h"

#include <array>
#include <memory>

#include "curate/pii/detector.h"

namespace moru::curate {
namespace {

using data::Range;
using pii::Detector;
using pii::Hit;
using pii::Place;
using pii::Trigger;

enum class Byte : uint8_t { other, digit, plus, open, at, colon, capital, hangul, full_width };

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr uint32_t kFirstSyllable = 0xAC00;
constexpr uint32_t kSyllables = 0xD7A4 - 0xAC00;

/// The detectors by trigger, and their words by what they begin with.
class Table {
 public:
  struct Word {
    std::string_view word;
    const Detector* detector;
  };

  static const Table& get() {
    static const Table table;
    return table;
  }
  Byte of(char c) const { return bytes_[static_cast<unsigned char>(c)]; }
  std::span<const Detector* const> of(Trigger trigger) const { return by_trigger_[static_cast<size_t>(trigger)]; }
  /// Words that begin with the character at the front of `text`, a capital or a Hangul syllable.
  std::span<const Word> words(std::string_view text) const {
    uint8_t group = 0;
    if (is_upper(text[0])) {
      group = capitals_[static_cast<size_t>(text[0] - 'A')];
    } else if (text.size() >= 3) {
      const uint32_t c = ((static_cast<unsigned char>(text[0]) & 0x0FU) << 12) |
                         ((static_cast<unsigned char>(text[1]) & 0x3FU) << 6) |
                         (static_cast<unsigned char>(text[2]) & 0x3FU);
      if (c - kFirstSyllable < kSyllables) group = syllables_[c - kFirstSyllable];
    }
    return groups_[group];
  }

 private:
  Table() : groups_(1) {
    for (char c = '0'; c <= '9'; ++c) set(c, Byte::digit);
    set('+', Byte::plus);
    set('(', Byte::open);
    set('[', Byte::open);
    set('@', Byte::at);
    set(':', Byte::colon);
    for (unsigned char lead = 0xEA; lead <= 0xED; ++lead) set(static_cast<char>(lead), Byte::hangul);
    // Full-width forms lie between EF BC 80 and EF BF AF.
    set(static_cast<char>(0xEF), Byte::full_width);
    for (const Detector& detector : pii::detectors()) {
      by_trigger_[static_cast<size_t>(detector.trigger)].push_back(&detector);
      for (const std::string_view word : detector.words) add(word, detector);
    }
  }
  void set(char c, Byte byte) { bytes_[static_cast<unsigned char>(c)] = byte; }
  void add(std::string_view word, const Detector& detector) {
    uint8_t* group = nullptr;
    if (is_upper(word[0])) {
      set(word[0], Byte::capital);
      group = &capitals_[static_cast<size_t>(word[0] - 'A')];
    } else {
      const uint32_t c = ((static_cast<unsigned char>(word[0]) & 0x0FU) << 12) |
                         ((static_cast<unsigned char>(word[1]) & 0x3FU) << 6) |
                         (static_cast<unsigned char>(word[2]) & 0x3FU);
      group = &syllables_.at(c - kFirstSyllable);
    }
    if (*group == 0) {
      *group = static_cast<uint8_t>(groups_.size());
      groups_.emplace_back();
    }
    groups_[*group].push_back({word, &detector});
  }

  std::array<Byte, 256> bytes_{};
  std::array<uint8_t, 26> capitals_{};
  std::array<uint8_t, kSyllables> syllables_{};
  std::vector<std::vector<Word>> groups_;
  std::array<std::vector<const Detector*>, 5> by_trigger_;
};

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text), table_(Table::get()) {}

  std::vector<PersonalData> find() {
    size_t i = 0;
    while (i < text_.size()) {
      switch (table_.of(text_[i])) {
        case Byte::other:
          ++i;
          break;
        case Byte::digit:
          i = digit(i);
          break;
        case Byte::plus:
          i = number(i, 1);
          break;
        case Byte::open:
          i = opening(i);
          break;
        case Byte::at:
          i = first_of(Trigger::at_sign, i, 1);
          break;
        case Byte::colon:
          i = i > 0 && (text_[i - 1] == ':' || std::isxdigit(static_cast<unsigned char>(text_[i - 1])) != 0)
                  ? first_of(Trigger::colon, i, 1)
                  : i + 1;
          break;
        case Byte::capital:
          i = i == 0 || !is_alnum(text_[i - 1]) ? words(i, 1) : i + 1;
          break;
        case Byte::hangul:
          i = words(i, 3);
          break;
        case Byte::full_width:
          i = full_width(i);
          break;
      }
    }
    return std::move(found_);
  }

 private:
  size_t floor() const { return found_.empty() ? 0 : found_.back().range.end; }

  size_t add(PersonalDataKind kind, const Hit& hit) {
    found_.push_back({kind, hit.confidence, hit.range});
    return hit.range.end;
  }

  Place place(size_t position, size_t length, const pii::Context* context) const {
    return {text_, position, length, floor(), nullptr, context};
  }

  /// The first detector that hits; where to go on.
  size_t first_of(Trigger trigger, size_t position, size_t length) {
    const pii::Context context(text_, position);
    const Place here = place(position, length, &context);
    for (const Detector* detector : table_.of(trigger))
      if (const Hit hit = detector->find(here); hit && hit.range.end > position) return add(detector->kind, hit);
    return position + length;
  }

  size_t opening(size_t position) {
    if (position + 3 < text_.size() && (text_[position + 3] == text_[position] + 1 || text_[position + 3] == ']' ||
                                        text_[position + 2] == ')' || text_[position + 2] == ']')) {
      const size_t next = first_of(Trigger::at_sign, position, 1);
      if (next > position + 1) return next;
    }
    return text_[position] == '(' ? number(position, 1) : position + 1;
  }

  size_t full_width(size_t position) {
    constexpr std::string_view kFullWidthAt = "＠";
    if (text_.substr(position).starts_with(kFullWidthAt))
      return first_of(Trigger::at_sign, position, kFullWidthAt.size());
    return number(position, 3);
  }

  size_t words(size_t position, size_t step) {
    const std::string_view rest = text_.substr(position);
    for (const Table::Word& word : table_.words(rest)) {
      if (!rest.starts_with(word.word)) continue;
      const pii::Context context(text_, position);
      const Hit hit = word.detector->find(place(position, word.word.size(), &context));
      if (hit && hit.range.begin >= floor()) return std::max(position + step, add(word.detector->kind, hit));
    }
    return position + step;
  }

  size_t digit(size_t position) {
    if (position == 0 || !is_alnum(text_[position - 1])) return number(position, 1);
    if (is_upper(text_[position - 1])) {
      if (const size_t next = first_of(Trigger::code, position, 1); next > position + 1) return next;
    }
    size_t end = position;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
    return end;
  }

  /// Where to go on after the number, or whatever it is, at `position`; `width`: bytes of its first character.
  size_t number(size_t position, size_t width) {
    const size_t next = std::min(position + width, text_.size());
    const char first = text_[position];
    // Most signs have no digit after them.
    if ((first == '(' || first == '+') &&
        (next == text_.size() || (is_alnum(text_[next]) && std::isdigit(static_cast<unsigned char>(text_[next])) == 0)))
      return next;
    const DigitGroups groups(text_, position);
    if (groups.empty()) return next;
    const bool signs = groups.start.end > groups.start.begin;
    const size_t past = signs ? next : groups[0].range.end;
    if (!number_may_begin(text_, position)) return past;
    const pii::Context context(text_, position);
    Place here = place(position, width, &context);
    here.groups = &groups;
    const Detector* best = nullptr;
    Hit best_hit;
    for (const Detector* detector : table_.of(Trigger::number)) {
      const Hit hit = detector->find(here);
      if (!hit || hit.range.begin < here.floor || !number_may_end(text_, hit.range.end)) continue;
      if (best && hit.confidence <= best_hit.confidence) continue;
      best = detector;
      best_hit = hit;
    }
    return best ? add(best->kind, best_hit) : past;
  }

  std::string_view text_;
  const Table& table_;
  std::vector<PersonalData> found_;
};

}  // namespace

std::vector<PersonalData> find_personal_data(std::string_view text) {
  return Finder(text).find();
}

}  // namespace moru::curate
