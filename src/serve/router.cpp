#include "core/error.h"
#include "core/language.h"
#include "serve/api_error.h"
#include "serve/http.h"

namespace moru::serve {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// Whether `path` fits the route; `rest` gets what "*" stands for.
bool fits(std::string_view pattern, std::string_view path, std::string& rest) {
  if (!pattern.ends_with('*')) return pattern == path;
  pattern.remove_suffix(1);
  if (!path.starts_with(pattern) || path.size() == pattern.size()) return false;
  rest = path.substr(pattern.size());
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void find_and_call(const Service& service, Request& request, const std::shared_ptr<Reply>& reply) {
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : request.method;
  std::string allowed;
  for (const Route& route : routes()) {
    if (!fits(route.path, request.path, request.rest)) continue;
    if (route.method == method) {
      route.handle(service, request, reply);
      return;
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (allowed.empty()) {
    throw ApiError(
        404,
        fmt::format(fmt::runtime(tr("Invalid URL ({} {})", "없는 주소입니다 ({} {})")), request.method, request.path),
        {}, "unknown_url");
  }
  Response response =
      ApiError(405,
               fmt::format(fmt::runtime(tr("Not allowed to {} on {} (allowed methods: {})",
                                           "{} 메서드는 {}에서 쓸 수 없습니다 (쓸 수 있는 메서드: {})")),
                           request.method, request.path, allowed),
               {}, "method_not_supported")
          .response();
  response.headers.emplace_back("Allow", allowed);
  reply->send(std::move(response));
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

void dispatch(const Service& service, Request request, const std::shared_ptr<Reply>& reply) {
  try {
    find_and_call(service, request, reply);
  } catch (const ApiError& error) {
    reply->send(error.response());
  } catch (const Error& error) {
    reply->send(ApiError(500, error.what()).response());
  } catch (const std::exception& error) {
    reply->send(
        ApiError(500, fmt::format(fmt::runtime(tr("internal error: {}", "내부 오류: {}")), error.what())).response());
  }
}

}  // namespace moru::serve
