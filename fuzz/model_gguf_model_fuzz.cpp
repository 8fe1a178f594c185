// A GGUF file opened as a model: any bytes give a configuration and weights that fit it, or an Error; a small model is
// made of them and computes.
#include <cstdint>
#include <fstream>
#include <vector>

#include "core/error.h"
#include "core/file.h"
#include "model/checkpoint.h"
#include "model/gguf_config.h"
#include "model/model_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  static const TemporaryDirectory folder;
  const fs::path path = folder.path() / "model.gguf";
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    const model::ModelFiles files = model::open_model_files(path);
    const uint64_t parameters = files.config.parameters();
    gguf_config_metadata(files.config, "fuzz");
    // As the program does, and here only what is small.
    if (parameters > 100'000 || files.config.vocabulary > 1000 || files.config.max_positions > 100'000) return 0;
    const auto model = model::load_model(files);
    const auto cache = model->make_cache(1, 8);
    const int32_t tokens[] = {0, 1}, positions[] = {0, 1}, starts[] = {0, 2}, slots[] = {0}, rows[] = {1};
    if (files.config.vocabulary < 2 || cache->context() < 2) return 0;
    std::vector<float> logits(static_cast<size_t>(files.config.vocabulary));
    model->logits({tokens, positions, starts, cache.get(), slots}, rows, logits);
  } catch (const Error&) {
  }
  return 0;
}
