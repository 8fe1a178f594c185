// A model's weights: any bytes give tensors that lie within them, or an Error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "model/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const model::SafetensorsFile file(bytes, "fuzz");
    size_t held = 0;
    for (const auto& [name, entry] : file.tensors()) {
      const char* begin = reinterpret_cast<const char*>(entry.bytes.data());
      if (!entry.bytes.empty() && (begin < bytes.data() || begin + entry.bytes.size() > bytes.data() + size))
        std::abort();
      held += entry.bytes.size();
      if (file.at(name).count() < 0 || static_cast<size_t>(entry.count()) > size) std::abort();
      if (entry.shape.size() == 1 && entry.shape[0] > 0) {
        const tensor::Tensor wide(tensor::DType::f32, {entry.shape[0]}), narrow(tensor::DType::bf16, {entry.shape[0]}),
            small(tensor::DType::i8, {entry.shape[0]});
        for (const tensor::Tensor& target : {wide, narrow, small}) {
          try {
            copy_into(entry, target, name);
          } catch (const Error&) {
          }
        }
      }
    }
    if (held > size) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
