// Between a route, which answers from any thread, and the connection, which writes when its socket can take it.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "serve/http.h"

namespace moru::serve {

class Exchange : public Reply {
 public:
  /// `wake` tells the connection that there is something to take; it is called under the lock, so it must only post.
  explicit Exchange(std::function<void()> wake) : wake_(std::move(wake)) {}

  void send(Response response) override;
  void begin(Response head) override;
  void write(std::string piece) override;
  void end() override;
  void when_gone(std::function<void()> action) override;

  // The connection's side.
  struct Taken {
    std::optional<Response> head;  ///< Once.
    std::string piece;
    bool ended = false;  ///< Nothing follows this piece.
  };
  /// What has come since the last call.
  Taken take();
  /// The client has gone: tells the route, and drops what is still to come.
  void leave();
  bool left() const;
  /// The connection is done with it: wake is not called again. Counts as leaving if the answer had not ended.
  void detach();

 private:
  void signal();
  mutable std::mutex mutex_;
  std::function<void()> wake_, on_gone_;
  std::optional<Response> head_;
  std::string pending_;
  bool begun_ = false, ended_ = false, gone_ = false, signalled_ = false;
};

}  // namespace moru::serve
