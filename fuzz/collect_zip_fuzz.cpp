// ZIP packages: whatever the bytes, entries unpack within the limits or are refused with a reason.
#include <cstdlib>

#include "collect/extractor.h"
#include "collect/zip_package.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::collect;
  ExtractSettings limits;
  limits.archive_bytes = 1 << 20;
  limits.archive_entries = 1000;
  try {
    ZipPackage package({reinterpret_cast<const char*>(data), size}, limits);
    uint64_t unpacked = 0;
    for (const ZipEntry& entry : package.entries()) {
      if (package.find(entry.name) == nullptr) std::abort();
      try {
        unpacked += package.read(entry).size();
      } catch (const Unreadable& problem) {
        if (problem.reason().empty()) std::abort();
      }
    }
    if (unpacked > limits.archive_bytes) std::abort();
  } catch (const Unreadable& problem) {
    if (problem.reason().empty()) std::abort();
  }
  return 0;
}
