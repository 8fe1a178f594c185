// OpenDocument, packed or flat: any bytes give a document or are set aside, whichever kind their name promised.
#include "collect_check.h"
#include "office_parts.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::collect;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string package = bytes.substr(0, 1) == "@" ? office_package(bytes) : std::string(bytes);
  for (const auto extract : {extract_odt, extract_ods, extract_odp})
    check_extraction(extract, reinterpret_cast<const uint8_t*>(package.data()), package.size());
  return 0;
}
