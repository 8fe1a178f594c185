#include "model/lora.h"

#include <algorithm>

#include "core/json.h"
#include "model/checkpoint.h"
#include "train/small_world.h"

namespace moru::train {
namespace {

/// A base trained for a moment, and what adapters are trained with on it.
class LoraTraining : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    workspace_ = std::make_unique<Workspace>();
    Options o = small_options();
    o.supervise.epochs = 1;
    SilentProgress silent;
    train(workspace_->inputs(), o, *workspace_ / "base-work", *workspace_ / "base", silent);
  }
  static void TearDownTestSuite() { workspace_.reset(); }

  static Options options(bool merge) {
    Options o = small_options();
    o.base.path = *workspace_ / "base";
    o.model = model::load_config(o.base.path);
    o.base.lora = model::LoraOptions{4, 8, {}, 0};
    o.base.merge = merge;
    o.optimizer = "adamw";
    o.compute = "fp32";
    o.pretrain = {0, 5e-3, 0, 0};
    o.supervise = {6, 2e-2, 0, 0};
    return o;
  }
  static Report run(const Options& o, const std::string& name) {
    SilentProgress silent;
    return train(workspace_->inputs(), o, *workspace_ / (name + "-work"), *workspace_ / name, silent);
  }
  static std::vector<float> logits(const std::string& name) {
    const auto model = model::load_model(*workspace_ / name, tensor::DType::f32);
    const std::vector<int32_t> tokens = {5, 70, 90, 33, 120}, positions = {0, 1, 2, 3, 4}, starts = {0, 5},
                               rows = {2, 4};
    std::vector<float> out(rows.size() * static_cast<size_t>(model->config().vocabulary));
    model->logits({tokens, positions, starts, nullptr, {}}, rows, out);
    return out;
  }
  static double worst_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double worst = 0;
    for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
    return worst;
  }
  static std::unique_ptr<Workspace> workspace_;
};
std::unique_ptr<Workspace> LoraTraining::workspace_;

TEST_F(LoraTraining, LearnsInTheAdaptersAloneMergedOrKeptApart) {
  const Report merged = run(options(true), "merged"), apart = run(options(false), "apart");
  const Json base_facts = model::to_json(model::load_config(*workspace_ / "base"));
  EXPECT_EQ(base_facts, model::to_json(model::load_config(*workspace_ / "merged")));
  EXPECT_EQ(merged.facts["supervise_loss"], apart.facts["supervise_loss"]);
  EXPECT_LT(merged.trained_parameters, merged.parameters / 4);
  const std::string losses = read_file(*workspace_ / "merged/training/losses.txt");
  EXPECT_LT(merged.supervise_loss, std::stod(losses.substr(losses.find(' ') + 1)) - 0.2);

  // Both have the same adapter, and nothing else of the base was changed.
  EXPECT_EQ(sha256_file(*workspace_ / "merged/adapter/adapter_model.safetensors"),
            sha256_file(*workspace_ / "apart/adapter_model.safetensors"));
  EXPECT_TRUE(model::is_adapter_folder(*workspace_ / "apart"));
  EXPECT_TRUE(fs::exists(*workspace_ / "apart/tokenizer.json"));
  const model::SafetensorsFile before(*workspace_ / "base/model.safetensors"),
      after(*workspace_ / "merged/model.safetensors"), adapter(*workspace_ / "apart/adapter_model.safetensors");
  size_t changed = 0;
  for (const auto& [name, entry] : before.tensors()) {
    const bool same = std::ranges::equal(entry.bytes, after.at(name).bytes);
    const std::string peft = "base_model.model." + name.substr(0, name.rfind(".weight")) + ".lora_A.weight";
    EXPECT_EQ(same, !adapter.tensors().contains(peft)) << name;
    changed += same ? 0 : 1;
  }
  EXPECT_EQ(adapter.tensors().size(), 2 * changed);
  // q, k, v, o of both layers, the dense layer's and the shared expert's gate, up and down.
  EXPECT_EQ(changed, 14U);
  EXPECT_GT(worst_difference(logits("base"), logits("merged")), 0.05);
  EXPECT_LT(worst_difference(logits("apart"), logits("merged")), 0.05);  // merged weights are rounded to bf16
}

TEST_F(LoraTraining, StoppedAnywhereItEndsWithTheSameBytes) {
  Options o = options(false);
  o.base.lora->dropout = 0.1;
  o.base.lora->targets = {"q_proj", "down_proj"};
  o.supervise.epochs = 2;
  run(o, "whole");
  for (const int count : {3, 7}) {
    StopAfter stop(count);
    try {
      train(workspace_->inputs(), o, *workspace_ / "cut-work", *workspace_ / "cut", stop);
    } catch (const std::runtime_error&) {
    }
  }
  run(o, "cut");
  EXPECT_EQ(sha256_tree(*workspace_ / "whole"), sha256_tree(*workspace_ / "cut"));
}

TEST_F(LoraTraining, TheFrozenWeightsMayBeQuantized) {
  for (const int bits : {4, 8}) {
    Options o = options(true);
    o.base.bits = bits;
    o.base.group = 32;
    o.compute = "bf16";
    const Report report = run(o, fmt::format("bits{}", bits));
    const std::string losses = read_file(*workspace_ / fmt::format("bits{}/training/losses.txt", bits));
    EXPECT_LT(report.supervise_loss, std::stod(losses.substr(losses.find(' ') + 1)) - 0.2);
  }
}

TEST_F(LoraTraining, WithoutAdaptersEveryWeightGoesOn) {
  Options o = options(true);
  o.base.lora.reset();
  o.supervise = {1, 1e-3, 0, 0};
  const Report report = run(o, "full");
  EXPECT_EQ(report.trained_parameters + 4, report.parameters);  // all but the router's biases
  EXPECT_FALSE(fs::exists(*workspace_ / "full/adapter"));
  EXPECT_GT(worst_difference(logits("base"), logits("full")), 0.01);
}

TEST_F(LoraTraining, RefusesWhatCannotBe) {
  Options o = options(true);
  o.base.lora->targets = {"q_proj", "nowhere_proj"};
  EXPECT_THROW(run(o, "refused"), Error);
  const fs::path folder = *workspace_ / "foreign";
  o = options(false);
  o.supervise.epochs = 0.4;
  run(o, "foreign");
  const Json config = read_json_file(folder / "adapter_config.json");
  const auto with = [&](const char* key, const Json& value) {
    Json other = config;
    other[key] = value;
    write_file_atomic(folder / "adapter_config.json", dump_json(other));
    EXPECT_THROW(model::Model::load(folder), Error) << key;
  };
  with("peft_type", "IA3");
  with("use_dora", true);
  with("modules_to_save", {"lm_head"});
  with("bias", "all");
  with("base_model_name_or_path", "someone/some-model");
  with("lora_alpha", "many");
  write_file_atomic(folder / "adapter_config.json", dump_json(config));
  model::write_safetensors(folder / "adapter_model.safetensors",
                           {{"base_model.model.model.layers.9.mlp.up_proj.lora_A.weight",
                             tensor::Tensor::zeros(tensor::DType::f32, {4, 32})}});
  EXPECT_THROW(model::Model::load(folder), Error);
  model::write_safetensors(folder / "adapter_model.safetensors",
                           {{"base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                             tensor::Tensor::zeros(tensor::DType::f32, {4, 31})}});
  EXPECT_THROW(model::Model::load(folder), Error);
}

}  // namespace
}  // namespace moru::train
