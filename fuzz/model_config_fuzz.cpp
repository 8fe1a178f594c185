// config.json of any family: any bytes give a configuration that is written and read as the same and whose counts
// agree, or an Error.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.h"
#include "model/family.h"
#include "model/inspect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  try {
    const Json json = parse_json({reinterpret_cast<const char*>(data), size}, "fuzz");
    const model::ModelConfig config = model::config_from_json(json, "fuzz");
    const model::Inspection inspection = model::inspect(config);
    if (config.parameters() < config.active_parameters() / 2 || config.sparse.size() != config.sliding.size() ||
        inspection.bytes < 2 * inspection.parameters || model::inspection_text(inspection).empty())
      std::abort();
    for (const double frequency : config.rope.frequencies(config.head_dim))
      if (!(frequency >= 0)) std::abort();
    const Json written = to_json(config);
    if (to_json(model::config_from_json(written, "written")) != written) std::abort();
  } catch (const Error& error) {
    if (error.place() == "written") std::abort();
  }
  return 0;
}
