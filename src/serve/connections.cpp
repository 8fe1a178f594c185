#include "serve/connections.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <ctime>
#include <mutex>

#include "core/language.h"
#include "serve/api_error.h"
#include "serve/exchange.h"
#include "serve/host_guard.h"

namespace moru::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

/// The answer to a request that could not be read.
ApiError read_error(const error_code& error, const HttpLimits& limits) {
  if (error == http::error::header_limit) {
    return {431, fmt::format(fmt::runtime(tr("The headers have more than {} bytes.", "헤더가 {} 바이트를 넘습니다.")),
                             limits.header_bytes)};
  }
  if (error == http::error::body_limit) {
    return {413,
            fmt::format(fmt::runtime(tr("The body has more than {} bytes.", "본문이 {} 바이트를 넘습니다.")),
                        limits.body_bytes),
            {},
            "request_too_large"};
  }
  return {400, fmt::format(fmt::runtime(tr("This is not an HTTP request: {}.", "HTTP 요청이 아닙니다: {}.")),
                           error.message())};
}

/// The present, as RFC 9110 section 5.6.7 writes it.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

class Connection;

struct Connections::Shared {
  asio::io_context& context;
  const Service& service;
  const HttpLimits limits;
  const std::shared_ptr<const std::vector<std::string>> hosts;
  const std::function<void(std::string_view)> log;
  std::atomic<bool> draining = false;

  mutable std::mutex mutex;
  std::map<Connection*, std::weak_ptr<Connection>> open;

  std::vector<std::shared_ptr<Connection>> all() const {
    std::vector<std::shared_ptr<Connection>> found;
    const std::lock_guard lock(mutex);
    for (const auto& [key, weak] : open) {
      if (auto connection = weak.lock()) found.push_back(std::move(connection));
    }
    return found;
  }
};

/// One socket. All members run on its strand.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Connections::Shared> shared, asio::ip::tcp::socket socket)
      : shared_(std::move(shared)), stream_(std::move(socket)), timer_(stream_.get_executor()) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (exchange_) exchange_->detach();
    const std::lock_guard lock(shared_->mutex);
    shared_->open.erase(this);
  }

  asio::awaitable<void> run() {
    error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    try {
      while (!shared_->draining && co_await serve_one()) {
      }
    } catch (const boost::system::system_error&) {
      // The socket failed in a way that leaves nothing to answer.
    }
    stream_.close();
  }

  /// Closes the socket if it waits for a request, or in any case.
  void close(bool also_busy) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), also_busy] {
      if (!also_busy && !self->idle_) return;
      if (self->exchange_) self->exchange_->leave();
      self->timer_.cancel();
      self->stream_.close();
    });
  }

 private:
  using Parser = http::request_parser<http::string_body>;

  /// Reads a request and answers it. Returns whether the connection goes on.
  asio::awaitable<bool> serve_one() {
    if (buffer_.size() == 0 && !co_await first_bytes()) co_return false;
    Parser parser;
    parser.header_limit(static_cast<uint32_t>(shared_->limits.header_bytes));
    parser.body_limit(shared_->limits.body_bytes);
    if (const error_code error = co_await read(parser)) {
      // Only a request that is wrong gets an answer: one that stopped coming has no reader any more.
      const bool wrong = error.category() == http::make_error_code(http::error::bad_method).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
      if (wrong) co_await refuse(error);
      co_return false;
    }
    const auto started = Clock::now();
    Request request = request_of(parser.release());
    const std::string line = shared_->log ? request.method + " " + request.path : std::string();
    exchange_ = std::make_shared<Exchange>([weak = weak_from_this()] {
      if (auto self = weak.lock()) {
        asio::post(self->stream_.get_executor(), [self] { self->timer_.cancel(); });
      }
    });
    if (shared_->hosts && !host_allowed(request.header("Host"), *shared_->hosts)) {
      exchange_->send(
          ApiError(
              403,
              fmt::format(fmt::runtime(tr("This server does not answer to the name '{}'; add it with --allow-host.",
                                          "이 서버는 '{}' 이름에 답하지 않습니다. --allow-host로 더하세요.")),
                          request.header("Host")),
              {}, "host_not_allowed")
              .response());
    } else {
      dispatch(shared_->service, std::move(request), exchange_);
    }
    status_ = 0;
    const bool whole = co_await answer();
    exchange_->detach();
    exchange_.reset();
    if (shared_->log) {
      shared_->log(fmt::format("{} {} {:.3f} s{}", line, status_,
                               std::chrono::duration<double>(Clock::now() - started).count(),
                               whole ? "" : ", the client left"));
    }
    co_return whole&& keep_alive_;
  }

  /// Waits for a request to begin.
  asio::awaitable<bool> first_bytes() {
    buffer_.shrink_to_fit();
    idle_ = true;
    stream_.expires_after(shared_->limits.idle);
    error_code error;
    const size_t count =
        co_await stream_.async_read_some(buffer_.prepare(2048), asio::redirect_error(asio::use_awaitable, error));
    buffer_.commit(count);
    idle_ = false;
    co_return !error;
  }

  asio::awaitable<error_code> read(Parser& parser) {
    error_code error;
    stream_.expires_after(shared_->limits.header);
    co_await http::async_read_header(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return error;
    stream_.expires_after(shared_->limits.body);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      http::response<http::empty_body> go_on(http::status::continue_, 11);
      co_await http::async_write(stream_, go_on, asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return error;
    }
    co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }

  Request request_of(http::request<http::string_body>&& message) {
    version_ = message.version();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == http::verb::head;
    Request request;
    request.method = std::string(message.method_string());
    const std::string_view target(message.target().data(), message.target().size());
    const size_t question = target.find('?');
    request.path = percent_decode(target.substr(0, question));
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
    request.body = std::move(message.body());
    return request;
  }

  /// Answers a request that could not be read, then reads on for a moment: closing a socket with unread bytes in it
  /// would reset the connection, and the client might never see the answer.
  asio::awaitable<void> refuse(const error_code& read_failure) {
    version_ = 11;
    keep_alive_ = head_only_ = false;
    if (!co_await write_whole(read_error(read_failure, shared_->limits).response())) co_return;
    error_code error;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    stream_.expires_after(std::chrono::seconds(2));
    std::array<char, 4096> waste;
    for (size_t read = 0; !error && read < (16U << 20);) {
      read += co_await stream_.async_read_some(asio::buffer(waste), asio::redirect_error(asio::use_awaitable, error));
    }
  }

  /// Writes what the route answers as it comes. Returns false if the client left.
  asio::awaitable<bool> answer() {
    watch();
    bool good = true, streaming = false, ended = false;
    std::string idle_piece;
    while (good && !ended) {
      Exchange::Taken taken = exchange_->take();
      if (exchange_->left()) {
        good = false;
      } else if (taken.head && taken.ended && !streaming && taken.piece.empty()) {
        good = co_await write_whole(std::move(*taken.head));
        ended = true;
      } else if (taken.head) {
        streaming = true;
        idle_piece = std::exchange(taken.head->idle_piece, {});
        good = co_await write_head(std::move(*taken.head)) && co_await write_piece(taken.piece);
        ended = taken.ended;
      } else if (!taken.piece.empty() || taken.ended) {
        good = co_await write_piece(taken.piece);
        ended = taken.ended;
      } else if (co_await silent() && streaming && !idle_piece.empty()) {
        good = co_await write_piece(idle_piece);
      }
    }
    if (good && streaming) good = co_await write_last();
    if (!good) exchange_->leave();
    watching_.emit(asio::cancellation_type::terminal);
    co_return good;
  }

  /// Waits for the route; true if it said nothing for a heartbeat.
  asio::awaitable<bool> silent() {
    timer_.expires_after(shared_->limits.heartbeat);
    error_code error;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  /// Notices that the client has closed its side while it is being answered. What it sends meanwhile is its next
  /// request.
  void watch() {
    stream_.socket().async_wait(
        asio::ip::tcp::socket::wait_read,
        asio::bind_cancellation_slot(
            watching_.slot(), [self = shared_from_this(), exchange = exchange_](const error_code& error) {
              if (error) return;
              char byte;
              const ssize_t got = ::recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
              if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
              exchange->leave();
              self->timer_.cancel();
            }));
  }

  template <class Body>
  void fill_head(http::response<Body>& message, const Response& response) {
    status_ = response.status;
    message.version(version_);
    message.result(static_cast<unsigned>(response.status));
    message.set(http::field::server, "moru");
    message.set(http::field::date, http_date());
    message.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.keep_alive(keep_alive_ && !shared_->draining);
    keep_alive_ = message.keep_alive();
  }

  asio::awaitable<bool> write_whole(Response response) {
    stream_.expires_after(shared_->limits.write);
    error_code error;
    if (head_only_) {
      http::response<http::empty_body> message;
      fill_head(message, response);
      message.content_length(response.body.size());
      http::response_serializer<http::empty_body> serializer(message);
      co_await http::async_write_header(stream_, serializer, asio::redirect_error(asio::use_awaitable, error));
    } else {
      http::response<http::string_body> message;
      fill_head(message, response);
      message.body() = std::move(response.body);
      message.prepare_payload();
      co_await http::async_write(stream_, message, asio::redirect_error(asio::use_awaitable, error));
    }
    co_return !error;
  }

  /// The head of a stream: chunked, or ended by closing for a client of HTTP/1.0.
  asio::awaitable<bool> write_head(Response response) {
    if (version_ < 11) keep_alive_ = false;
    stream_.expires_after(shared_->limits.write);
    http::response<http::empty_body> message;
    fill_head(message, response);
    if (version_ >= 11) message.chunked(true);
    http::response_serializer<http::empty_body> serializer(message);
    error_code error;
    co_await http::async_write_header(stream_, serializer, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  asio::awaitable<bool> write_piece(const std::string& piece) {
    if (piece.empty()) co_return true;
    stream_.expires_after(shared_->limits.write);
    error_code error;
    if (version_ >= 11) {
      co_await asio::async_write(stream_, http::make_chunk(asio::buffer(piece)),
                                 asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await asio::async_write(stream_, asio::buffer(piece), asio::redirect_error(asio::use_awaitable, error));
    }
    co_return !error;
  }

  asio::awaitable<bool> write_last() {
    if (version_ < 11) co_return true;
    stream_.expires_after(shared_->limits.write);
    error_code error;
    co_await asio::async_write(stream_, http::make_chunk_last(), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  std::shared_ptr<Connections::Shared> shared_;
  beast::tcp_stream stream_;
  asio::steady_timer timer_;  ///< Waits for the route; cancelled to wake.
  asio::cancellation_signal watching_;
  beast::flat_buffer buffer_;
  std::shared_ptr<Exchange> exchange_;
  unsigned version_ = 11;
  int status_ = 0;
  bool keep_alive_ = true, head_only_ = false, idle_ = false;
};

Connections::Connections(asio::io_context& context, const Service& service, const HttpLimits& limits,
                         std::shared_ptr<const std::vector<std::string>> hosts,
                         std::function<void(std::string_view)> log)
    : shared_(new Shared{context, service, limits, std::move(hosts), std::move(log), {}, {}, {}}) {}

Connections::~Connections() = default;

void Connections::adopt(int socket, bool ipv6) {
  const auto strand = asio::make_strand(shared_->context);
  auto connection = std::make_shared<Connection>(
      shared_, asio::ip::tcp::socket(strand, ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket));
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->open.emplace(connection.get(), connection);
  }
  // The coroutine lives as long as the connection does.
  asio::co_spawn(
      strand, [connection]() -> asio::awaitable<void> { co_await connection->run(); }, asio::detached);
}

size_t Connections::open() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->open.size();
}

void Connections::drain() {
  shared_->draining = true;
  for (const auto& connection : shared_->all()) connection->close(false);
}

void Connections::drop() {
  shared_->draining = true;
  for (const auto& connection : shared_->all()) connection->close(true);
}

}  // namespace moru::serve
