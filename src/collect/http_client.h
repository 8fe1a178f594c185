// HTTP requests to servers of others (libcurl): TLS verified, everything bounded, patient where a server asks for it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

struct HttpClientOptions {
  std::string user_agent;
  std::filesystem::path ca_file;              ///< Certificates to trust; empty: the system's.
  double seconds = 60;                        ///< For one request; connecting gets 15 of them at most.
  uint64_t most_bytes = uint64_t{256} << 20;  ///< Of a body, unpacked.
  int retries = 4;                            ///< After 429, 5xx, and connections that fail.
  double first_wait = 1;      ///< Seconds before the first retry; doubles. Retry-After counts if longer.
  double longest_wait = 120;  ///< A server that asks for more is left alone.
};

struct HttpResponse {
  int status = 0;                                   ///< 0 where there was no answer.
  std::multimap<std::string, std::string> headers;  ///< Names in lower case.
  /// Why there is no whole body: "unreachable", "certificate", "timeout", "too-large", "broken"; empty otherwise, also
  /// where the status says no.
  std::string problem;
  std::string detail;

  std::string_view header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  }
  bool ok() const { return problem.empty() && status >= 200 && status < 300; }
  /// May it work later? Connections that fail, 429, 5xx.
  bool is_transient() const;
};

/// Where a body goes. restart() is called before its first byte, and again where a retry begins anew.
struct BodySink {
  std::function<void()> restart;
  std::function<void(std::string_view bytes)> write;
};

/// Keeps its connections open. One thread at a time. Redirects are not followed: the caller decides where to go.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  /// GET. `headers`: "Name: value". The body goes to `sink` whatever the status.
  HttpResponse get(const std::string& url, const std::vector<std::string>& headers, const BodySink& sink);
  /// The same with headers made for each try (a signature holds for minutes).
  HttpResponse get(const std::string& url, const std::function<std::vector<std::string>()>& headers,
                   const BodySink& sink);
  /// A small answer as a whole.
  HttpResponse get(const std::string& url, const std::vector<std::string>& headers, std::string& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Seconds that Retry-After asks for, in seconds or as a date; negative if it says nothing.
double retry_after(std::string_view value, int64_t now);
/// Seconds since 1970 of an HTTP date; -1 if it is none.
int64_t http_time(const std::string& date);

/// "Moru/VERSION (CONTACT)".
std::string user_agent(std::string_view contact);

}  // namespace moru::collect
