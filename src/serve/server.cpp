#include "serve/server.h"

#include <fcntl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <thread>

#include "core/error.h"
#include "core/language.h"

namespace moru::serve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Error listen_error(const ServerOptions& options, const error_code& error) {
  const std::string place = fmt::format("{}:{}", options.host, options.port);
  const auto made = [&](std::string_view problem, std::string_view mend) {
    return Error(place, std::string(problem), std::string(mend));
  };
  if (error == asio::error::address_in_use) {
    return made(tr("another program listens on this port", "다른 프로그램이 이 포트를 쓰고 있습니다"),
                tr("choose another with --port, or stop that program (ss -ltnp shows it)",
                   "--port로 다른 포트를 고르거나 그 프로그램을 멈추세요 (ss -ltnp로 볼 수 있습니다)"));
  }
  if (error == asio::error::access_denied) {
    return made(tr("this port is reserved for the system", "시스템만 쓸 수 있는 포트입니다"),
                tr("choose a port of 1024 or more with --port", "--port로 1024 이상의 포트를 고르세요"));
  }
  if (error == boost::system::errc::address_not_available) {
    return made(tr("this machine does not have that address", "이 기계의 주소가 아닙니다"),
                tr("choose one of its own with --host (ip addr shows them), or 0.0.0.0 for all",
                   "--host로 이 기계의 주소(ip addr로 볼 수 있습니다)를 고르거나 0.0.0.0을 쓰세요"));
  }
  return made(fmt::format("{}: {}", tr("cannot listen", "포트를 열 수 없습니다"), error.message()),
              tr("choose another address with --host and --port", "--host와 --port로 다른 주소를 고르세요"));
}

}  // namespace

struct Server::State {
  const ServerOptions options;
  asio::io_context context;
  asio::strand<asio::io_context::executor_type> strand = asio::make_strand(context);
  tcp::acceptor acceptor{strand};
  asio::steady_timer pause{strand}, deadline{strand}, watcher{strand};
  asio::signal_set signals{strand};
  tcp::endpoint endpoint;
  bool stopping = false;  ///< On the strand.
  std::unique_ptr<Connections> connections;

  explicit State(const ServerOptions& o) : options(o), context(static_cast<int>(std::max<size_t>(1, o.threads))) {}

  void listen();
  asio::awaitable<void> accept();
  void stop(bool at_once);
  void await_signal();
};

void Server::State::listen() {
  error_code error;
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(options.host, std::to_string(options.port),
                                      tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    throw Error(options.host,
                fmt::format("{}: {}", tr("there is no such address", "그런 주소가 없습니다"), error.message()),
                std::string(tr("give an address of this machine with --host, such as 127.0.0.1 or 0.0.0.0",
                               "--host로 127.0.0.1이나 0.0.0.0처럼 이 기계의 주소를 주세요")));
  }
  endpoint = *found.begin();
  const auto check = [&] {
    if (error) throw listen_error(options, error);
  };
  acceptor.open(endpoint.protocol(), error);
  check();
  // A child process must not keep the port.
  ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  check();
  acceptor.bind(endpoint, error);
  check();
  acceptor.listen(4096, error);
  check();
  endpoint = acceptor.local_endpoint();
}

asio::awaitable<void> Server::State::accept() {
  while (!stopping) {
    error_code error;
    const auto rest = [&] {
      pause.expires_after(std::chrono::milliseconds(50));
      return pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    };
    if (connections->open() >= options.connections) {
      co_await rest();
      continue;
    }
    tcp::socket socket = co_await acceptor.async_accept(strand, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted || stopping) break;
    if (error) {
      // Out of descriptors or memory: those that are open will give theirs back.
      co_await rest();
      continue;
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    connections->adopt(socket.release(), endpoint.protocol() == tcp::v6());
  }
}

/// On the strand.
void Server::State::stop(bool at_once) {
  if (!std::exchange(stopping, true)) {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    watcher.cancel();
    connections->drain();
    deadline.expires_after(options.grace);
    deadline.async_wait([this](const error_code& error) {
      if (!error) connections->drop();
    });
  }
  if (at_once) connections->drop();
}

void Server::State::await_signal() {
  signals.async_wait([this](const error_code& error, int) {
    if (error) return;
    stop(stopping);
    await_signal();
  });
}

Server::Server(const Service& service, const ServerOptions& options) : state_(std::make_unique<State>(options)) {
  state_->listen();
  const bool guarded = loopback();
  state_->connections = std::make_unique<Connections>(
      state_->context, service, options.limits,
      guarded ? std::make_shared<const std::vector<std::string>>(options.allowed_hosts) : nullptr, options.log);
}

Server::~Server() = default;

uint16_t Server::port() const {
  return state_->endpoint.port();
}

bool Server::loopback() const {
  return state_->endpoint.address().is_loopback();
}

size_t Server::connections() const {
  return state_->connections->open();
}

std::string Server::url() const {
  asio::ip::address address = state_->endpoint.address();
  if (address.is_unspecified()) {
    address = address.is_v6() ? asio::ip::address(asio::ip::address_v6::loopback())
                              : asio::ip::address(asio::ip::address_v4::loopback());
  }
  return fmt::format(fmt::runtime(address.is_v6() ? "http://[{}]:{}" : "http://{}:{}"), address.to_string(), port());
}

void Server::run(bool signals) {
  State& state = *state_;
  if (signals) {
    state.signals.add(SIGINT);
    state.signals.add(SIGTERM);
    state.await_signal();
  }
  asio::co_spawn(state.strand, state.accept(), asio::detached);
  // The deadline's and the signals' waits would keep the context busy after the last connection: a watcher ends them.
  asio::co_spawn(
      state.strand,
      [&state]() -> asio::awaitable<void> {
        while (!state.stopping || state.connections->open() > 0) {
          error_code ignored;
          if (state.stopping) {
            state.watcher.expires_after(std::chrono::milliseconds(2));
          } else {
            state.watcher.expires_at(asio::steady_timer::time_point::max());
          }
          co_await state.watcher.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        state.deadline.cancel();
        state.signals.cancel();
      },
      asio::detached);
  std::vector<std::jthread> helpers;
  for (size_t i = 1; i < std::max<size_t>(1, state.options.threads); ++i) {
    helpers.emplace_back([&state] { state.context.run(); });
  }
  state.context.run();
}

void Server::stop() {
  asio::post(state_->strand, [state = state_.get()] { state->stop(false); });
}

}  // namespace moru::serve
