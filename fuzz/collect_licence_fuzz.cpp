// A licence or copyright file.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collect/licence.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto found = moru::collect::recognise_licence(text); found && !moru::collect::spdx_expression(found->id))
    std::abort();
  const auto copyright = moru::collect::DebianCopyright::parse(text);
  if (copyright)
    if (const auto found = copyright->for_path("a/b.c"); found && !moru::collect::spdx_expression(found->id))
      std::abort();
  return 0;
}
