// config.json: any bytes give a configuration that is written and read as the same, or an Error.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.h"
#include "model/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  try {
    const Json json = parse_json({reinterpret_cast<const char*>(data), size}, "fuzz");
    const model::ModelConfig config = model::config_from_json(json, "fuzz");
    if (config.parameters() < config.active_parameters() / 2 || config.sparse.size() != config.sliding.size())
      std::abort();
    const Json written = to_json(config);
    if (to_json(model::config_from_json(written, "written")) != written) std::abort();
  } catch (const Error& error) {
    if (error.place() == "written") std::abort();
  }
  return 0;
}
