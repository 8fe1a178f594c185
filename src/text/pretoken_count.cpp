#include "text/pretoken_count.h"

#include "core/threads.h"
#include "text/char_class.h"
#include "text/pretokenizer.h"

namespace moru::text {

constexpr size_t kBatchBytes = 4 << 20;  // Of texts counted at a time, for each thread

PretokenCounter::PretokenCounter() : shards_(processor_count()) {}

void PretokenCounter::add(std::string_view text) {
  waiting_ += text;
  ends_.push_back(waiting_.size());
  if (waiting_.size() >= kBatchBytes * shards_.size()) count_waiting();
}

void PretokenCounter::count_waiting() {
  const size_t texts = ends_.size() - 1;
  parallel_for(shards_.size(), [&](size_t shard) {
    Counts& counts = shards_[shard];
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
        const auto it = counts.find(piece);
        if (it != counts.end()) {
          ++it->second;
        } else {
          counts.emplace(piece, 1);
        }
      });
    }
  });
  waiting_.clear();
  ends_.assign(1, 0);
}

std::vector<PretokenCounter::Entry> PretokenCounter::finish() {
  count_waiting();
  Counts& all = shards_[0];
  for (size_t shard = 1; shard < shards_.size(); ++shard) {
    for (const auto& [piece, count] : shards_[shard]) all[piece] += count;
    shards_[shard].clear();
  }
  std::vector<Entry> entries;
  entries.reserve(all.size());
  while (!all.empty()) {
    auto node = all.extract(all.begin());
    entries.push_back({std::move(node.key()), node.mapped()});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.count != b.count ? a.count > b.count : a.piece < b.piece; });
  return entries;
}

}  // namespace moru::text
