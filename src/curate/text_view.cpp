#include "curate/text_view.h"

#include "core/error.h"
#include "core/language.h"
#include "curate/text_view_chars.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

constexpr size_t kLongText = size_t{16} << 20;  // bytes; what a longer one needed is given back after it

bool same(std::string_view a, const char* bytes, size_t size) {
  return a.size() == size && std::memcmp(a.data(), bytes, size) == 0;
}

}  // namespace

TextView::TextView() = default;

void TextView::assign(std::string_view text) {
  if (known_ && (repaired_ ? text == given_ : same(text, bytes_.data(), size_))) return;
  if (text.size() >= 0xFFFFFFF0U)
    throw Error("",
                std::string(tr("a text of 4 GiB or more cannot be looked at", "4 GiB가 넘는 글은 살펴볼 수 없습니다")),
                std::string(tr("split the document", "문서를 나누세요")));
  if (bytes_.capacity() > kLongText && text.size() <= kLongText) *this = TextView();
  known_ = false;
  repaired_ = false;
  bytes_.assign(text);
  size_ = text.size();
  bytes_.append(kPadding, '\0');
  if (!scan()) {
    repaired_ = true;
    given_ = text;
    bytes_ = text::repair_utf8(text);
    size_ = bytes_.size();
    bytes_.append(kPadding, '\0');
    scan();
  }
  known_ = true;
}

/// Lines and words in one pass. False if the text is not UTF-8.
bool TextView::scan() {
  const CharBits& table = CharBits::get();
  const auto* bytes = reinterpret_cast<const unsigned char*>(bytes_.data());
  const auto size = static_cast<uint32_t>(size_);
  lines_.clear();
  line_words_.assign(1, 0);
  lists_known_ = {true, false, false, false};
  for (WordList& list : lists_) {
    list.clear();
    list.text_ = bytes_.data();
  }
  std::vector<Piece>& words = lists_[0].words_;
  other_breaks_ = python_lines_known_ = false;

  Piece line;
  uint32_t characters = 0;
  const auto close_line = [&](uint32_t end) {
    line.size = end - line.begin;
    line.characters = characters - line.characters;  // held how many came before
    lines_.push_back(line);
    line_words_.push_back(static_cast<uint32_t>(words.size()));
  };
  uint32_t i = 0;
  while (i < size) {
    unsigned length = 1;
    const auto read = [&]() -> uint8_t {
      if (bytes[i] < 0x80) {
        length = 1;
        return table.ascii(bytes[i]);
      }
      const char32_t code = decode_non_ascii(bytes + i, length);
      return length == 0 ? 0 : table[code];
    };
    uint8_t bits = read();
    if (length == 0) return false;
    if ((bits & char_bit::space) != 0) {
      if (bytes[i] == '\n') {
        close_line(i);
        line.begin = i + 1;
        line.characters = characters + 1;
      } else if ((bits & char_bit::line_break) != 0) {
        other_breaks_ = true;
      }
      i += length;
      ++characters;
      continue;
    }
    Piece& word = words.emplace_back();
    word.begin = i;
    word.first = word.any = word.all = bits;
    const uint32_t before = characters;
    for (;;) {
      i += length;
      ++characters;
      if (i >= size) break;
      bits = read();
      if (length == 0) return false;
      if ((bits & char_bit::space) != 0) break;
      word.any |= bits;
      word.all &= bits;
    }
    word.size = i - word.begin;
    word.characters = characters - before;
  }
  close_line(size);
  characters_ = characters;
  return true;
}

std::span<const Piece> TextView::python_lines() {
  if (python_lines_known_) return python_lines_;
  python_lines_known_ = true;
  if (!other_breaks_) {
    python_lines_ = lines_;
    if (python_lines_.back().size == 0) python_lines_.pop_back();
    return python_lines_;
  }
  python_lines_.clear();
  const CharBits& table = CharBits::get();
  const std::string_view whole = text();
  Piece line;
  size_t i = 0;
  while (i < size_) {
    const auto begin = static_cast<uint32_t>(i);
    const char32_t code = text::next_code_point(whole, i);
    if ((table[code] & char_bit::line_break) == 0) {
      ++line.characters;
      continue;
    }
    line.size = begin - line.begin;
    python_lines_.push_back(line);
    if (code == '\r' && i < size_ && whole[i] == '\n') ++i;
    line = {};
    line.begin = static_cast<uint32_t>(i);
  }
  line.size = static_cast<uint32_t>(size_) - line.begin;
  if (line.size > 0) python_lines_.push_back(line);
  return python_lines_;
}

WordList& TextView::words(text::WordKind kind) {
  const auto index = static_cast<size_t>(kind);
  WordList& list = lists_[index];
  if (lists_known_[index]) return list;
  lists_known_[index] = true;
  split_.clear();
  text::word_splitter(kind).split(text(), split_);
  const CharBits& table = CharBits::get();
  for (const std::string_view piece : split_) {
    Piece& word = list.words_.emplace_back();
    word.begin = static_cast<uint32_t>(piece.data() - bytes_.data());
    word.size = static_cast<uint32_t>(piece.size());
    word.all = 0xFF;
    for (size_t i = 0; i < piece.size(); ++word.characters) {
      const uint8_t bits = table[text::next_code_point(piece, i)];
      if (word.characters == 0) word.first = bits;
      word.any |= bits;
      word.all &= bits;
    }
  }
  return list;
}

WordList& TextView::plain_words() {
  WordList& list = lists_[3];
  if (lists_known_[3]) return list;
  lists_known_[3] = true;
  for (const Piece& word : words(text::WordKind::unicode).words())
    if ((word.first & (char_bit::letter | char_bit::number)) != 0) list.words_.push_back(word);
  return list;
}

size_t TextView::count(std::string_view piece) const {
  const std::string_view whole = text();
  size_t found = 0;
  for (size_t i = whole.find(piece); i != std::string_view::npos; i = whole.find(piece, i + piece.size())) ++found;
  return found;
}

size_t TextView::count_characters(size_t begin, size_t end) const {
  return text::count_code_points(text().substr(begin, end - begin));
}

Piece TextView::stripped() const {
  const std::span<const Piece> words = lists_[0].words();
  Piece piece;
  if (words.empty()) return piece;
  piece.begin = words.front().begin;
  piece.size = words.back().begin + words.back().size - piece.begin;
  return piece;
}

Piece TextView::stripped(Piece piece) const {
  const CharBits& table = CharBits::get();
  const std::string_view whole = text();
  size_t begin = piece.begin;
  const size_t end = begin + piece.size;
  while (begin < end) {
    size_t next = begin;
    if ((table[text::next_code_point(whole, next)] & char_bit::space) == 0) break;
    begin = next;
  }
  size_t last = end;
  while (last > begin) {
    const size_t before = text::previous_boundary(whole, last);
    size_t next = before;
    if ((table[text::next_code_point(whole, next)] & char_bit::space) == 0) break;
    last = before;
  }
  piece.begin = static_cast<uint32_t>(begin);
  piece.size = static_cast<uint32_t>(last - begin);
  piece.characters = static_cast<uint32_t>(count_characters(begin, last));
  return piece;
}

std::span<const Piece> TextView::split_at_breaks(size_t begin, size_t end, size_t breaks) {
  pieces_.clear();
  const std::string_view whole = text();
  for (size_t i = begin; i < end;) {
    const size_t feed = std::min(whole.find('\n', i), end);
    size_t after = feed;
    while (after < end && whole[after] == '\n') ++after;
    if (after - feed >= breaks) {
      add_piece(begin, feed);
      begin = after;
    }
    i = after;
  }
  add_piece(begin, end);
  return pieces_;
}

std::span<const Piece> TextView::split_at(std::string_view separator) {
  pieces_.clear();
  size_t begin = 0;
  const std::string_view whole = text();
  for (size_t at = whole.find(separator); at != std::string_view::npos; at = whole.find(separator, begin)) {
    add_piece(begin, at);
    begin = at + separator.size();
  }
  add_piece(begin, size_);
  return pieces_;
}

void TextView::add_piece(size_t begin, size_t end) {
  Piece& piece = pieces_.emplace_back();
  piece.begin = static_cast<uint32_t>(begin);
  piece.size = static_cast<uint32_t>(end - begin);
  piece.characters = static_cast<uint32_t>(count_characters(begin, end));
}

TextView::Copies TextView::copies_among(std::span<const Piece> pieces) {
  Copies found;
  found.pieces = pieces.size();
  table_.reset(pieces.size());
  tally_.assign(pieces.size(), 0);
  const uint64_t seed = piece_seed();
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    found.characters += piece.characters;
    const char* bytes = bytes_.data() + piece.begin;
    const auto position = static_cast<uint32_t>(i);
    const uint32_t first = table_.find_or_insert(piece_hash(bytes, piece.size, seed), position, [&](uint32_t other) {
      return pieces[other].size == piece.size && equal_bytes(bytes_.data() + pieces[other].begin, bytes, piece.size);
    });
    ++tally_[first];
    if (first == position) continue;
    ++found.copies;
    found.copied_characters += piece.characters;
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (tally_[i] < 2) continue;
    found.repeated += tally_[i];
    found.repeated_characters += size_t{tally_[i]} * pieces[i].characters;
  }
  return found;
}

TextView& text_view(std::string_view text) {
  thread_local TextView view;
  view.assign(text);
  return view;
}

}  // namespace moru::curate
