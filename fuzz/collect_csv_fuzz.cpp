// A CSV file: in parts as a whole.
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::collect;
  check_extraction(extract_csv, data, size);
  // Read in two parts it throws nothing but Unreadable either.
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const FolderSource source;
  for (const moru::data::Range part : {moru::data::Range{0, size / 2}, {size / 2, size}}) {
    try {
      Output output;
      extract_csv({"a.csv", bytes, part, source}, output);
    } catch (const Unreadable&) {
    }
  }
  return 0;
}
