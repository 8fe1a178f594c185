// PPTX: any package, and any parts in one, give a document or are set aside.
#include "collect_check.h"
#include "office_parts.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string package = moru::collect::office_package({reinterpret_cast<const char*>(data), size});
  moru::collect::check_extraction(moru::collect::extract_pptx, reinterpret_cast<const uint8_t*>(package.data()),
                                  package.size());
  return 0;
}
