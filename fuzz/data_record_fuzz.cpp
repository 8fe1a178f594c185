// A line of a dataset: any bytes give a record or an Error, and a record that was read is written and read the same.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.h"
#include "core/json.h"
#include "data/document.h"
#include "data/sample.h"

namespace {

template <class Read>
void round_trip(const moru::Json& json, const Read& read) {
  try {
    const moru::Json written = to_json(read(json, "record"));
    if (to_json(read(written, "record")) != written) std::abort();
  } catch (const moru::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const moru::Json json = moru::parse_json(std::string_view(reinterpret_cast<const char*>(data), size), "record");
    round_trip(json, moru::data::document_from_json);
    round_trip(json, moru::data::sample_from_json);
  } catch (const moru::Error&) {
  }
  return 0;
}
