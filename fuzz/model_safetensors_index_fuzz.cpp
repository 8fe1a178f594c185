// model.safetensors.index.json: any bytes give plain names of files, or an Error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "model/weights.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  try {
    const model::SafetensorsIndex index =
        model::read_safetensors_index({reinterpret_cast<const char*>(data), size}, "fuzz");
    for (const auto& [tensor, file] : index.files) {
      const std::filesystem::path path = std::filesystem::path("folder") / file;
      if (path.parent_path() != "folder" || path.filename() != file || file == "..") std::abort();
    }
  } catch (const Error&) {
  }
  return 0;
}
