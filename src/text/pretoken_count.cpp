#include "text/pretoken_count.h"

#include "core/threads.h"
#include "text/char_class.h"
#include "text/pretokenizer.h"

namespace moru::text {

constexpr size_t kBatchBytes = 4 << 20;  // Of texts counted at a time, for each thread

PretokenCounter::PretokenCounter(PieceKind kind, size_t memory_bytes)
    : kind_(kind), memory_bytes_(memory_bytes), shards_(processor_count()) {}

void PretokenCounter::add(std::string_view text) {
  waiting_ += text;
  ends_.push_back(waiting_.size());
  if (waiting_.size() >= kBatchBytes * shards_.size()) count_waiting();
}

void PretokenCounter::add_piece(std::string_view piece, uint64_t count) {
  shards_[0].add(piece, count);
  if (shards_[0].memory() > memory_bytes_) spill_if_full();
}

void PretokenCounter::count_waiting() {
  const size_t texts = ends_.size() - 1;
  parallel_for(shards_.size(), [&](size_t shard) {
    PieceTable& counts = shards_[shard];
    std::string storage;
    // Each shard takes the texts that begin in its share of the bytes.
    const auto first_after = [&](size_t byte) {
      return static_cast<size_t>(std::lower_bound(ends_.begin(), ends_.end() - 1, byte) - ends_.begin());
    };
    const size_t begin = first_after(waiting_.size() * shard / shards_.size());
    const size_t end =
        shard + 1 == shards_.size() ? texts : first_after(waiting_.size() * (shard + 1) / shards_.size());
    for (size_t i = begin; i < end; ++i) {
      const std::string_view text = std::string_view(waiting_).substr(ends_[i], ends_[i + 1] - ends_[i]);
      for_each_pretoken(normalized_nfc(text, storage), [&](std::string_view piece) {
        if (kind_ == PieceKind::phrases) {
          counts.add(piece, 1);
        } else {
          for_each_word_of(piece, [&](std::string_view word) { counts.add(word, 1); });
        }
      });
    }
  });
  waiting_.clear();
  ends_.assign(1, 0);
  spill_if_full();
}

void PretokenCounter::spill_if_full() {
  size_t memory = 0;
  for (const PieceTable& shard : shards_) memory += shard.memory();
  if (memory <= memory_bytes_) return;
  for (PieceTable& shard : shards_) {
    runs_.write(shard);
    shard.clear();
  }
}

void PretokenCounter::finish() {
  count_waiting();
  std::string().swap(waiting_);
  if (runs_.empty()) {
    for (size_t shard = 1; shard < shards_.size(); ++shard) {
      shards_[shard].for_each([&](std::string_view piece, uint64_t count) { shards_[0].add(piece, count); });
      shards_[shard].clear();
    }
  } else {
    for (PieceTable& shard : shards_) {
      runs_.write(shard);
      shard.clear();
    }
  }
  for_each([&](std::string_view piece, uint64_t) { total_bytes_ += piece.size(); });
}

void PretokenCounter::for_each(const std::function<void(std::string_view, uint64_t)>& use) const {
  if (runs_.empty()) {
    shards_[0].for_each(use);
  } else {
    runs_.for_each(use);
  }
}

std::vector<PieceCount> PretokenCounter::most_frequent(size_t most_bytes) {
  uint64_t least = 0;
  if (total_bytes_ > most_bytes) {
    std::map<uint64_t, uint64_t, std::greater<>> bytes_of_count;
    for_each([&](std::string_view piece, uint64_t count) { bytes_of_count[count] += piece.size(); });
    uint64_t sum = 0;
    for (const auto& [count, bytes] : bytes_of_count) {
      sum += bytes;
      if (sum > most_bytes) break;
      least = count;
    }
    if (least == 0) return {};  // Even the most frequent ones are too many.
  }
  if (!runs_.empty()) {
    shards_[0].clear();
    runs_.for_each([&](std::string_view piece, uint64_t count) {
      if (count >= least) shards_[0].add(piece, count);
    });
  }
  std::vector<PieceCount> entries = shards_[0].entries();
  std::erase_if(entries, [&](const PieceCount& entry) { return entry.count < least; });
  std::ranges::sort(entries, [](const PieceCount& a, const PieceCount& b) {
    return a.count != b.count ? a.count > b.count : a.piece < b.piece;
  });
  return entries;
}

}  // namespace moru::text
