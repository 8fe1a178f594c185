// A recipe: any bytes give a mapping or an Error, and reading values from it gives a value or an Error.
#include <cstdint>
#include <string>

#include "core/config.h"
#include "core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const moru::Config config =
        moru::Config::parse(std::string(reinterpret_cast<const char*>(data), size), "recipe.yaml");
    config.texts("include");
    for (const moru::Config& source : config.sections("collect")) source.text("folder", "");
    config.section("train").integer("steps", 1, 0, 100);
    config.section("train").number("learning_rate", 0.1, 0, 1);
    config.finish();
  } catch (const moru::Error&) {
  }
  return 0;
}
