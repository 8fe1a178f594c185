#include "collect/http_client.h"

#include <curl/curl.h>

#include <charconv>
#include <ctime>
#include <mutex>
#include <thread>

#include "core/version.h"

namespace moru::collect {
namespace {

constexpr size_t kMostHeaders = 200;

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// What the callbacks of one try see.
struct Try {
  const BodySink* sink = nullptr;
  HttpResponse* response = nullptr;
  uint64_t bytes = 0, most_bytes = 0;
  bool started = false, too_large = false;
  std::exception_ptr thrown;
};

size_t take_body(char* data, size_t, size_t size, void* user) {
  Try& t = *static_cast<Try*>(user);
  t.bytes += size;
  t.too_large = t.bytes > t.most_bytes;
  if (t.too_large) return 0;
  try {  // through C code no exception may pass
    if (!t.started) t.sink->restart();
    t.started = true;
    t.sink->write({data, size});
  } catch (...) {
    t.thrown = std::current_exception();
    return 0;
  }
  return size;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

size_t take_header(char* data, size_t, size_t size, void* user) {
  Try& t = *static_cast<Try*>(user);
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) t.response->headers.clear();  // of an earlier answer (100 Continue)
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || t.response->headers.size() >= kMostHeaders) return size;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  t.response->headers.emplace(std::move(name), trimmed(line.substr(colon + 1)));
  return size;
}

std::string_view problem_of(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
      return "certificate";
    case CURLE_OPERATION_TIMEDOUT:
      return "timeout";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return "unreachable";
    default:
      return "broken";
  }
}

}  // namespace

bool HttpResponse::is_transient() const {
  return problem == "unreachable" || problem == "timeout" || problem == "broken" || status == 429 || status >= 500;
}

struct HttpClient::State {
  HttpClientOptions options;
  CURL* curl = nullptr;

  explicit State(HttpClientOptions o) : options(std::move(o)) {
    start_curl();
    curl = ::curl_easy_init();
    if (curl == nullptr) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::curl_easy_cleanup(curl); }

  HttpResponse once(const std::string& url, const std::vector<std::string>& headers, const BodySink& sink) const {
    HttpResponse response;
    Try t{&sink, &response, 0, options.most_bytes, false, false, nullptr};
    ::curl_easy_reset(curl);  // keeps connections
    char error[CURL_ERROR_SIZE] = "";
    curl_slist* list = nullptr;
    for (const std::string& header : headers) list = ::curl_slist_append(list, header.c_str());
    const auto milliseconds = static_cast<long>(options.seconds * 1000);
    ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    ::curl_easy_setopt(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(milliseconds, 15'000L));
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &t);
    ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &t);
    if (!options.ca_file.empty()) ::curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    const CURLcode code = ::curl_easy_perform(curl);
    ::curl_slist_free_all(list);
    if (t.thrown) std::rethrow_exception(t.thrown);
    long status = 0;
    ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    if (t.too_large) {
      response.problem = "too-large";
      response.detail = fmt::format("more than {} bytes", options.most_bytes);
    } else if (code != CURLE_OK) {
      response.problem = problem_of(code);
      response.detail = error[0] != 0 ? error : ::curl_easy_strerror(code);
    } else if (!t.started) {
      sink.restart();
    }
    return response;
  }
};

HttpClient::HttpClient(HttpClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

HttpResponse HttpClient::get(const std::string& url, const std::function<std::vector<std::string>()>& headers,
                             const BodySink& sink) {
  const HttpClientOptions& options = state_->options;
  double wait = options.first_wait;
  for (int attempt = 0;; ++attempt, wait *= 2) {
    HttpResponse response = state_->once(url, headers(), sink);
    if (!response.is_transient() || attempt >= options.retries) return response;
    const double asked = retry_after(response.header("retry-after"), std::time(nullptr));
    if (asked > options.longest_wait) return response;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(std::max(wait, asked), options.longest_wait)));
  }
}

HttpResponse HttpClient::get(const std::string& url, const std::vector<std::string>& headers, const BodySink& sink) {
  return get(
      url, [&] { return headers; }, sink);
}

HttpResponse HttpClient::get(const std::string& url, const std::vector<std::string>& headers, std::string& body) {
  return get(url, headers, {[&] { body.clear(); }, [&](std::string_view bytes) { body += bytes; }});
}

int64_t http_time(const std::string& date) {
  return date.empty() ? -1 : static_cast<int64_t>(::curl_getdate(date.c_str(), nullptr));
}

double retry_after(std::string_view value, int64_t now) {
  if (value.empty()) return -1;
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end == value.data() + value.size()) return seconds;
  const int64_t then = http_time(std::string(value));
  return then < 0 ? -1 : std::max(0.0, static_cast<double>(then - now));
}

std::string user_agent(std::string_view contact) {
  return contact.empty() ? fmt::format("Moru/{}", version()) : fmt::format("Moru/{} ({})", version(), contact);
}

}  // namespace moru::collect
