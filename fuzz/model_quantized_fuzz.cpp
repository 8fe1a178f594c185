// Weights in few bits: any file gives values and blocks, or an Error.
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/file.h"
#include "model/compressed_tensors.h"
#include "model/recode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  static const TemporaryDirectory folder;
  const std::filesystem::path path = folder.path() / "model.safetensors";
  write_file_atomic(path, std::string_view(reinterpret_cast<const char*>(data), size));
  try {
    const model::WeightSource weights = model::with_values(model::WeightSource::open(path));
    for (const auto& [name, entry] : weights.tensors()) {
      if (!entry.grouped) continue;
      for (const char* type : {"F32", "Q8_0", "Q4_0"}) {
        try {
          if (model::PlannedTensor{name, type, entry.shape}.bytes() == 0) continue;
          model::recode(
              entry, {type, 0, 0}, name, [](std::span<const std::byte>) {}, [](uint64_t) {});
        } catch (const Error&) {
        }
      }
    }
  } catch (const Error&) {
  }
  return 0;
}
