#include "serve/host_guard.h"

#include <arpa/inet.h>

namespace moru::serve {

bool host_allowed(std::string_view host, std::span<const std::string> names) {
  if (host.empty()) return true;
  std::string name(host);
  in6_addr address;
  if (name.front() == '[') {
    const size_t end = name.find(']');
    return end != std::string::npos && inet_pton(AF_INET6, name.substr(1, end - 1).c_str(), &address) == 1;
  }
  name = name.substr(0, name.find(':'));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (name.ends_with('.')) name.pop_back();
  if (inet_pton(AF_INET, name.c_str(), &address) == 1) return true;
  return name == "localhost" || name.ends_with(".localhost") ||
         std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace moru::serve
