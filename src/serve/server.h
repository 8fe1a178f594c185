// The HTTP server: listens, serves, stops gracefully.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "serve/connections.h"
#include "serve/service.h"

namespace moru::serve {

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< Address or name to listen on; "0.0.0.0" or "::" for all.
  uint16_t port = 8080;            ///< 0: any that is free.
  size_t threads = 2;              ///< For HTTP; connections are not bound to a thread.
  size_t connections = 10'000;     ///< Most at a time; further clients wait in the system's queue.
  std::vector<std::string>
      allowed_hosts;  ///< Names besides localhost that may stand in the Host header, when listening on loopback.
  std::chrono::milliseconds grace{10'000};  ///< stop() lets open answers go on for so long.
  HttpLimits limits;
  std::function<void(std::string_view)> log;  ///< Gets a line for every request, from any thread; may be empty.
};

class Server {
 public:
  /// Binds and listens; clients may connect from now on. Throws Error if the address is unknown, not this machine's, in
  /// use or reserved. The service must outlive the server.
  Server(const Service& service, const ServerOptions& options);
  /// Closes all connections at once, if run() has not ended them.
  ~Server();

  uint16_t port() const;
  /// "http://127.0.0.1:8080"; for a server that listens on all addresses, that of loopback.
  std::string url() const;
  bool loopback() const;
  size_t connections() const;

  /// Serves until stop() or, if `signals`, SIGINT or SIGTERM; a second signal ends it at once. Returns when the last
  /// connection is closed.
  void run(bool signals = false);
  /// Thread-safe; run() returns soon after. Idle connections close at once, answers may end within `grace`.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moru::serve
