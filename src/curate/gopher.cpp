#include "curate/gopher.h"

#include "curate/rule_set.h"

namespace moru::curate {
namespace {

// Bytes that tell n-grams apart before they are looked at as wholes: what is equal has an equal beginning.
constexpr uint32_t kNear = 16, kFar = 32;

/// What the scans of one text share. One a thread, so that a text needs no memory of its own.
struct Scratch {
  std::vector<uint32_t> first;   ///< By word: the first word that is followed by the same kNear bytes.
  std::vector<uint32_t> tally;   ///< By such a first word: how many there are.
  std::vector<uint32_t> places;  ///< Words where an n-gram may begin that occurs elsewhere too.
  std::vector<uint8_t> far;      ///< By place: whether kFar bytes may occur elsewhere too.
  PieceTable table;
};

Scratch& scratch() {
  thread_local Scratch one;
  return one;
}

bool equal_16(const char* a, const char* b) {
  return ((load_64(a) ^ load_64(b)) | (load_64(a + 8) ^ load_64(b + 8))) == 0;
}

}  // namespace

TopGram top_gram(WordList& words, int n, bool longest) {
  TopGram top;
  const auto length = static_cast<size_t>(n);
  if (words.size() < length) return top;
  const std::span<const uint32_t> sums = words.character_sums();
  const std::span<const uint32_t> counts = words.counts(n);
  top.count = 1;
  for (const uint32_t count : counts) top.count = std::max<size_t>(top.count, count);
  const auto characters = [&](size_t position) { return sums[position + length] - sums[position]; };
  top.characters = characters(0);
  if (top.count == 1) return top;
  top.characters = 0;
  for (const WordList::Gram& gram : words.repeated(n)) {
    if (counts[gram.number] != top.count || (top.characters > 0 && characters(gram.position) <= top.characters))
      continue;
    top.position = gram.position;
    top.characters = characters(gram.position);
    if (!longest) break;
  }
  return top;
}

RepeatScan::RepeatScan(WordList& words) : words_(words) {
  Scratch& own = scratch();
  own.places.clear();
  own.far.clear();
  const size_t count = words.size();
  if (count < 5) return;
  const std::span<const uint32_t> begins = words.joined_begins();
  const char* joined = words.joined().data();
  const uint64_t seed = piece_seed();
  const auto hash = [&](uint32_t word, uint32_t size) { return piece_hash(joined + begins[word], size, seed); };
  own.table.reset(count);
  own.first.resize(count);
  own.tally.assign(count, 0);
  for (uint32_t i = 0; i < count; ++i) {
    own.first[i] = own.table.find_or_insert(
        hash(i, kNear), i, [&](uint32_t other) { return equal_16(joined + begins[i], joined + begins[other]); });
    ++own.tally[own.first[i]];
  }
  for (uint32_t i = 0; i + 5 <= count; ++i)
    if (own.tally[own.first[i]] > 1 || begins[i + 5] - begins[i] < kNear) own.places.push_back(i);
  if (own.places.empty()) return;

  // The same among them with more bytes: n-grams are rarely as short as that.
  own.table.reset(own.places.size());
  own.far.resize(own.places.size());
  const size_t places = own.places.size();
  for (uint32_t i = 0; i < places; ++i) {
    const char* bytes = joined + begins[own.places[i]];
    const uint32_t first = own.table.find_or_insert(hash(own.places[i], kFar), i, [&](uint32_t other) {
      const char* others = joined + begins[own.places[other]];
      return equal_16(bytes, others) && equal_16(bytes + 16, others + 16);
    });
    own.far[i] = first != i ? 1 : 0;
    own.far[first] = first != i ? 1 : own.far[first];
  }
}

size_t RepeatScan::characters(int n) {
  Scratch& own = scratch();
  const auto length = static_cast<size_t>(n);
  const size_t count = words_.size();
  if (count < length || own.places.empty()) return 0;
  const std::span<const uint32_t> begins = words_.joined_begins();
  const std::span<const uint32_t> sums = words_.character_sums();
  const char* joined = words_.joined().data();
  const uint64_t seed = piece_seed();
  own.table.reset(own.places.size());
  size_t repeated = 0;
  size_t next = 0;  // the first word that is not jumped over
  for (size_t k = 0; k < own.places.size(); ++k) {
    const uint32_t place = own.places[k];
    if (place < next) continue;
    if (place + length > count) break;
    const uint32_t size = begins[place + length] - begins[place];
    if (size >= kFar && own.far[k] == 0) continue;
    const char* bytes = joined + begins[place];
    const uint32_t first = own.table.find_or_insert(piece_hash(bytes, size, seed), place, [&](uint32_t other) {
      return begins[other + length] - begins[other] == size && equal_bytes(bytes, joined + begins[other], size);
    });
    if (first == place) continue;
    repeated += sums[place + length] - sums[place];
    next = place + length;
  }
  return repeated;
}

Repetition measure_repetition(std::string_view text) {
  Repetition result;
  TextView& view = text_view(text);
  const size_t characters = view.characters();
  if (characters == 0) return result;
  const Piece stripped = view.stripped();
  const TextView::Copies paragraphs =
      view.copies_among(view.split_at_breaks(stripped.begin, stripped.begin + stripped.size, 2));
  const TextView::Copies lines = view.copies_among(view.split_at_breaks(0, view.text().size(), 1));
  result.duplicate_paragraphs = share(paragraphs.copies, paragraphs.pieces);
  result.duplicate_paragraph_characters = share(paragraphs.copied_characters, characters);
  result.duplicate_lines = share(lines.copies, lines.pieces);
  result.duplicate_line_characters = share(lines.copied_characters, characters);
  WordList& words = view.words(text::WordKind::whitespace);
  for (int n = 2; n <= 4; ++n) {
    const TopGram top = top_gram(words, n);
    const auto i = static_cast<size_t>(n - 2);
    result.top_gram_count[i] = top.count;
    if (top.count > 0)
      result.top_gram[i] = share((top.characters + static_cast<size_t>(n) - 1) * top.count, characters);
  }
  RepeatScan scan(words);
  for (int n = 5; n <= 10; ++n)
    result.repeated_gram[static_cast<size_t>(n - 5)] = share(scan.characters(n), characters);
  return result;
}

}  // namespace moru::curate
