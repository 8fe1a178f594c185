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

void quantize_all(DecoderModel& model, int bits, int group) {
  for (const Part& part : model.parts()) {
    if ((part.kind != Part::Kind::matrix && part.kind != Part::Kind::embedding) || part.parameter->quantized())
      continue;
    part.parameter->packed = tensor::quantize(part.parameter->value, bits, group);
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
  void save(bool quantized, int bits = 8) {
    DecoderModel model(small_config(), DType::bf16);
    model.initialise(3);
    if (quantized) quantize_all(model, bits, 16);
    save_model(model, folder_.path());
    const SafetensorsFile file(folder_.path() / "model.safetensors");
    for (const auto& [name, entry] : file.tensors()) {
      const DType type = entry.dtype == "F32" ? DType::f32 : entry.dtype == "I32" ? DType::i32 : DType::bf16;
      const Tensor value =
          entry.shape.size() == 1 ? Tensor(type, {entry.shape[0]}) : Tensor(type, {entry.shape[0], entry.shape[1]});
      std::memcpy(value.raw(), entry.bytes.data(), entry.bytes.size());
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

TEST_F(ModelFolder, AQuantizedModelSavedAndLoadedGivesTheSameLogits) {
  for (const int bits : {4, 8}) {
    DecoderModel model(small_config(), native());
    model.initialise(5);
    quantize_all(model, bits, 16);
    save_model(model, folder_.path());
    const std::unique_ptr<Model> again = Model::load(folder_.path());
    EXPECT_EQ(logits_of(*again), logits_of(model));
    EXPECT_EQ(again->weight_bytes(), model.weight_bytes());
  }
}

TEST_F(ModelFolder, QuantizedTensorsAreThoseOfCompressedTensors) {
  DecoderModel model(small_config(), native());
  model.initialise(5);
  for (const Part& part : model.parts()) {  // linear layers alone, as others' tools expect
    if (part.kind != Part::Kind::matrix || part.parameter->quantized() || part.name.ends_with("mlp.gate.weight"))
      continue;
    part.parameter->packed = tensor::quantize(part.parameter->value, 4, 16);
    part.parameter->value = Tensor();
  }
  save_model(model, folder_.path());
  const SafetensorsFile file(folder_.path() / "model.safetensors");
  const std::string module = "model.layers.0.self_attn.k_proj";
  const TensorEntry &packed = file.at(module + ".weight_packed"), &scale = file.at(module + ".weight_scale"),
                    &shape = file.at(module + ".weight_shape");
  const tensor::Parameter& qkv = model.layers()[0].qkv;
  const int64_t begin = 4 * 16, n = 2 * 16;  // after four heads of queries
  ASSERT_EQ(scale.shape, (std::vector<int64_t>{n, 2}));
  ASSERT_EQ(packed.shape, (std::vector<int64_t>{n, 4}));
  EXPECT_EQ(packed.dtype, "I32");
  EXPECT_EQ(scale.dtype, "BF16");
  const auto* dimensions = reinterpret_cast<const int32_t*>(shape.bytes.data());
  EXPECT_EQ(dimensions[0], n);
  EXPECT_EQ(dimensions[1], 32);
  // (word >> 4 (k % 8) & 15) - 8 times the group's scale is the weight, as its unpack_from_int32 and dequantize say.
  const Tensor weights(DType::f32, {n, 32});
  dequantize(qkv.packed, begin, begin + n, weights);
  for (int64_t i = 0; i < weights.size(); ++i) {
    uint32_t word;
    std::memcpy(&word, packed.bytes.data() + i / 8 * 4, 4);
    tensor::Bf16 s;
    std::memcpy(&s, scale.bytes.data() + i / 16 * 2, 2);
    const int code = static_cast<int>(word >> (4 * (i % 8)) & 15) - 8;
    ASSERT_EQ(static_cast<float>(code) * to_float(s), weights.data<float>()[i]);
  }
  const Json config = read_json_file(folder_.path() / "config.json")["quantization_config"];
  EXPECT_EQ(config["quant_method"], "compressed-tensors");
  EXPECT_EQ(config["format"], "pack-quantized");
  EXPECT_EQ(config["config_groups"].size(), 1U);
  EXPECT_EQ(config["config_groups"]["group_0"]["targets"], Json::array({"Linear"}));
  EXPECT_EQ(config["config_groups"]["group_0"]["weights"]["num_bits"], 4);
  EXPECT_EQ(config["config_groups"]["group_0"]["weights"]["group_size"], 16);
  const std::vector<std::string> ignored = config["ignore"];
  EXPECT_THAT(ignored, ::testing::IsSupersetOf({"lm_head", "model.embed_tokens", "model.layers.1.mlp.gate"}));
}

TEST_F(ModelFolder, DifferentGroupsNameTheirModules) {
  DecoderModel model(small_config(), native());
  model.initialise(5);
  for (const Part& part : model.parts()) {
    if ((part.kind != Part::Kind::matrix && part.kind != Part::Kind::embedding) || part.parameter->quantized())
      continue;
    const bool embedding = part.kind == Part::Kind::embedding;
    part.parameter->packed = tensor::quantize(part.parameter->value, embedding ? 8 : 4, embedding ? 32 : 16);
    part.parameter->value = Tensor();
  }
  save_model(model, folder_.path());
  const Json groups = read_json_file(folder_.path() / "config.json")["quantization_config"]["config_groups"];
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups["group_1"]["weights"]["num_bits"], 8);
  EXPECT_EQ(groups["group_1"]["targets"], Json::array({"model.embed_tokens", "lm_head"}));
  EXPECT_EQ(logits_of(*Model::load(folder_.path())), logits_of(model));
}

TEST_F(ModelFolder, PlainInt8IsRead) {
  save(true);
  const std::unique_ptr<Model> packed = Model::load(folder_.path());
  std::map<std::string, Tensor> plain;
  for (const auto& [name, value] : tensors_) {
    const size_t end = name.rfind(".weight_packed");
    if (end == std::string::npos) {
      if (!name.ends_with("_shape")) plain[name] = value;
      continue;
    }
    const Tensor codes(DType::i8, {value.rows(), value.cols() * 4});
    for (int64_t i = 0; i < codes.size(); ++i)
      codes.data<int8_t>()[i] = static_cast<int8_t>(static_cast<const uint8_t*>(value.raw())[i] - 128);
    plain[name.substr(0, end) + ".weight"] = codes;
  }
  tensors_ = plain;
  EXPECT_EQ(error(), "no error");
  EXPECT_EQ(logits_of(*Model::load(folder_.path())), logits_of(*packed));
  // With scales in float32 the weights stay within rounding.
  for (auto& [name, value] : tensors_) {
    if (!name.ends_with("_scale")) continue;
    value = tensor::to_f32(value);
    for (float& s : value.span<float>()) s *= 1.001F;
  }
  EXPECT_EQ(error(), "no error");
  const std::vector<float> a = logits_of(*Model::load(folder_.path())), b = logits_of(*packed);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 0.05);
}

TEST_F(ModelFolder, ZeroPointsAreRefused) {
  save(true, 4);
  tensors_["model.layers.1.self_attn.o_proj.weight_zero_point"] = Tensor::zeros(DType::i32, {4, 2});
  EXPECT_THAT(error(), HasSubstr("zero points"));
}

TEST_F(ModelFolder, FewBitsAnswerNearlyAsFloat) {
  DecoderModel model(small_config(), native());
  model.initialise(5);
  const std::vector<float> exact = logits_of(model);
  for (const auto& [bits, limit] : {std::pair{8, 0.01}, {4, 0.5}}) {
    DecoderModel few(small_config(), native());
    few.initialise(5);
    quantize_all(few, bits, 16);
    const std::vector<float> rounded = logits_of(few);
    double difference = 0, size = 0;
    for (size_t i = 0; i < exact.size(); ++i) {
      difference += (exact[i] - rounded[i]) * (exact[i] - rounded[i]);
      size += exact[i] * exact[i];
    }
    EXPECT_LT(difference / size, limit);
    EXPECT_GT(difference, 0);
  }
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
    tensors_[name] = Tensor::zeros(DType::bf16, {tensors_[name + "_packed"].rows(), 32});
    tensors_.erase(name + "_packed");
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
