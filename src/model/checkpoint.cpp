#include "model/checkpoint.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "model/compressed_tensors.h"
#include "model/lora.h"
#include "model/model_files.h"
#include "model/safetensors.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;

Tensor as_bf16(const Tensor& value) {
  if (value.dtype() == DType::bf16) return value;
  const Tensor narrow =
      value.dimensions() == 1 ? Tensor(DType::bf16, {value.dim(0)}) : Tensor(DType::bf16, {value.dim(0), value.dim(1)});
  convert(value, narrow);
  return narrow;
}

}  // namespace

void save_model(DecoderModel& model, const fs::path& folder) {
  make_directories(folder);
  std::vector<NamedTensor> tensors;
  CompressedTensorsWriter quantized;
  for (const Part& part : model.parts()) {
    if (quantized.add(part, tensors)) continue;
    const Tensor value = part.parameter->value.slice(part.begin, part.end);
    tensors.push_back({part.name, part.kind == Part::Kind::bias ? value : as_bf16(value)});
  }
  write_safetensors(folder / "model.safetensors", tensors, {{"format", "pt"}});
  Json config = to_json(model.config());
  if (quantized.any()) config["quantization_config"] = quantized.config();
  write_file_atomic(folder / "config.json", dump_json(config, 2) + "\n");
  Json generation = {{"do_sample", false}};
  for (const char* key : {"bos_token_id", "eos_token_id", "pad_token_id"})
    if (!config.at(key).is_null()) generation[key] = config.at(key);
  write_file_atomic(folder / "generation_config.json", dump_json(generation, 2) + "\n");
}

void DecoderModel::load_weights(const fs::path& folder) {
  read_weights(*this, hugging_face_weights(WeightSource::open(folder), config_));
}

void read_weights(DecoderModel& model, const WeightSource& weights) {
  CompressedTensorsReader quantized(weights);
  for (const Part& part : model.parts()) {
    if (!quantized.read(part))
      copy_into(weights.at(part.name), part.parameter->value.slice(part.begin, part.end), weights.place_of(part.name));
  }
}

std::unique_ptr<DecoderModel> load_model(const fs::path& folder, std::optional<DType> type) {
  if (is_adapter_folder(folder)) {
    auto model = load_model(adapter_base(folder), type);
    load_adapters(model->parts(), folder, model->type());
    return model;
  }
  return load_model(open_model_files(folder), type);
}

std::unique_ptr<DecoderModel> load_model(const ModelFiles& files, std::optional<DType> type) {
  // Before memory is taken for what the configuration says: the files must be able to hold it, at half a byte a weight.
  const uint64_t bytes = files.weights.bytes(), parameters = files.config.parameters();
  if (bytes < parameters / 2)
    throw Error(files.weights.place(),
                fmt::format(fmt::runtime(tr("{} bytes cannot hold the {} weights that config.json describes",
                                            "{}바이트에는 config.json에 적힌 가중치 {}개가 들어갈 수 없습니다")),
                            bytes, parameters),
                std::string(tr("get or make both files again, as they belong together",
                               "두 파일을 함께 다시 받거나 만드세요")));
  auto model = std::make_unique<DecoderModel>(files.config,
                                              type.value_or(tensor::has_bf16_products() ? DType::bf16 : DType::f32));
  read_weights(*model, files.weights);
  return model;
}

std::unique_ptr<Model> Model::load(const fs::path& folder) {
  return load_model(folder);
}

}  // namespace moru::model
