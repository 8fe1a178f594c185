// A JSON file.
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  moru::collect::check_extraction(moru::collect::extract_json, data, size);
  return 0;
}
