#include "infer/scheduler.h"

namespace moru::infer {

Scheduler::Scheduler(size_t slots, size_t prefill_tokens) : prefill_tokens_(std::max<size_t>(1, prefill_tokens)) {
  for (size_t slot = std::max<size_t>(1, slots); slot-- > 0;) free_slots_.push_back(slot);
}

void Scheduler::add(std::unique_ptr<Sequence> sequence) {
  waiting_.push_back(std::move(sequence));
}

std::vector<Chunk> Scheduler::plan() {
  while (!waiting_.empty() && !free_slots_.empty()) {
    std::unique_ptr<Sequence> sequence = std::move(waiting_.front());
    waiting_.pop_front();
    sequence->slot = free_slots_.back();
    free_slots_.pop_back();
    sequence->placed = true;
    running_.push_back(std::move(sequence));
  }
  std::vector<Chunk> chunks;
  size_t budget = prefill_tokens_;
  for (const std::unique_ptr<Sequence>& sequence : running_) {
    const size_t pending = sequence->pending();
    const size_t count = sequence->decoding() ? pending : std::min(pending, budget);
    if (count == 0) continue;
    if (!sequence->decoding()) budget -= count;
    chunks.push_back({sequence.get(), count, count == pending});
  }
  return chunks;
}

std::unique_ptr<Sequence> Scheduler::remove(uint64_t id) {
  const auto has_id = [id](const std::unique_ptr<Sequence>& sequence) { return sequence->id == id; };
  std::unique_ptr<Sequence> taken;
  if (const auto it = std::find_if(running_.begin(), running_.end(), has_id); it != running_.end()) {
    taken = std::move(*it);
    running_.erase(it);
    free_slots_.push_back(taken->slot);
    std::sort(free_slots_.rbegin(), free_slots_.rend());
  } else if (const auto in = std::find_if(waiting_.begin(), waiting_.end(), has_id); in != waiting_.end()) {
    taken = std::move(*in);
    waiting_.erase(in);
  }
  return taken;
}

std::vector<std::unique_ptr<Sequence>> Scheduler::remove_all() {
  std::vector<std::unique_ptr<Sequence>> all;
  for (auto& sequence : running_) {
    free_slots_.push_back(sequence->slot);
    all.push_back(std::move(sequence));
  }
  std::sort(free_slots_.rbegin(), free_slots_.rend());
  running_.clear();
  for (auto& sequence : waiting_) all.push_back(std::move(sequence));
  waiting_.clear();
  return all;
}

}  // namespace moru::infer
