// Sorting more than fits into memory: sorted runs, spilled to disk, then merged.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "core/threads.h"
#include "curate/scratch.h"

namespace moru::curate {

/// Sorts records of a trivially copyable type by operator<, which must be a total order: equal records are equal in all
/// their bytes, so that the outcome depends neither on the memory nor on the threads.
template <class Record>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  explicit ExternalSort(Resources resources)
      : resources_(std::move(resources)),
        capacity_(std::max<size_t>(64, resources_.memory / sizeof(Record))),
        spill_(resources_.folder, 0) {}

  void add(const Record& record) {
    if (records_.size() == capacity_) spill();
    // Grown past a quarter, it takes the whole: pages that are not touched cost nothing, moving them would.
    if (records_.size() == records_.capacity() && records_.size() >= capacity_ / 4) records_.reserve(capacity_);
    records_.push_back(record);
    ++count_;
  }
  uint64_t count() const { return count_; }
  bool spilled() const { return !runs_.empty(); }

  /// Calls use(record) in ascending order, and lets go of all.
  template <class Use>
  void drain(Use use) {
    const std::vector<size_t> bounds = sort_slices();
    if (runs_.empty() && bounds.size() == 2) {
      for (const Record& record : records_) use(record);
    } else {
      merge(bounds, use);
    }
    *this = ExternalSort(std::move(resources_));
  }

 private:
  struct Head {
    Record record;
    size_t run;
    bool operator<(const Head& other) const {
      if (other.record < record) return true;  // std's heaps have the greatest on top
      if (record < other.record) return false;
      return other.run < run;
    }
  };

  /// Each core sorts its part; returns the borders of the parts.
  std::vector<size_t> sort_slices() {
    const size_t slices = records_.size() < 65536 ? 1 : processor_count();
    std::vector<size_t> bounds;
    for (size_t i = 0; i <= slices; ++i) bounds.push_back(records_.size() * i / slices);
    parallel_for(slices, [&](size_t i) {
      std::sort(records_.begin() + static_cast<ptrdiff_t>(bounds[i]),
                records_.begin() + static_cast<ptrdiff_t>(bounds[i + 1]));
    });
    return bounds;
  }

  void spill() {
    const std::vector<size_t> bounds = sort_slices();
    for (size_t i = 0; i + 1 < bounds.size(); ++i) {
      const uint64_t begin = spill_.size();
      spill_.append(
          {reinterpret_cast<const char*>(records_.data() + bounds[i]), (bounds[i + 1] - bounds[i]) * sizeof(Record)});
      runs_.emplace_back(begin, spill_.size());
    }
    records_.clear();
  }

  template <class Use>
  void merge(const std::vector<size_t>& bounds, Use& use) {
    // What is still in memory are the last runs.
    const uint64_t share = resources_.memory / (runs_.size() + 1);
    const size_t buffer = std::clamp<uint64_t>(share, 4096, size_t{1} << 20);
    std::vector<ScratchReader> readers;
    for (const auto& [begin, end] : runs_) readers.emplace_back(spill_, begin, end, buffer);
    std::vector<size_t> next(bounds.begin(), bounds.end() - 1);
    const auto pull = [&](size_t run, Record& record) {
      if (run < readers.size()) return readers[run].read(reinterpret_cast<char*>(&record), sizeof record);
      const size_t slice = run - readers.size();
      if (next[slice] == bounds[slice + 1]) return false;
      record = records_[next[slice]++];
      return true;
    };
    std::vector<Head> heap;
    for (size_t run = 0; run < readers.size() + next.size(); ++run) {
      Head head{{}, run};
      if (pull(run, head.record)) heap.push_back(head);
    }
    std::make_heap(heap.begin(), heap.end());
    while (!heap.empty()) {
      use(heap.front().record);
      if (pull(heap.front().run, heap.front().record)) {
        sift_down(heap);
      } else {
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
      }
    }
  }

  /// The front has changed: half the comparisons of taking it out and putting it in.
  static void sift_down(std::vector<Head>& heap) {
    const Head moved = heap.front();
    size_t at = 0;
    for (size_t child = 1; child < heap.size(); child = 2 * at + 1) {
      if (child + 1 < heap.size() && heap[child] < heap[child + 1]) ++child;
      if (!(moved < heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
  }

  Resources resources_;
  size_t capacity_;
  std::vector<Record> records_;
  ScratchFile spill_;
  std::vector<std::pair<uint64_t, uint64_t>> runs_;
  uint64_t count_ = 0;
};

/// Records by a number (`uint64_t index`), put in ascending order of it, looked up on any thread.
template <class Record>
class ScratchTable {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  explicit ScratchTable(const Resources& resources) : file_(resources) {}
  void add(const Record& record) {
    if (count_++ % kStride == 0) first_.push_back(record.index);
    file_.append({reinterpret_cast<const char*>(&record), sizeof record});
  }
  uint64_t count() const { return count_; }
  bool find(uint64_t index, Record& found) const {
    const auto after = std::ranges::upper_bound(first_, index);
    if (after == first_.begin()) return false;
    const uint64_t begin = static_cast<uint64_t>(after - first_.begin() - 1) * kStride;
    std::vector<Record> page(std::min<uint64_t>(kStride, count_ - begin));
    file_.read(begin * sizeof(Record), reinterpret_cast<char*>(page.data()), page.size() * sizeof(Record));
    const auto at = std::ranges::lower_bound(page, index, {}, &Record::index);
    if (at == page.end() || at->index != index) return false;
    found = *at;
    return true;
  }

 private:
  static constexpr uint64_t kStride = 64;
  ScratchFile file_;
  std::vector<uint64_t> first_;  ///< The number of every 64th record.
  uint64_t count_ = 0;
};

}  // namespace moru::curate
