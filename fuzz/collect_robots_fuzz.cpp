// robots.txt: what is allowed does not depend on the time it takes, and never on crashing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collect/robots.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto robots = moru::collect::Robots::parse(text, "moru");
  if (!robots.allows("/robots.txt") || robots.crawl_delay() < 0) std::abort();
  for (const std::string_view target : {"/", "/docs/a.html?b=c", "/%ED%95%9C/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"})
    robots.allows(target);
  return 0;
}
