// An archive: any bytes give members, or are set aside within the limits.
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  moru::collect::check_extraction(moru::collect::extract_archive, data, size);
  return 0;
}
