#include "serve/host_guard.h"

namespace moru::serve {
namespace {

TEST(HostGuard, LetsInNamesOfThisMachineOnly) {
  const std::vector<std::string> names = {"expert.example.org"};
  for (const char* host :
       {"", "localhost", "LOCALHOST:8080", "localhost.", "a.localhost:1", "127.0.0.1", "127.0.0.1:8080", "10.0.0.7",
        "[::1]:8080", "[::1]", "expert.example.org", "expert.example.org:443"}) {
    EXPECT_TRUE(host_allowed(host, names)) << host;
  }
  for (const char* host : {"evil.example", "evil.example:8080", "localhost.evil.example", "xlocalhost", "[evil]", "[",
                           ":", "127.0.0.1.evil.example"}) {
    EXPECT_FALSE(host_allowed(host, names)) << host;
  }
}

}  // namespace
}  // namespace moru::serve
