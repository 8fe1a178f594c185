// The published sizes of the EXAONE family, counted from their configurations. Sources: the model cards and files of
// LGAI-EXAONE/EXAONE-3.5-*, EXAONE-4.0-*, K-EXAONE-236B-A23B and K-EXAONE-2.0-750B-A37B (parameters, tensors and
// bytes of their safetensors), and arXiv 2507.11407, 2601.01739 and 2608.04505.
#include "model/inspect.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/progress.h"
#include "model/checkpoint.h"
#include "model/convert.h"
#include "model/small_config.h"

namespace moru::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

Inspection inspect_json(const Json& json) {
  return inspect(config_from_json(json, "config.json"));
}

Json exaone35(int layers, int hidden, int heads, int intermediate, bool tied) {
  return {{"model_type", "exaone"},
          {"vocab_size", 102400},
          {"hidden_size", hidden},
          {"num_layers", layers},
          {"num_attention_heads", heads},
          {"num_key_value_heads", 8},
          {"intermediate_size", intermediate},
          {"activation_function", "silu"},
          {"layer_norm_epsilon", 1e-5},
          {"max_position_embeddings", 32768},
          {"rope_theta", 1000000},
          {"rope_scaling",
           {{"rope_type", "llama3"},
            {"factor", 8.0},
            {"low_freq_factor", 1.0},
            {"high_freq_factor", 4.0},
            {"original_max_position_embeddings", 8192}}},
          {"tie_word_embeddings", tied}};
}

Json exaone4(bool large) {
  return {{"model_type", "exaone4"},
          {"vocab_size", 102400},
          {"hidden_size", large ? 5120 : 2048},
          {"num_hidden_layers", large ? 64 : 30},
          {"num_attention_heads", large ? 40 : 32},
          {"num_key_value_heads", 8},
          {"head_dim", large ? 128 : 64},
          {"intermediate_size", large ? 27392 : 4096},
          {"hidden_act", "silu"},
          {"rms_norm_eps", 1e-5},
          {"max_position_embeddings", large ? 131072 : 65536},
          {"rope_theta", 1000000},
          {"rope_scaling",
           {{"rope_type", "llama3"},
            {"factor", 16.0},
            {"low_freq_factor", 1.0},
            {"high_freq_factor", 4.0},
            {"original_max_position_embeddings", 8192}}},
          {"sliding_window", large ? Json(4096) : Json()},
          {"sliding_window_pattern", large ? Json("LLLG") : Json()},
          {"tie_word_embeddings", !large},
          {"bos_token_id", 1},
          {"eos_token_id", 361},
          {"pad_token_id", 0}};
}

/// What both K-EXAONEs have.
Json k_exaone(int layers, int experts) {
  return {{"model_type", "exaone_moe"},
          {"vocab_size", 153600},
          {"hidden_size", 6144},
          {"num_hidden_layers", layers},
          {"num_attention_heads", 64},
          {"num_key_value_heads", 8},
          {"head_dim", 128},
          {"hidden_act", "silu"},
          {"intermediate_size", 18432},
          {"moe_intermediate_size", 2048},
          {"num_experts", experts},
          {"num_experts_per_tok", 8},
          {"num_shared_experts", 1},
          {"n_group", 1},
          {"topk_group", 1},
          {"norm_topk_prob", true},
          {"routed_scaling_factor", 2.5},
          {"scoring_func", "sigmoid"},
          {"topk_method", "noaux_tc"},
          {"rms_norm_eps", 1e-5},
          {"max_position_embeddings", 262144},
          {"rope_theta", 1000000},
          {"rope_scaling", nullptr},
          {"sliding_window", 128},
          {"num_nextn_predict_layers", 1},
          {"tie_word_embeddings", false}};
}

Json k_exaone_1() {
  Json json = k_exaone(48, 128);
  json["sliding_window_pattern"] = "LLLG";
  json["first_k_dense_replace"] = 1;
  return json;
}

Json k_exaone_2() {
  Json json = k_exaone(78, 256);
  json["mtp_layer_types"] = {"sliding_attention"};
  json["mtp_sliding_windows"] = {128};
  json["mtp_num_speculative_steps"] = 4;
  json["mtp_share_layers"] = true;
  for (int i = 0; i < 78; ++i) {
    const int window = i == 0 ? 0 : i == 1 ? 4096 : (i - 2) % 4 == 3 ? 0 : 128;
    json["sliding_windows"].push_back(window);
    json["layer_types"].push_back(window == 0 ? "full_attention" : "sliding_attention");
    json["mlp_layer_types"].push_back(i < 2 ? "dense" : "sparse");
    json["swiglu_limits"].push_back(i >= 62 ? 7.0 : 0.0);
  }
  return json;
}

TEST(Inspect, Exaone35HasItsPublishedParameters) {
  EXPECT_EQ(inspect_json(exaone35(64, 5120, 40, 27392, false)).parameters, 32'003'200'000U);
  EXPECT_EQ(inspect_json(exaone35(32, 4096, 32, 14336, false)).parameters, 7'818'448'896U);
  const Inspection small = inspect_json(exaone35(30, 2560, 32, 7168, true));
  EXPECT_EQ(small.parameters, 2'405'327'360U);
  EXPECT_EQ(small.config.head_dim, 80);
  EXPECT_EQ(small.bytes, 2 * small.parameters);
  EXPECT_EQ(small.tensors, 30U * 9 + 2);
  EXPECT_EQ(small.kv_bytes_per_token, 30U * 2 * 8 * 80 * 2);
}

TEST(Inspect, Exaone4HasItsPublishedParameters) {
  const Inspection large = inspect_json(exaone4(true)), small = inspect_json(exaone4(false));
  EXPECT_EQ(large.parameters, 32'003'216'384U);
  EXPECT_EQ(large.tensors, 64U * 11 + 3);
  EXPECT_EQ(large.kv_bytes_per_token, 16U * 4096) << "16 full layers of 64";
  EXPECT_THAT(large.window_layers, ElementsAre(Pair(4096, 48)));
  EXPECT_EQ(small.parameters, 1'279'391'488U);
  EXPECT_EQ(small.active_with_embedding, small.active) << "the head is the table";
  EXPECT_EQ(small.kv_bytes_per_token, 30U * 2048);
  EXPECT_TRUE(small.window_layers.empty());
}

TEST(Inspect, KExaone1IsWhatItsFilesHold) {
  const Inspection i = inspect_json(k_exaone_1());
  EXPECT_EQ(i.parameters, 237'099'669'632U);
  EXPECT_EQ(i.mtp_parameters, 528'513'280U);
  EXPECT_EQ(i.tensors, 18'688U);
  EXPECT_EQ(i.gguf_tensors, 781U);
  EXPECT_EQ(i.bytes, 474'199'351'296U);
  EXPECT_EQ(i.kv_bytes_per_token, 48U << 10);
  EXPECT_EQ(i.kv_bytes_at_full_context - i.window_bytes, 12ULL << 30);
  EXPECT_THAT(i.window_layers, ElementsAre(Pair(128, 36)));
  EXPECT_NEAR(static_cast<double>(i.active), 22.72e9, 0.005e9);
  EXPECT_NEAR(static_cast<double>(i.active_with_embedding), 23.67e9, 0.005e9);
}

TEST(Inspect, KExaone2IsWhatItsFilesHold) {
  const Inspection i = inspect_json(k_exaone_2());
  EXPECT_EQ(i.parameters, 749'357'484'800U);
  EXPECT_EQ(i.tensors, 59'396U);
  EXPECT_EQ(i.bytes, 1'498'715'008'512U);
  EXPECT_EQ(i.kv_bytes_per_token, 80U << 10);
  EXPECT_EQ(i.kv_bytes_at_full_context - i.window_bytes, 20ULL << 30);
  EXPECT_THAT(i.window_layers, ElementsAre(Pair(128, 57), Pair(4096, 1)));
  EXPECT_NEAR(static_cast<double>(i.active), 36.4e9, 0.05e9);
  EXPECT_NEAR(static_cast<double>(i.active_with_embedding), 37.3e9, 0.05e9);
  EXPECT_EQ(i.config.mtp_steps, 4);
  EXPECT_EQ(named_tensors(i.config).size(), i.tensors);
}

TEST(Inspect, NamesAreThoseOfThePublishedFiles) {
  std::map<std::string, std::string> names;
  for (const NamedSpec& tensor : named_tensors(config_from_json(k_exaone_1(), "")))
    names[tensor.name] = tensor.gguf_name;
  EXPECT_EQ(names.at("model.layers.7.mlp.experts.127.down_proj.weight"), "blk.7.ffn_down_exps.weight");
  EXPECT_EQ(names.at("model.layers.7.mlp.e_score_correction_bias"), "blk.7.exp_probs_b.bias");
  EXPECT_EQ(names.at("model.layers.0.mlp.gate_proj.weight"), "blk.0.ffn_gate.weight");
  EXPECT_EQ(names.at("mtp.layers.0.self_attn.q_norm.weight"), "blk.48.attn_q_norm.weight");
  EXPECT_EQ(names.at("mtp.fc.weight"), "blk.48.nextn.eh_proj.weight");
  EXPECT_EQ(names.at("mtp.norm.weight"), "blk.48.nextn.shared_head_norm.weight");
  names.clear();
  for (const NamedSpec& tensor : named_tensors(config_from_json(exaone4(true), "")))
    names[tensor.name] = tensor.gguf_name;
  EXPECT_EQ(names.at("model.layers.3.post_attention_layernorm.weight"), "blk.3.post_attention_norm.weight");
  EXPECT_EQ(names.at("model.layers.3.post_feedforward_layernorm.weight"), "blk.3.post_ffw_norm.weight");
  EXPECT_FALSE(names.contains("model.layers.3.input_layernorm.weight"));
  names.clear();
  for (const NamedSpec& tensor : named_tensors(config_from_json(exaone35(30, 2560, 32, 7168, true), "")))
    names[tensor.name] = tensor.gguf_name;
  EXPECT_EQ(names.at("transformer.h.29.attn.attention.out_proj.weight"), "blk.29.attn_output.weight");
  EXPECT_EQ(names.at("transformer.wte.weight"), "token_embd.weight");
  EXPECT_FALSE(names.contains("lm_head.weight"));
}

TEST(Inspect, AFolderTellsWhatItsFilesHold) {
  const TemporaryDirectory folder;
  DecoderModel model(small_config(), tensor::DType::bf16);
  model.initialise(1);
  save_model(model, folder.path());
  const Inspection i = inspect(folder.path());
  ASSERT_TRUE(i.files);
  EXPECT_EQ(i.files->tensors, i.tensors);
  EXPECT_EQ(i.files->bytes, i.bytes) << "what was counted is what was written";
  EXPECT_FALSE(inspect(folder.path() / "config.json").files);
  EXPECT_EQ(to_json(i)["files"]["tensors"], i.tensors);
  EXPECT_THROW(inspect(folder.path() / "nothing"), Error);
}

TEST(Inspect, AGgufFileTellsTheSame) {
  const TemporaryDirectory folder;
  for (const char* name : {"exaone_moe-2", "exaone4-sliding", "llama-scaled", "qwen3_moe", "gemma3"}) {
    const fs::path model = fs::path(MORU_SOURCE_DIR) / "tests/model/families" / name;
    const fs::path file = folder.path() / (std::string(name) + ".gguf");
    SilentProgress silent;
    convert_model({model, file, "bf16"}, silent);
    const Inspection a = inspect(model), b = inspect(file);
    EXPECT_EQ(a.parameters, b.parameters) << name;
    EXPECT_EQ(a.kv_bytes_per_token, b.kv_bytes_per_token) << name;
    EXPECT_EQ(a.window_layers, b.window_layers) << name;
    ASSERT_TRUE(b.files);
    EXPECT_EQ(b.files->tensors, a.gguf_tensors) << name;
  }
}

TEST(Inspect, TheTextSaysItInFull) {
  const std::string text = inspection_text(inspect_json(k_exaone_2()));
  for (const char* part : {"749,357,484,800", "59,396", "1,498,715,008,512", "81,920", "exaone-moe", "256 experts"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(inspection_text(inspect_json(exaone4(false))), HasSubstr("the embedding table is the head"));
}

}  // namespace
}  // namespace moru::model
