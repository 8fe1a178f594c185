#include "model/checkpoint.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "model/safetensors.h"
#include "model/small_config.h"
#include "tensor/matmul.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;
using ::testing::HasSubstr;

DType native() {
  return tensor::has_bf16_products() ? DType::bf16 : DType::f32;
}

void quantize_all(ExaoneMoe& model, int group) {
  for (const Part& part : model.parts()) {
    if ((part.kind != Part::Kind::matrix && part.kind != Part::Kind::embedding) || part.parameter->quantized())
      continue;
    part.parameter->int8 = tensor::quantize_int8(part.parameter->value, group);
    part.parameter->value = Tensor();
  }
}

std::vector<float> logits_of(const Model& model) {
  std::vector<int32_t> tokens, positions, rows;
  for (int i = 0; i < 30; ++i) {
    tokens.push_back(i * 7 % 61);
    positions.push_back(i);
    rows.push_back(i);
  }
  const std::vector<int32_t> starts = {0, 30};
  std::vector<float> logits(30 * 61);
  model.logits({tokens, positions, starts, nullptr, {}}, rows, logits);
  return logits;
}

/// The tensors of a saved small model, to be written again with changes.
class ModelFolder : public ::testing::Test {
 protected:
  void save(bool quantized) {
    ExaoneMoe model(small_config(), DType::bf16);
    model.initialise(3);
    if (quantized) quantize_all(model, 16);
    save_model(model, folder_.path());
    const SafetensorsFile file(folder_.path() / "model.safetensors");
    for (const auto& [name, entry] : file.tensors()) {
      const DType type = entry.dtype == "F32" ? DType::f32 : entry.dtype == "I8" ? DType::i8 : DType::bf16;
      const Tensor value =
          entry.shape.size() == 1 ? Tensor(type, {entry.shape[0]}) : Tensor(type, {entry.shape[0], entry.shape[1]});
      copy_into(entry, value, name);
      tensors_[name] = value;
    }
  }
  std::string error() {
    std::vector<NamedTensor> list;
    for (const auto& [name, value] : tensors_) list.push_back({name, value});
    write_safetensors(folder_.path() / "model.safetensors", list);
    try {
      Model::load(folder_.path());
    } catch (const Error& error) {
      EXPECT_THAT(error.place(), HasSubstr("model.safetensors"));
      return error.what();
    }
    return "no error";
  }
  TemporaryDirectory folder_;
  std::map<std::string, Tensor> tensors_;
};

TEST_F(ModelFolder, AnInt8ModelSavedAndLoadedGivesTheSameLogits) {
  ExaoneMoe model(small_config(), native());
  model.initialise(5);
  quantize_all(model, 16);
  save_model(model, folder_.path());
  const std::unique_ptr<Model> again = Model::load(folder_.path());
  EXPECT_EQ(logits_of(*again), logits_of(model));
  EXPECT_EQ(again->weight_bytes(), model.weight_bytes());
  const Json config = read_json_file(folder_.path() / "config.json");
  EXPECT_EQ(config["quantization_config"]["quant_method"], "compressed-tensors");
  EXPECT_EQ(config["quantization_config"]["config_groups"]["group_0"]["weights"]["group_size"], 16);
}

TEST_F(ModelFolder, Int8AnswersNearlyAsFloat) {
  ExaoneMoe model(small_config(), native());
  model.initialise(5);
  const std::vector<float> exact = logits_of(model);
  quantize_all(model, 16);
  const std::vector<float> rounded = logits_of(model);
  double difference = 0, size = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    difference += (exact[i] - rounded[i]) * (exact[i] - rounded[i]);
    size += exact[i] * exact[i];
  }
  EXPECT_LT(difference / size, 0.01);
  EXPECT_GT(difference, 0);
}

TEST_F(ModelFolder, IsReadUnchanged) {
  save(false);
  EXPECT_EQ(error(), "no error");
  save(true);
  EXPECT_EQ(error(), "no error");
}

TEST_F(ModelFolder, AMissingTensorIsNamed) {
  save(false);
  tensors_.erase("model.layers.2.mlp.experts.1.up_proj.weight");
  EXPECT_THAT(error(), HasSubstr("model.layers.2.mlp.experts.1.up_proj.weight"));
}

TEST_F(ModelFolder, ATransposedTensorIsNamed) {
  save(false);
  tensors_["model.layers.0.mlp.down_proj.weight"] = Tensor::zeros(DType::bf16, {48, 32});
  const std::string problem = error();
  EXPECT_THAT(problem, HasSubstr("model.layers.0.mlp.down_proj.weight"));
  EXPECT_THAT(problem, HasSubstr("[48, 32]"));
}

TEST_F(ModelFolder, AnInt8NormIsAnError) {
  save(true);
  tensors_["model.norm.weight"] = Tensor::zeros(DType::i8, {32});
  tensors_["model.norm.weight_scale"] = Tensor::zeros(DType::f32, {1, 2});
  EXPECT_THAT(error(), HasSubstr("model.norm.weight"));
}

TEST_F(ModelFolder, PartsOfAFusedWeightMustBeHeldAlike) {
  for (const char* part : {"q_proj", "k_proj", "v_proj"}) {
    save(true);
    const std::string name = fmt::format("model.layers.1.self_attn.{}.weight", part);
    tensors_[name] = Tensor::zeros(DType::bf16, {tensors_[name].rows(), 32});
    EXPECT_THAT(error(), HasSubstr("fused")) << part;
  }
}

TEST_F(ModelFolder, ScalesMustFitTheirWeights) {
  const char* name = "model.layers.1.self_attn.o_proj.weight_scale";
  for (const Tensor& bad :
       {Tensor::zeros(DType::f32, {32, 5}), Tensor::zeros(DType::f32, {31, 4}), Tensor::zeros(DType::f32, {128}),
        Tensor::zeros(DType::f32, {0, 4}), Tensor::zeros(DType::f32, {32, 0}), Tensor::zeros(DType::i8, {32, 4})}) {
    save(true);
    tensors_[name] = bad;
    EXPECT_THAT(error(), HasSubstr("o_proj"));
  }
  save(true);
  tensors_.erase(name);
  EXPECT_THAT(error(), HasSubstr(name));
  save(true);
  // Of a fused weight, a later part's groups must be as the first's.
  tensors_["model.layers.1.self_attn.k_proj.weight_scale"] = Tensor::zeros(DType::f32, {32, 4});
  EXPECT_THAT(error(), HasSubstr("k_proj"));
}

TEST_F(ModelFolder, AConfigThatTheFileCannotHoldTakesNoMemory) {
  save(false);
  Json config = read_json_file(folder_.path() / "config.json");
  config["vocab_size"] = 16'000'000;
  config["hidden_size"] = 200'000;
  write_file_atomic(folder_.path() / "config.json", dump_json(config));
  EXPECT_THAT(error(), HasSubstr("cannot hold"));
}

TEST_F(ModelFolder, WithoutWeightsItIsAnError) {
  save(false);
  fs::remove(folder_.path() / "model.safetensors");
  EXPECT_THROW(Model::load(folder_.path()), Error);
}

}  // namespace
}  // namespace moru::model
