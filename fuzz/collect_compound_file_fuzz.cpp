// An OLE compound file: every stream is read or damaged, and no more comes out than went in.
#include <cstdlib>

#include "collect/compound_file.h"
#include "collect/extractor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::collect;
  try {
    CompoundFile file({reinterpret_cast<const char*>(data), size});
    size_t bytes = 0;
    for (const std::string& path : file.streams()) {
      try {
        bytes += file.read(path).size();
      } catch (const Unreadable&) {
      }
    }
    if (bytes > size) std::abort();
  } catch (const Unreadable&) {
  }
  return 0;
}
