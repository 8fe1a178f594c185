// A small blocking HTTP/1.1 client, written apart from the server's library so that one checks the other.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/json.h"

namespace moru::serve {

struct HttpResponse {
  int status = 0;                              ///< 0: the connection was closed without an answer.
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  std::vector<std::string> chunks;

  Json json() const { return Json::parse(body); }
};

class HttpClient {
 public:
  explicit HttpClient(uint16_t port, int receive_buffer = 0) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  HttpClient(HttpClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        connected_(other.connected_),
        buffer_(std::move(other.buffer_)) {}
  HttpClient(const HttpClient&) = delete;
  ~HttpClient() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  int descriptor() const { return descriptor_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// The next bytes, empty at the end.
  std::string receive() {
    char piece[16384];
    const ssize_t got = ::recv(descriptor_, piece, sizeof piece, 0);
    return got > 0 ? std::string(piece, static_cast<size_t>(got)) : std::string();
  }

  HttpResponse read(bool head = false) {
    HttpResponse response;
    std::string text;
    if (!until("\r\n\r\n", text)) return response;
    response.status = std::atoi(text.substr(9, 3).c_str());
    for (size_t at = text.find("\r\n") + 2; at < text.size() - 2;) {
      const size_t end = text.find("\r\n", at), colon = text.find(':', at);
      std::string name = text.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const size_t value = std::min(text.find_first_not_of(' ', colon + 1), end);
      response.headers[name] = text.substr(value, end - value);
      at = end + 2;
    }
    if (head) return response;
    if (response.headers.count("content-length") != 0) {
      exactly(std::stoul(response.headers["content-length"]), response.body);
    } else if (response.headers.count("transfer-encoding") != 0) {
      while (read_chunk(response)) {
      }
    } else {
      while (more()) {
      }
      response.body = std::exchange(buffer_, {});
    }
    return response;
  }

  /// A response's head, then chunk by chunk with read_chunk.
  bool read_chunk(HttpResponse& response) {
    std::string line, data;
    if (!until("\r\n", line)) return false;
    const size_t size = std::stoul(line, nullptr, 16);
    exactly(size + 2, data);
    EXPECT_TRUE(data.ends_with("\r\n"));
    if (size == 0) return false;
    data.resize(size);
    response.body += data;
    response.chunks.push_back(data);
    return true;
  }

  HttpResponse get(const std::string& path, const std::string& headers = "") {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    return read();
  }
  static std::string post_text(const std::string& body, const std::string& path = "/v1/chat/completions",
                               const std::string& type = "application/json") {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  HttpResponse post(const std::string& body) {
    send(post_text(body));
    return read();
  }

 private:
  bool more() {
    const std::string piece = receive();
    buffer_ += piece;
    return !piece.empty();
  }
  bool until(std::string_view mark, std::string& text) {
    size_t at;
    while ((at = buffer_.find(mark)) == std::string::npos) {
      if (!more()) return false;
    }
    text = buffer_.substr(0, at + mark.size());
    buffer_.erase(0, at + mark.size());
    return true;
  }
  void exactly(size_t count, std::string& text) {
    while (buffer_.size() < count && more()) {
    }
    EXPECT_GE(buffer_.size(), count);
    text = buffer_.substr(0, count);
    buffer_.erase(0, std::min(count, buffer_.size()));
  }
  int descriptor_ = -1;
  bool connected_ = false;
  std::string buffer_;
};

/// The data of server-sent events, comments left out.
inline std::vector<std::string> events_of(const std::string& body) {
  std::vector<std::string> events;
  for (size_t at = 0, end; (end = body.find("\n\n", at)) != std::string::npos; at = end + 2) {
    const std::string event = body.substr(at, end - at);
    if (event.starts_with("data: ")) events.push_back(event.substr(6));
  }
  return events;
}

}  // namespace moru::serve
