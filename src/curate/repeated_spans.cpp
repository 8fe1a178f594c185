#include "curate/repeated_spans.h"

#include <divsufsort.h>

#include "core/error.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::curate {
namespace {

constexpr char kBorder = '\xFF';  // in no UTF-8
constexpr size_t kMany = 20000, kFirst = 1000;

uint64_t read_index(const ScratchFile& indices, uint64_t document) {
  uint64_t index = 0;
  indices.read(document * sizeof index, reinterpret_cast<char*>(&index), sizeof index);
  return index;
}

}  // namespace

/// The surroundings of a chunk's places: all bytes of all windows whose anchors they are.
class RepeatedSpans::ChunkText {
 public:
  struct Region {
    uint32_t document;
    bool first;         ///< Of the places that come before all others.
    uint64_t offset;    ///< In all texts.
    uint64_t at, size;  ///< In this text.
  };

  ChunkText(const RepeatedSpans& spans, Chunk chunk) {
    const size_t length = spans.winnowing_.length(), before = length - spans.winnowing_.gram();
    for (size_t i = 0; i < chunk.places.size(); ++i) chunk.places[i].unused = i < chunk.first ? 1 : 0;
    std::ranges::sort(chunk.places, {}, &Place::offset);
    for (const Place& place : chunk.places) {
      const uint64_t start = spans.starts_[place.document], end = spans.starts_[place.document + 1];
      const uint64_t from = place.offset - std::min<uint64_t>(before, place.offset - start);
      const uint64_t to = std::min(place.offset + length, end);
      if (!regions_.empty() && regions_.back().document == place.document &&
          from <= regions_.back().offset + regions_.back().size) {
        regions_.back().size = to - regions_.back().offset;
        regions_.back().first = regions_.back().first || place.unused != 0;
      } else {
        regions_.push_back({place.document, place.unused != 0, from, 0, to - from});
      }
    }
    for (Region& region : regions_) {
      region.at = text_.size();
      text_.resize(text_.size() + region.size);
      spans.texts_.read(region.offset, text_.data() + region.at, region.size);
      text_ += kBorder;
    }
    valid_.resize(text_.size());
    for (const Region& region : regions_) {
      const auto hashes = spans.winnowing_.window_hashes(std::string_view(text_).substr(region.at, region.size));
      for (size_t i = 0; i < hashes.size(); ++i)
        valid_[region.at + i] = hashes[i] >= chunk.low && hashes[i] <= chunk.high;
    }
  }

  const std::string& text() const { return text_; }
  const std::vector<Region>& regions() const { return regions_; }
  /// A window whose anchor belongs to this chunk begins here.
  bool valid(size_t at) const { return valid_[at]; }
  const Region& region_of(size_t at) const { return *(std::ranges::upper_bound(regions_, at, {}, &Region::at) - 1); }

 private:
  std::string text_;
  std::vector<Region> regions_;
  std::vector<bool> valid_;
};

RepeatedSpans::RepeatedSpans(size_t length, const Resources& resources)
    : winnowing_(length),
      resources_(resources),
      texts_(resources.folder, resources.memory / 8),
      places_({resources.folder, resources.memory / 4}),
      ranks_({resources.folder, resources.memory / 16}),
      indices_(resources.folder, resources.memory / 16) {}

void RepeatedSpans::add(const Rank& rank, std::string_view text, const std::vector<Anchor>& anchors) {
  const uint64_t document = starts_.size() - 1;
  if (document >= UINT32_MAX)
    throw Error("exact_substrings", std::string(tr("more than 4 billion documents", "문서가 40억 건을 넘습니다")),
                std::string(tr("curate the collection in parts", "모음을 나누어 정제하세요")));
  const uint64_t start = texts_.append(text);
  starts_.push_back(start + text.size());
  indices_.append({reinterpret_cast<const char*>(&rank.index), sizeof rank.index});
  ranks_.add({rank, document});
  for (const Anchor& anchor : anchors)
    places_.add({anchor.hash, start + anchor.position, static_cast<uint32_t>(document)});
}

void RepeatedSpans::order_documents() {
  order_.resize(starts_.size() - 1);
  uint32_t number = 0;
  ranks_.drain([&](const Ranked& ranked) { order_[ranked.document] = number++; });
}

std::vector<RepeatedSpans::Piece> RepeatedSpans::find(Chunk chunk) const {
  if (chunk.places.empty()) return {};
  const ChunkText chunk_text(*this, std::move(chunk));
  const std::string& text = chunk_text.text();
  const size_t length = winnowing_.length();
  std::vector<saidx_t> suffixes(text.size());
  if (divsufsort(reinterpret_cast<const sauchar_t*>(text.data()), suffixes.data(), static_cast<saidx_t>(text.size())) !=
      0)
    throw std::bad_alloc();

  // The place that keeps the window's bytes, plus 1; 0 if it stands nowhere else.
  std::vector<uint32_t> keeper(text.size());
  std::vector<uint32_t> group;
  const auto end_group = [&] {
    if (group.size() > 1) {
      const uint32_t best = *std::ranges::min_element(group, {}, [&](uint32_t at) {
        const auto& region = chunk_text.region_of(at);
        return std::tuple(!region.first, order_[region.document], at);
      });
      for (const uint32_t at : group) keeper[at] = best + 1;
    }
    group.clear();
  };
  // Equal windows stand together: their neighbours share all their bytes, and so their anchor.
  for (const saidx_t suffix : suffixes) {
    const auto at = static_cast<uint32_t>(suffix);
    if (!chunk_text.valid(at)) continue;
    if (!group.empty() && std::memcmp(text.data() + group[0], text.data() + at, length) != 0) end_group();
    group.push_back(at);
  }
  end_group();

  std::vector<Piece> pieces;
  for (const auto& region : chunk_text.regions()) {
    const uint64_t base = region.offset - starts_[region.document];
    bool open = false;  // the last piece is of this region and may go on
    for (size_t i = 0; i + length <= region.size; ++i) {
      const size_t at = region.at + i;
      if (keeper[at] == 0 || keeper[at] == at + 1) continue;
      const auto& kept = chunk_text.region_of(keeper[at] - 1);
      const uint64_t kept_at = kept.offset + (keeper[at] - 1 - kept.at);
      if (kept.document == region.document && region.offset + i - kept_at < length) continue;
      if (open && base + i <= pieces.back().end) {
        pieces.back().end = base + i + length;
        continue;
      }
      pieces.push_back({base + i, base + i + length, region.document, kept.document});
      open = true;
    }
  }
  return pieces;
}

void RepeatedSpans::conclude(const std::function<bool(uint64_t)>& alive,
                             const std::function<void(const RepeatedSpan&)>& use) {
  order_documents();
  std::vector<bool> live(starts_.size() - 1);
  for (uint64_t i = 0; i < live.size(); ++i) live[i] = alive(read_index(indices_, i));

  // A suffix array takes 4 bytes for a byte of text, the keepers 4, the hashes of a region's windows 8 for a while.
  const size_t threads = processor_count();
  const uint64_t chunk_bytes =
      std::clamp<uint64_t>(resources_.memory / 24 / threads, uint64_t{1} << 20, uint64_t{1} << 30);
  const uint64_t place_bytes = 2 * winnowing_.length() - winnowing_.gram() + 1;
  ExternalSort<Piece> pieces({resources_.folder, resources_.memory / 8});
  std::vector<Chunk> chunks(1);
  const auto find_all = [&] {
    std::vector<std::vector<Piece>> found(chunks.size());
    parallel_for(chunks.size(), [&](size_t i) { found[i] = find(std::move(chunks[i])); });
    for (const auto& of_chunk : found)
      for (const Piece& piece : of_chunk) pieces.add(piece);
    chunks.assign(1, {});
  };
  const auto next_chunk = [&] {
    if (chunks.size() == threads) return find_all();
    chunks.emplace_back();
  };
  std::vector<Place> group;
  const auto end_group = [&] {
    if (group.size() < 2) {
      group.clear();
      return;
    }
    if (!chunks.back().places.empty() && (chunks.back().places.size() + group.size()) * place_bytes > chunk_bytes)
      next_chunk();
    const bool many = group.size() > kMany;
    if (many && !chunks.back().places.empty()) next_chunk();
    for (size_t begin = many ? kFirst : 0; begin < group.size(); begin += kMany - kFirst) {
      Chunk& chunk = chunks.back();
      if (chunk.places.empty()) chunk.low = group[0].hash;
      chunk.high = group[0].hash;
      chunk.first = many ? kFirst : 0;
      if (many) chunk.places.assign(group.begin(), group.begin() + kFirst);
      const size_t end = many ? std::min(group.size(), begin + kMany - kFirst) : group.size();
      chunk.places.insert(chunk.places.end(), group.begin() + static_cast<ptrdiff_t>(begin),
                          group.begin() + static_cast<ptrdiff_t>(end));
      if (!many) break;
      next_chunk();
    }
    group.clear();
  };
  places_.drain([&](const Place& place) {
    if (!live[place.document]) return;
    if (!group.empty() && group[0].hash != place.hash) end_group();
    group.push_back(place);
  });
  end_group();
  find_all();

  std::optional<Piece> span;
  const auto end_span = [&] {
    if (span) use({read_index(indices_, span->document), span->begin, span->end, span->kept});
  };
  pieces.drain([&](const Piece& piece) {
    if (span && span->document == piece.document && piece.begin <= span->end) {
      span->end = std::max(span->end, piece.end);
    } else {
      end_span();
      span = piece;
    }
  });
  end_span();
  texts_ = ScratchFile(resources_);
}

}  // namespace moru::curate
