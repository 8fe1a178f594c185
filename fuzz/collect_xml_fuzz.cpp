// XML of any vocabulary: any bytes give a document or are set aside.
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  moru::collect::check_extraction(moru::collect::extract_xml, data, size);
  return 0;
}
