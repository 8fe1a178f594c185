#include "model/checkpoint.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "model/safetensors.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;

/// The `quantization_config` of the compressed-tensors layout for symmetric int8 in groups.
Json quantization_json(int group, const std::vector<std::string>& ignored) {
  const Json weights = {{"num_bits", 8},       {"type", "int"},    {"symmetric", true},   {"strategy", "group"},
                        {"group_size", group}, {"dynamic", false}, {"observer", "minmax"}};
  return {{"quant_method", "compressed-tensors"},
          {"format", "int-quantized"},
          {"quantization_status", "compressed"},
          {"ignore", ignored},
          {"config_groups",
           {{"group_0",
             {{"targets", {"Linear"}},
              {"weights", weights},
              {"input_activations", nullptr},
              {"output_activations", nullptr}}}}}};
}

Tensor as_bf16(const Tensor& value) {
  if (value.dtype() == DType::bf16) return value;
  const Tensor narrow =
      value.dimensions() == 1 ? Tensor(DType::bf16, {value.dim(0)}) : Tensor(DType::bf16, {value.dim(0), value.dim(1)});
  convert(value, narrow);
  return narrow;
}

}  // namespace

std::string scale_name(std::string_view weight_name) {
  return std::string(weight_name) + "_scale";
}

void save_model(ExaoneMoe& model, const fs::path& folder) {
  make_directories(folder);
  std::vector<NamedTensor> tensors;
  std::vector<std::string> ignored;
  int group = 0;
  for (const Part& part : model.parts()) {
    const tensor::Parameter& p = *part.parameter;
    if (p.quantized()) {
      group = p.int8.group;
      tensors.push_back({part.name, p.int8.values.slice(part.begin, part.end)});
      tensors.push_back({scale_name(part.name), p.int8.scales.slice(part.begin, part.end)});
      continue;
    }
    const Tensor value = p.value.slice(part.begin, part.end);
    tensors.push_back({part.name, part.kind == Part::Kind::bias ? value : as_bf16(value)});
    if (part.kind == Part::Kind::matrix || part.kind == Part::Kind::embedding)
      ignored.push_back(part.name.substr(0, part.name.rfind('.')));
  }
  write_safetensors(folder / "model.safetensors", tensors, {{"format", "pt"}});
  Json config = to_json(model.config());
  if (group > 0) config["quantization_config"] = quantization_json(group, ignored);
  write_file_atomic(folder / "config.json", dump_json(config, 2) + "\n");
  const Json generation = {{"bos_token_id", model.config().bos},
                           {"eos_token_id", model.config().eos},
                           {"pad_token_id", model.config().pad},
                           {"do_sample", false}};
  write_file_atomic(folder / "generation_config.json", dump_json(generation, 2) + "\n");
}

void ExaoneMoe::load_weights(const fs::path& folder) {
  const SafetensorsFile file(folder / "model.safetensors");
  for (const Part& part : parts()) {
    tensor::Parameter& p = *part.parameter;
    const TensorEntry& entry = file.at(part.name);
    const std::string place = file.place() + ": " + part.name;
    const auto wrong = [&](std::string_view problem) {
      throw Error(place, std::string(problem), std::string(tr("quantize the model again", "모델을 다시 양자화하세요")));
    };
    // A fused weight is held in one way: all its parts must be as the first.
    if (part.begin > 0 && p.quantized() != (entry.dtype == "I8"))
      wrong(tr("only a part of a fused weight is quantized", "합쳐진 가중치의 일부만 양자화되어 있습니다"));
    if (entry.dtype != "I8") {
      copy_into(entry, p.value.slice(part.begin, part.end), place);
      continue;
    }
    if (part.kind == Part::Kind::norm || part.kind == Part::Kind::bias)
      wrong(tr("norms and biases cannot be int8", "정규화 가중치와 바이어스는 int8일 수 없습니다"));
    const TensorEntry& scales = file.at(scale_name(part.name));
    if (part.begin == 0) {
      const int64_t rows = p.value.rows(), cols = p.value.cols();
      const int64_t groups = scales.shape.size() == 2 && scales.shape[1] > 0 ? scales.shape[1] : 0;
      if (groups == 0 || cols % groups != 0)
        wrong(tr("the scales do not fit the weights", "스케일이 가중치와 맞지 않습니다"));
      p.int8 = {Tensor(DType::i8, {rows, cols}), Tensor(DType::f32, {rows, groups}), static_cast<int>(cols / groups)};
    }
    copy_into(entry, p.int8.values.slice(part.begin, part.end), place);
    copy_into(scales, p.int8.scales.slice(part.begin, part.end), place + " (" + scale_name(part.name) + ")");
    if (part.end == p.int8.values.rows()) p.value = Tensor();
  }
}

std::unique_ptr<ExaoneMoe> load_model(const fs::path& folder) {
  const ModelConfig config = load_config(folder);
  // Before memory is taken for what config.json says: the file must be able to hold it, at a byte a weight.
  const fs::path file = folder / "model.safetensors";
  std::error_code failed;
  const uintmax_t bytes = fs::file_size(file, failed);
  if (failed) throw system_error(file.string(), std::string(tr("read", "읽기")), failed.value());
  if (bytes < config.parameters())
    throw Error(file.string(),
                fmt::format(fmt::runtime(tr("{} bytes cannot hold the {} weights that config.json describes",
                                            "{}바이트에는 config.json에 적힌 가중치 {}개가 들어갈 수 없습니다")),
                            bytes, config.parameters()),
                std::string(tr("get or make both files again, as they belong together",
                               "두 파일을 함께 다시 받거나 만드세요")));
  auto model = std::make_unique<ExaoneMoe>(config, tensor::has_bf16_products() ? DType::bf16 : DType::f32);
  model->load_weights(folder);
  return model;
}

std::unique_ptr<Model> Model::load(const fs::path& folder) {
  return load_model(folder);
}

}  // namespace moru::model
