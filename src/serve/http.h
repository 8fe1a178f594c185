// What routes see of HTTP: a request, a reply, and the table of routes. No library's types: those stay in
// connection.cpp.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace moru::serve {

class Service;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;   ///< Without the query, percent-decoded.
  std::string query;  ///< After "?", as sent.
  Headers headers;
  std::string body;
  std::string rest;  ///< What "*" in the route's path stood for.

  /// The first header of that name, whatever its case; empty if there is none.
  std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
  /// A stream that has been silent for a while sends this, so that proxies keep it open (an SSE comment). May be empty.
  std::string idle_piece;
};

/// Where a route puts its answer: send() once, or begin(), any number of write(), end(). Thread-safe, and it may be
/// used after the route has returned. What is written after the client has gone is dropped.
class Reply {
 public:
  virtual ~Reply() = default;
  virtual void send(Response response) = 0;
  /// Starts a stream; `head` has no body.
  virtual void begin(Response head) = 0;
  virtual void write(std::string piece) = 0;
  virtual void end() = 0;
  /// `action` is called once if the client goes away, or cannot be written to, before the end.
  virtual void when_gone(std::function<void()> action) = 0;
};

/// One route. `path` may end in "*", which stands for one or more characters.
struct Route {
  std::string_view method;
  std::string_view path;
  /// Throws ApiError for what the client can mend.
  void (*handle)(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply);
};

/// All routes, most specific first (routes.cpp).
std::span<const Route> routes();

/// Finds the route and calls it; answers 404 and 405, and turns exceptions into responses. HEAD is answered as GET.
void dispatch(const Service& service, Request request, const std::shared_ptr<Reply>& reply);

/// "%EC%95%88" to bytes; "+" stays. A broken escape stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace moru::serve
