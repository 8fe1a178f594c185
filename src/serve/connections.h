// HTTP/1.1 on open sockets: reads requests within limits, hands them to the routes, writes what they answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "serve/service.h"

namespace boost::asio {
class io_context;
}

namespace moru::serve {

struct HttpLimits {
  size_t header_bytes = 16 << 10;               ///< Of the request line and all headers; more is 431.
  size_t body_bytes = 4 << 20;                  ///< More is 413.
  std::chrono::milliseconds idle{75'000};       ///< A kept-alive connection without a request is closed after this.
  std::chrono::milliseconds header{10'000};     ///< For the headers, from their first byte; else it is closed.
  std::chrono::milliseconds body{30'000};       ///< For the body; else it is closed.
  std::chrono::milliseconds write{30'000};      ///< For the client to take a piece; else it counts as gone.
  std::chrono::milliseconds heartbeat{15'000};  ///< A silent stream sends its idle piece this often.
};

/// All open connections: one coroutine each, no thread. Every member may be called from any thread.
class Connections {
 public:
  /// `hosts`: names that the Host header may have besides addresses and localhost; null: any (host_guard.h).
  /// `log` gets a line for every request, if set. The context and the service must outlive it.
  Connections(boost::asio::io_context& context, const Service& service, const HttpLimits& limits,
              std::shared_ptr<const std::vector<std::string>> hosts, std::function<void(std::string_view)> log);
  ~Connections();

  /// Takes over an accepted TCP socket. `ipv6`: its family.
  void adopt(int socket, bool ipv6);
  size_t open() const;
  /// Closes those that wait for a request; the others end after their answer.
  void drain();
  /// Closes all at once.
  void drop();

  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace moru::serve
