// A JSON Lines file: each line gives a document or is set aside.
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  moru::collect::check_extraction(moru::collect::extract_jsonl, data, size);
  return 0;
}
