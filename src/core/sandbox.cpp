// The order of the sandbox's work: who gets what, and when a result is passed on.
#include "core/sandbox.h"

#include <poll.h>

#include <cassert>
#include <deque>
#include <list>
#include <map>
#include <variant>

#include "core/sandbox_worker.h"

namespace moru {
namespace {

constexpr size_t kWindow = 64;                       // items a worker may be ahead of the slowest one
constexpr uint64_t kHeldByOne = uint64_t{8} << 20;   // of results and requests that wait, before its worker waits
constexpr uint64_t kHeldInAll = uint64_t{64} << 20;  // before no further item is begun
constexpr size_t kParts = 256;                       // parts of one item that wait or run
constexpr size_t kPerPart = 512;                     // what a part costs besides its bytes
constexpr auto kWatchEvery = std::chrono::milliseconds(20);

/// An item, or a part that an item's work handed out.
struct Task {
  Task(size_t index_, uint64_t part_, std::string request_)
      : index(index_), part(part_), request(std::move(request_)) {}
  size_t index;
  uint64_t part;  // 0: the item itself
  std::string request;
  uint64_t frames = 0;                                               // pieces and parts that came
  uint64_t skip = 0;                                                 // that came in a first try already
  uint64_t delivered = 0;                                            // pieces that `use` has seen
  bool fresh = false;                                                // wants a process that did nothing else
  uint64_t held = 0;                                                 // bytes in `out`, and in that of its parts
  size_t parts = 0;                                                  // in `out`
  std::deque<std::variant<std::string, std::unique_ptr<Task>>> out;  // in order
  std::optional<SandboxResult> end;

  SandboxItem item() const { return {index, part > 0, request, delivered}; }
};

struct Slot {
  SandboxWorker worker;
  Task* task = nullptr;
  bool paused = false;  // its results are too far ahead
};

}  // namespace

struct Sandbox::Pool {
  StreamWork work;
  SandboxLimits limits;
  size_t count;
  std::list<Slot> slots;  // more than `count` only while some are paused

  void end_all() {
    for (Slot& slot : slots) {
      slot.worker.end();
      slot.task = nullptr;
      slot.paused = false;
    }
  }
};

namespace {

/// One run: the tasks in their order and the workers at them.
class Run {
 public:
  Run(const Sandbox::StreamWork& work, const SandboxLimits& limits, size_t workers, std::list<Slot>& slots,
      size_t count, const std::function<std::string(size_t)>& request, const Sandbox::Use& use,
      const Sandbox::Resume& resume)
      : work_(work),
        limits_(limits),
        workers_(workers),
        slots_(slots),
        count_(count),
        request_(request),
        use_(use),
        resume_(resume) {}

  void all() {
    while (emitted_ < count_) {
      hand_out();
      wait();
      while (!items_.empty() && deliver(*items_.front())) {
        held_ -= items_.front()->held;
        items_.pop_front();
        ++emitted_;
      }
      wake();
    }
  }

 private:
  /// The task whose results come next.
  Task* head() const {
    Task* task = items_.empty() ? nullptr : items_.front().get();
    while (task != nullptr && !task->out.empty() && task->out.front().index() == 1)
      task = std::get<1>(task->out.front()).get();
    return task;
  }

  size_t active() const {
    size_t n = 0;
    for (const Slot& slot : slots_) n += slot.task != nullptr && !slot.paused;
    return n;
  }

  size_t busy() const {
    size_t n = 0;
    for (const Slot& slot : slots_) n += slot.task != nullptr;
    return n;
  }

  void begin(Task& task) {
    Slot* free = nullptr;
    for (Slot& slot : slots_)
      if (slot.task == nullptr && free == nullptr) free = &slot;
    if (free == nullptr) free = &slots_.emplace_back();
    if (task.fresh) free->worker.end();
    free->task = &task;
    free->paused = false;
    free->worker.give(task.request, work_, limits_);
  }

  void make_ready(Task& task) { ready_.emplace(std::pair{task.index, task.part}, &task); }

  void hand_out() {
    for (;;) {
      const bool room = active() < workers_;
      const bool memory = held_ < kHeldInAll;
      Task* const first = head();
      auto next = first == nullptr ? ready_.end() : ready_.find({first->index, first->part});
      // What comes next is begun in any case: all others may be waiting for it.
      if (next == ready_.end() && room && memory) next = ready_.begin();
      if (next != ready_.end()) {
        Task* const task = next->second;
        ready_.erase(next);
        begin(*task);
      } else if (room && ready_.empty() && next_ < count_ && next_ < emitted_ + kWindow * workers_ &&
                 (items_.empty() || (memory && busy() < 2 * workers_))) {
        std::string request = request_(next_);
        items_.push_back(std::make_unique<Task>(next_, 0, std::move(request)));
        ++next_;
        begin(*items_.back());
      } else {
        break;
      }
    }
  }

  void wait() {
    polled_.clear();
    polled_slots_.clear();
    auto timeout = SandboxWorker::Clock::duration(std::chrono::seconds(60));
    const auto now = SandboxWorker::Clock::now();
    for (Slot& slot : slots_) {
      if (slot.task == nullptr || slot.paused) continue;
      polled_slots_.push_back(&slot);
      polled_.push_back({slot.worker.socket(), POLLIN, 0});
      timeout = std::min(timeout, std::max(slot.worker.deadline() - now, SandboxWorker::Clock::duration::zero()));
    }
    assert(!polled_slots_.empty());
    if (kWatchResident) timeout = std::min<SandboxWorker::Clock::duration>(timeout, kWatchEvery);
    ::poll(polled_.data(), polled_.size(),
           static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(timeout).count()));
    for (size_t i = 0; i < polled_slots_.size(); ++i) {
      Slot& slot = *polled_slots_[i];
      const bool spoke = polled_[i].revents != 0 || !slot.worker.running();
      if (spoke) read(slot);
      if (slot.task == nullptr || slot.paused) continue;
      if (!spoke || kWatchResident)
        if (auto result = slot.worker.overdue(limits_)) settle(slot, std::move(*result), slot.worker.served());
    }
  }

  /// Takes what a worker has sent, until it has no more or is too far ahead.
  void read(Slot& slot) {
    for (int frames = 0; frames < 64; ++frames) {
      const uint64_t served = slot.worker.served();
      SandboxWorker::Received received = slot.worker.receive(limits_);
      if (received.ended) return settle(slot, std::move(*received.ended), served);
      if (!received.message) return;
      std::string& payload = received.message->payload;
      switch (received.message->kind) {
        case Frame::alive:
          break;
        case Frame::piece:
        case Frame::spawn:
          if (!add(*slot.task, received.message->kind, std::move(payload))) {
            slot.worker.end();
            return settle(slot, {SandboxEnd::crashed, {}, "a part that hands out parts"}, 0);
          }
          if (slot.task->held >= kHeldByOne || slot.task->parts >= kParts) {
            slot.paused = slot.task != head() || slot.task->parts > 0;
            if (slot.paused) return;
          }
          break;
        case Frame::done:
          return settle(slot, {SandboxEnd::done, std::move(payload), {}}, served);
        case Frame::failed:
          return settle(slot, {SandboxEnd::failed, {}, std::move(payload)}, served);
        case Frame::output:
          return settle(slot, {SandboxEnd::output_limit, {}, {}}, served);
      }
      if (slot.task == head()) return;  // let it be passed on
    }
  }

  bool add(Task& task, Frame kind, std::string payload) {
    if (kind == Frame::spawn && task.part > 0) return false;
    if (++task.frames <= task.skip) return true;
    uint64_t bytes = payload.size();
    if (kind == Frame::piece) {
      task.out.emplace_back(std::move(payload));
    } else {
      bytes += kPerPart;
      auto part = std::make_unique<Task>(task.index, task.frames, std::move(payload));
      make_ready(*part);
      task.out.emplace_back(std::move(part));
      ++task.parts;
    }
    hold(task, bytes);
    return true;
  }

  /// Counts bytes that wait, or no longer do (as a negative number).
  void hold(Task& task, uint64_t bytes) {
    task.held += bytes;
    held_ += bytes;
    if (task.part > 0) item(task.index).held += bytes;
  }

  Task& item(size_t index) { return *items_.at(index - emitted_); }

  void settle(Slot& slot, SandboxResult result, uint64_t served) {
    Task& task = *slot.task;
    slot.task = nullptr;
    slot.paused = false;
    const bool suspect = result.end == SandboxEnd::crashed || result.end == SandboxEnd::memory_limit;
    if (suspect && served > 0 && !task.fresh) {
      task.fresh = true;
      task.skip = task.frames;
      task.frames = 0;
      make_ready(task);
      return;
    }
    hold(task, result.output.size());
    task.end = std::move(result);
  }

  /// Passes on what can be. True when the task is over.
  bool deliver(Task& task) {
    while (!task.out.empty()) {
      if (auto* const piece = std::get_if<0>(&task.out.front())) {
        hold(task, uint64_t{0} - piece->size());
        use_(task.item(), {SandboxEnd::more, std::move(*piece), {}});
        ++task.delivered;
      } else {
        Task& part = *std::get<1>(task.out.front());
        if (!deliver(part)) return false;
        hold(task, uint64_t{0} - (part.request.size() + kPerPart));
        --task.parts;
      }
      task.out.pop_front();
    }
    if (!task.end) return false;
    SandboxResult result = std::move(*task.end);
    task.end.reset();
    hold(task, uint64_t{0} - result.output.size());
    const SandboxResult summary{result.end, {}, result.detail};
    use_(task.item(), std::move(result));
    if (summary.end == SandboxEnd::done || summary.end == SandboxEnd::failed || !resume_) return true;
    std::optional<std::string> rest = resume_(task.item(), summary);
    if (!rest) return true;
    if (task.part > 0) hold(item(task.index), rest->size() - task.request.size());
    task.request = std::move(*rest);
    task.frames = task.skip = task.delivered = 0;
    task.fresh = false;
    make_ready(task);
    return false;
  }

  /// Workers whose results are no longer far ahead go on.
  void wake() {
    for (Slot& slot : slots_) {
      if (!slot.paused) continue;
      const Task& task = *slot.task;
      if ((task.held >= kHeldByOne / 2 || task.parts >= kParts / 2) && &task != head()) continue;
      slot.paused = false;
      slot.worker.extend(limits_);
    }
  }

  const Sandbox::StreamWork& work_;
  const SandboxLimits& limits_;
  size_t workers_;
  std::list<Slot>& slots_;
  size_t count_;
  const std::function<std::string(size_t)>& request_;
  const Sandbox::Use& use_;
  const Sandbox::Resume& resume_;
  size_t next_ = 0, emitted_ = 0;
  uint64_t held_ = 0;
  std::deque<std::unique_ptr<Task>> items_;             // those begun and not over, in order
  std::map<std::pair<size_t, uint64_t>, Task*> ready_;  // to be begun
  std::vector<pollfd> polled_;
  std::vector<Slot*> polled_slots_;
};

}  // namespace

Sandbox::Sandbox(Work work, SandboxLimits limits, size_t workers)
    : Sandbox([plain = std::move(work)](std::string_view request, SandboxStream&) { return plain(request); }, limits,
              workers) {}

Sandbox::Sandbox(StreamWork work, SandboxLimits limits, size_t workers)
    : pool_(new Pool{std::move(work), limits, std::max<size_t>(workers, 1), {}}) {}

Sandbox::~Sandbox() = default;

void Sandbox::run(size_t count, const std::function<std::string(size_t)>& request,
                  const std::function<void(size_t, SandboxResult)>& use) {
  run_streams(count, request,
              [&](const SandboxItem& item, SandboxResult result) { use(item.index, std::move(result)); });
}

void Sandbox::run_streams(size_t count, const std::function<std::string(size_t)>& request, const Use& use,
                          const Resume& resume) {
  Pool& pool = *pool_;
  struct EndAll {
    Pool* pool;
    ~EndAll() {
      if (pool != nullptr) pool->end_all();
    }
  } on_exception{&pool};
  Run(pool.work, pool.limits, pool.count, pool.slots, count, request, use, resume).all();
  on_exception.pool = nullptr;
}

}  // namespace moru
