#include "serve/exchange.h"

namespace moru::serve {

/// Under the lock.
void Exchange::signal() {
  if (wake_ && !std::exchange(signalled_, true)) wake_();
}

void Exchange::send(Response response) {
  const std::lock_guard lock(mutex_);
  if (begun_ || gone_) return;
  begun_ = ended_ = true;
  head_ = std::move(response);
  signal();
}

void Exchange::begin(Response head) {
  const std::lock_guard lock(mutex_);
  if (begun_ || gone_) return;
  begun_ = true;
  head_ = std::move(head);
  signal();
}

void Exchange::write(std::string piece) {
  const std::lock_guard lock(mutex_);
  if (!begun_ || ended_ || gone_) return;
  if (pending_.empty()) {
    pending_ = std::move(piece);
  } else {
    pending_ += piece;
  }
  signal();
}

void Exchange::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  signal();
}

void Exchange::when_gone(std::function<void()> action) {
  {
    const std::lock_guard lock(mutex_);
    if (!gone_) {
      if (!ended_) on_gone_ = std::move(action);
      return;
    }
  }
  action();
}

Exchange::Taken Exchange::take() {
  const std::lock_guard lock(mutex_);
  signalled_ = false;
  return {std::exchange(head_, std::nullopt), std::exchange(pending_, {}), ended_};
}

void Exchange::leave() {
  std::function<void()> action;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(gone_, true)) return;
    if (!ended_) action = std::move(on_gone_);
    on_gone_ = nullptr;
    pending_.clear();
  }
  if (action) action();
}

bool Exchange::left() const {
  const std::lock_guard lock(mutex_);
  return gone_;
}

void Exchange::detach() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
  }
  leave();
}

}  // namespace moru::serve
