// A GGUF file: any bytes give metadata and tensors that lie within them, or an Error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "model/gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const model::GgufFile file(bytes, "fuzz");
    size_t held = 0;
    for (const auto& [name, entry] : file.tensors()) {
      const char* begin = reinterpret_cast<const char*>(entry.bytes.data());
      if (!entry.bytes.empty() && (begin < bytes.data() || begin + entry.bytes.size() > bytes.data() + size))
        std::abort();
      held += entry.bytes.size();
      // No format packs more than 16 elements into a byte.
      if (entry.count() < 0 || static_cast<size_t>(entry.count()) > 16 * size) std::abort();
      if (entry.shape.size() != 2 || entry.count() == 0) continue;
      try {
        const tensor::Tensor wide(tensor::DType::f32, {entry.shape[0], entry.shape[1]});
        copy_into(entry, wide, name);
        model::TensorEntry other = entry;
        if (entry.shape[0] % 2 == 0) other.interleaved_heads = entry.shape[0] / 2;
        const tensor::Tensor narrow(tensor::DType::bf16, {entry.shape[0], entry.shape[1]});
        copy_into(other, narrow, name);
      } catch (const Error&) {
      }
    }
    if (held > size) std::abort();
    for (const auto& [key, value] : file.metadata()) {
      if (!value.array && value.size() != 1) std::abort();
      try {
        if (value.is_text() && !value.array) file.text(key);
        file.integer(key);
      } catch (const Error&) {
      }
    }
  } catch (const Error&) {
  }
  return 0;
}
