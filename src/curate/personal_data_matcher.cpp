#include "curate/personal_data_matcher.h"

#include "curate/digit_groups.h"
#include "curate/phone_numbers.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

using data::Range;

constexpr std::array<std::string_view, kPersonalDataKinds> kNames = {"email", "phone", "resident_number",
                                                                     "foreigner_number"};
constexpr std::string_view kFullWidthAt = "＠";

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_alpha(char c) {
  return is_alnum(c) && (c < '0' || c > '9');
}
bool is_local(char c) {
  return is_alnum(c) || (c != '\0' && std::strchr("._%+-'", c) != nullptr);
}
bool is_host(char c) {
  return is_alnum(c) || c == '.' || c == '-';
}

/// The address around the "@" at [at, at + width), or an empty range. Not before `floor`.
Range email_at(std::string_view text, size_t at, size_t width, size_t floor) {
  constexpr size_t kMaxLocal = 64;  // RFC 5321, section 4.5.3.1
  constexpr size_t kMaxHost = 255;
  size_t begin = at;
  while (begin > floor && at - begin < kMaxLocal && is_local(text[begin - 1])) --begin;
  // An address begins with a letter or a digit: what stands before it is quotes, bullets and dots.
  while (begin < at && !is_alnum(text[begin])) ++begin;
  if (begin == at || !is_alnum(text[at - 1])) return {};
  const size_t host = at + width;
  size_t end = host;
  while (end < text.size() && end - host < kMaxHost && is_host(text[end])) ++end;
  while (end > host && !is_alnum(text[end - 1])) --end;
  // The top-level domain: two letters or more after the last dot.
  size_t label = end;
  while (label > host && text[label - 1] != '.') --label;
  if (label == host || end - label < 2) return {};
  for (size_t i = label; i < end; ++i)
    if (!is_alpha(text[i])) return {};
  for (size_t i = host; i < end; ++i)
    if (text[i] == '.' && (i == host || text[i - 1] == '.')) return {};
  // "logo@2x.png" is a file name.
  const std::string top = text::lower(text.substr(label, end - label));
  for (const std::string_view extension : {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html"})
    if (top == extension) return {};
  return {begin, end};
}

/// Whether one of the words that announce a phone number stands shortly before.
bool phone_context(std::string_view text, size_t position) {
  constexpr size_t kReach = 48;
  size_t begin = position > kReach ? position - kReach : 0;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  const std::string before = text::lower(text::repair_utf8(text.substr(begin, position - begin)));
  // A word of another line announces nothing here.
  const std::string_view line = std::string_view(before).substr(before.rfind('\n') + 1);
  for (const std::string_view word :
       {"전화", "연락처", "휴대", "핸드폰", "팩스", "고객센터", "콜센터", "대표번호", "☎", "📞"})
    if (line.find(word) != std::string_view::npos) return true;
  for (const std::string_view word : {"tel", "phone", "fax", "mobile", "call", "hotline"}) {
    // Whole words: "hotel" announces no number.
    for (size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1))
      if (at == 0 || !is_alpha(line[at - 1]) || word == "phone") return true;
  }
  return false;
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<PersonalData> find() {
    size_t i = 0;
    while (i < text_.size()) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      if (byte == '@') {
        i = email(i, 1);
      } else if ((byte >= '0' && byte <= '9') || byte == '+' || byte == '(') {
        i = number(i);
      } else if (byte == 0xEF) {  // full-width forms lie between EF BC 80 and EF BF AF
        if (text_.substr(i).starts_with(kFullWidthAt))
          i = email(i, kFullWidthAt.size());
        else
          i = number(i);
      } else {
        ++i;
      }
    }
    return std::move(found_);
  }

 private:
  size_t floor() const { return found_.empty() ? 0 : found_.back().range.end; }

  size_t email(size_t at, size_t width) {
    const Range range = email_at(text_, at, width, floor());
    if (range.end == 0) return at + width;
    found_.push_back({PersonalDataKind::email, range});
    return range.end;
  }

  /// Where to go on after the number, or whatever it is, at `position`.
  size_t number(size_t position) {
    size_t next = position;
    text::next_code_point(text_, next);
    const DigitGroups groups = read_digit_groups(text_, position);
    if (groups.groups.empty()) return next;
    const bool signs = groups.start.end > groups.start.begin;
    const size_t past = signs ? next : groups.groups[0].range.end;
    if (!number_may_begin(text_, position)) return past;
    bool foreigner = false;
    if (const size_t n = match_resident_number(groups, foreigner); n > 0 && accept(groups.range(n)))
      return add(foreigner ? PersonalDataKind::foreigner_number : PersonalDataKind::resident_number, groups.range(n));
    if (const size_t n = match_phone(groups, phone_context(text_, position)); n > 0 && accept(groups.range(n)))
      return add(PersonalDataKind::phone, groups.range(n));
    return past;
  }

  bool accept(Range range) const { return number_may_end(text_, range.end) && range.begin >= floor(); }

  size_t add(PersonalDataKind kind, Range range) {
    found_.push_back({kind, range});
    return range.end;
  }

  std::string_view text_;
  std::vector<PersonalData> found_;
};

}  // namespace

std::string_view name_of(PersonalDataKind kind) {
  return kNames.at(static_cast<size_t>(kind));
}

std::vector<PersonalData> find_personal_data(std::string_view text) {
  return Finder(text).find();
}

bool is_example_address(std::string_view address) {
  const std::string lowered = text::lower(address);
  // The last byte of the full-width sign is A0; the host is ASCII.
  const std::string_view host = std::string_view(lowered).substr(lowered.find_last_of("@\xA0") + 1);
  const auto is_under = [&](std::string_view domain) {
    return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
  };
  for (const std::string_view domain :
       {"example.com", "example.org", "example.net", "example", "invalid", "localhost", "test"})
    if (is_under(domain)) return true;
  return false;
}

}  // namespace moru::curate
