#include "model/config.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "model/family.h"
#include "model/small_config.h"

namespace moru::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// K-EXAONE 1.0 (arXiv 2601.01739).
Json k_exaone() {
  Json json = {{"model_type", "exaone_moe"},
               {"hidden_size", 6144},
               {"num_hidden_layers", 48},
               {"num_attention_heads", 64},
               {"num_key_value_heads", 8},
               {"head_dim", 128},
               {"hidden_act", "silu"},
               {"intermediate_size", 18432},
               {"moe_intermediate_size", 2048},
               {"num_experts", 128},
               {"num_experts_per_tok", 8},
               {"num_shared_experts", 1},
               {"first_k_dense_replace", 1},
               {"n_group", 1},
               {"topk_group", 1},
               {"norm_topk_prob", true},
               {"routed_scaling_factor", 2.5},
               {"scoring_func", "sigmoid"},
               {"topk_method", "noaux_tc"},
               {"rms_norm_eps", 1e-5},
               {"initializer_range", 0.02},
               {"attention_dropout", 0.0},
               {"vocab_size", 153600},
               {"tie_word_embeddings", false},
               {"max_position_embeddings", 262144},
               {"rope_theta", 1000000},
               {"rope_scaling", nullptr},
               {"sliding_window", 128},
               {"sliding_window_pattern", "LLLG"},
               {"num_nextn_predict_layers", 1},
               {"dtype", "bfloat16"},
               {"bos_token_id", 1},
               {"eos_token_id", 53},
               {"pad_token_id", 0}};
  for (int i = 0; i < 48; ++i) {
    json["layer_types"].push_back(i % 4 == 3 ? "full_attention" : "sliding_attention");
    json["mlp_layer_types"].push_back(i == 0 ? "dense" : "sparse");
    json["is_moe_layer"].push_back(i > 0);
  }
  return json;
}

Json small() {
  return {{"model_type", "exaone_moe"},
          {"vocab_size", 100},
          {"hidden_size", 64},
          {"num_hidden_layers", 3},
          {"num_attention_heads", 4},
          {"num_key_value_heads", 2},
          {"head_dim", 16},
          {"intermediate_size", 128},
          {"moe_intermediate_size", 32},
          {"num_experts", 8},
          {"num_experts_per_tok", 2},
          {"max_position_embeddings", 256}};
}

std::string error_of(const Json& json) {
  try {
    config_from_json(json, "folder/config.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "folder/config.json");
    EXPECT_FALSE(error.mend().empty());
    return error.problem();
  }
  return "no error";
}

/// small() with other values; null takes the key away.
std::string error_with(const Json& changes) {
  Json json = small();
  for (const auto& [key, value] : changes.items()) {
    json[key] = value;
    if (value.is_null()) json.erase(key);
  }
  return error_of(json);
}

TEST(ModelConfig, KExaoneHasItsPublishedNumberOfParameters) {
  const ModelConfig c = config_from_json(k_exaone(), "config.json");
  EXPECT_EQ(c.parameters(), 237'099'669'632U);  // with the MTP module and the router biases
  ModelConfig without = c;
  without.mtp_layers = 0;
  EXPECT_EQ(c.parameters() - without.parameters(), 528'513'280U);
  EXPECT_NEAR(static_cast<double>(c.active_parameters()), 22.72e9, 0.005e9);  // without the embedding table
  EXPECT_EQ(std::ranges::count(c.sliding, true), 36);
  EXPECT_FALSE(c.sliding[47]);
  EXPECT_EQ(std::ranges::count(c.sparse, true), 47);
  EXPECT_EQ(c.eos, 53);
}

TEST(ModelConfig, WrittenAndReadItIsTheSame) {
  const ModelConfig c = config_from_json(k_exaone(), "config.json");
  EXPECT_EQ(to_json(config_from_json(to_json(c), "again")), to_json(c));
  EXPECT_EQ(config_from_json(to_json(c), "again").parameters(), c.parameters());
}

TEST(ModelConfig, WithoutSlidingLayersThereIsNoWindow) {
  // Other readers give full layers a position encoding only if the window is null.
  Json json = small();
  json["sliding_window"] = 128;
  EXPECT_TRUE(to_json(config_from_json(json, ""))["sliding_window"].is_null());
  EXPECT_EQ(to_json(config_from_json(k_exaone(), ""))["sliding_window"], 128);
}

TEST(ModelConfig, ThePatternSaysTheLayersIfNoListDoes) {
  Json json = k_exaone();
  const ModelConfig with_list = config_from_json(json, "config.json");
  json.erase("layer_types");
  EXPECT_EQ(config_from_json(json, "config.json").sliding, with_list.sliding);
}

TEST(ModelConfig, SparseLayersByPriority) {
  Json json = small();
  EXPECT_THAT(config_from_json(json, "").sparse, ElementsAre(true, true, true));
  json["first_last_k_dense_replace"] = 2;  // an older spelling
  EXPECT_THAT(config_from_json(json, "").sparse, ElementsAre(false, false, true));
  json["first_k_dense_replace"] = 1;
  EXPECT_THAT(config_from_json(json, "").sparse, ElementsAre(false, true, true));
  json["is_moe_layer"] = {true, false, true};
  EXPECT_THAT(config_from_json(json, "").sparse, ElementsAre(true, false, true));
  json["mlp_layer_types"] = {"sparse", "sparse", "dense"};
  EXPECT_THAT(config_from_json(json, "").sparse, ElementsAre(true, true, false));
}

TEST(ModelConfig, ThetaIsReadFromWhereNewerFilesHaveIt) {
  Json json = small();
  json["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 5000.0}};
  EXPECT_EQ(config_from_json(json, "").rope.theta, 5000.0);
  json["rope_theta"] = 7000.0;
  EXPECT_EQ(config_from_json(json, "").rope.theta, 7000.0);
}

TEST(ModelConfig, AnotherFamilyIsAnError) {
  EXPECT_THAT(error_with({{"model_type", "mamba"}}), HasSubstr("mamba"));
  EXPECT_THAT(error_with({{"model_type", nullptr}}), HasSubstr("model_type"));
  EXPECT_THAT(error_with({{"model_type", 3}}), HasSubstr("model_type"));
  EXPECT_THAT(error_of(Json::array()), HasSubstr("model_type"));
}

TEST(ModelConfig, SizesThatDoNotFitEachOtherAreErrors) {
  EXPECT_EQ(error_with(Json::object()), "no error");
  EXPECT_THAT(error_with({{"num_attention_heads", 5}}), HasSubstr("multiple"));
  EXPECT_THAT(error_with({{"head_dim", 15}}), HasSubstr("even"));
  EXPECT_THAT(error_with({{"layer_types", {"full_attention"}}}), HasSubstr("num_hidden_layers"));
  EXPECT_THAT(error_with({{"mlp_layer_types", {"dense", "dense", "sparse", "sparse"}}}),
              HasSubstr("num_hidden_layers"));
  EXPECT_THAT(error_with({{"mlp_layer_types", "dense"}}), HasSubstr("num_hidden_layers"));
  EXPECT_THAT(error_with({{"mlp_layer_types", {"dense", "moe", "sparse"}}}), HasSubstr("moe"));
  EXPECT_THAT(error_with({{"layer_types", {"full_attention", "linear_attention", "full_attention"}}}),
              HasSubstr("linear_attention"));
  EXPECT_THAT(error_with({{"num_experts_per_tok", 9}}), HasSubstr("experts"));
  EXPECT_THAT(error_with({{"n_group", 3}}), HasSubstr("experts"));
  EXPECT_THAT(error_with({{"n_group", 4}, {"topk_group", 5}}), HasSubstr("experts"));
  // One group of one expert cannot give two.
  EXPECT_THAT(error_with({{"n_group", 8}, {"topk_group", 1}}), HasSubstr("experts"));
  EXPECT_THAT(error_with({{"layer_types", {"sliding_attention", "full_attention", "full_attention"}}}),
              HasSubstr("sliding_window"));
  EXPECT_THAT(error_with({{"max_position_embeddings", 67108864}, {"head_dim", 128}}),
              HasSubstr("max_position_embeddings"));
}

TEST(ModelConfig, ValuesOutOfRangeAreErrors) {
  for (const char* key : {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                          "num_key_value_heads", "head_dim", "intermediate_size", "moe_intermediate_size",
                          "num_experts", "num_experts_per_tok", "max_position_embeddings"}) {
    for (const Json& bad :
         {Json(nullptr), Json(0), Json(-1), Json(1e3), Json("64"), Json(INT64_MAX), Json(UINT64_MAX), Json::array()})
      EXPECT_THAT(error_with({{key, bad}}), HasSubstr(key)) << bad;
  }
  EXPECT_THAT(error_with({{"rms_norm_eps", -1.0}}), HasSubstr("rms_norm_eps"));
  EXPECT_THAT(error_with({{"rms_norm_eps", "1e-5"}}), HasSubstr("rms_norm_eps"));
  EXPECT_THAT(error_with({{"rope_theta", 0}}), HasSubstr("rope_theta"));
  EXPECT_NE(error_with({{"norm_topk_prob", 1}}), "no error");
  EXPECT_NE(error_with({{"is_moe_layer", {1, 0, 1}}}), "no error");
}

TEST(ModelConfig, WhatTheForwardPassDoesNotHaveIsRefusedRatherThanPassedOver) {
  EXPECT_THAT(error_with({{"hidden_act", "gelu"}}), HasSubstr("hidden_act"));
  EXPECT_THAT(error_with({{"scoring_func", "softmax"}}), HasSubstr("scoring_func"));
  EXPECT_THAT(error_with({{"attention_bias", true}}), HasSubstr("attention_bias"));
  EXPECT_THAT(error_with({{"rope_scaling", {{"rope_type", "dynamic"}, {"factor", 16}}}}), HasSubstr("rope_scaling"));
  EXPECT_THAT(error_with({{"rope_parameters", {{"rope_type", "yarn"}}}}), HasSubstr("rope_parameters"));
  EXPECT_THAT(error_with({{"swiglu_limits", {0, 0, "7"}}}), HasSubstr("swiglu_limits"));
  EXPECT_THAT(error_with({{"sliding_windows", {0, 0, -1}}}), HasSubstr("sliding_windows"));
  EXPECT_THAT(error_with({{"tie_word_embeddings", true}}), HasSubstr("tied"));
  EXPECT_EQ(error_with({{"rope_scaling", {{"type", "default"}}}, {"swiglu_limits", {0, 0.0, 0}}}), "no error");
}

TEST(ModelConfig, AnUnknownKeyThatSoundsLikeTheForwardPassIsRefused) {
  EXPECT_THAT(error_with({{"logit_scale", 0.5}}), HasSubstr("logit_scale"));
  EXPECT_THAT(error_with({{"no_rope_layers", {1, 0, 1}}}), HasSubstr("no_rope_layers"));
  EXPECT_THAT(error_with({{"residual_multiplier", 0.2}}), HasSubstr("residual_multiplier"));
  // Switched off, or a note of some writer: nothing changes.
  EXPECT_EQ(error_with({{"logit_scale", 1.0}, {"attn_bias_x", false}, {"use_parallel_residual", nullptr}}), "no error");
  EXPECT_EQ(error_with({{"transformers_version", "5.23.0"}, {"vendor", {{"note", 3}}}, {"sep_token_id", 7}}),
            "no error");
}

TEST(ModelConfig, EveryFamilyRefusesBiasesAndItsNeighboursActivation) {
  for (const Family& family : families()) {
    Json json = to_json(small_config(family.model_type));
    EXPECT_EQ(error_of(json), "no error") << family.model_type;
    json["attention_bias"] = true;
    EXPECT_THAT(error_of(json), HasSubstr("attention_bias")) << family.model_type;
    json["attention_bias"] = false;
    json["mlp_bias"] = true;
    EXPECT_THAT(error_of(json), HasSubstr("mlp_bias")) << family.model_type;
    json["mlp_bias"] = false;
    const char* key = family.model_type == "exaone"        ? "activation_function"
                      : family.model_type == "gemma3_text" ? "hidden_activation"
                                                           : "hidden_act";
    json[key] = "relu";
    EXPECT_THAT(error_of(json), HasSubstr(key)) << family.model_type;
  }
}

TEST(ModelConfig, EveryFamilyWrittenAndReadIsTheSame) {
  for (const char* name : kConfigNames) {
    const ModelConfig c = config_named(name);
    const Json written = to_json(c);
    const ModelConfig again = config_from_json(written, "again");
    EXPECT_EQ(to_json(again), written) << name;
    EXPECT_EQ(again.parameters(), c.parameters()) << name;
    EXPECT_EQ(again.rope, c.rope) << name;
    EXPECT_EQ(again.local_rope, c.local_rope) << name;
    for (size_t i = 0; i <= static_cast<size_t>(c.layers); ++i) {
      const LayerConfig a = c.layer(i), b = again.layer(i);
      EXPECT_EQ(a.window, b.window) << name << i;
      EXPECT_EQ(a.positions, b.positions) << name << i;
      EXPECT_EQ(a.swiglu_limit, b.swiglu_limit) << name << i;
    }
  }
}

TEST(ModelConfig, FrequenciesOfLlama3AreKeptBlendedAndDivided) {
  Rope rope;
  rope.theta = 10000;
  const std::vector<double> plain = rope.frequencies(64);
  rope.scaling = Rope::Scaling::llama3;
  rope.factor = 8;
  rope.original_positions = 64;
  const std::vector<double> scaled = rope.frequencies(64);
  EXPECT_EQ(scaled.front(), plain.front());  // a wavelength of 6.3 of 64 positions
  EXPECT_DOUBLE_EQ(scaled.back(), plain.back() / 8);
  int blended = 0;
  for (size_t i = 0; i < plain.size(); ++i) {
    const double share = scaled[i] / plain[i];
    EXPECT_LE(share, 1.0);
    EXPECT_GE(share, 1.0 / 8 - 1e-12);
    const double wavelength = 2 * M_PI / plain[i];
    if (wavelength < 64.0 / 4) {
      EXPECT_EQ(share, 1.0);
    } else if (wavelength > 64.0) {
      EXPECT_NEAR(share, 1.0 / 8, 1e-12);
    } else {
      const double smooth = (64.0 / wavelength - 1) / 3;
      EXPECT_NEAR(share, (1 - smooth) / 8 + smooth, 1e-12);
      ++blended;
    }
  }
  EXPECT_GT(blended, 2);
}

TEST(ModelConfig, GemmasTextPartIsReadOutOfAModelThatSees) {
  const Json json = {{"model_type", "gemma3"},
                     {"architectures", {"Gemma3ForConditionalGeneration"}},
                     {"mm_tokens_per_image", 256},
                     {"vision_config", {{"model_type", "siglip_vision_model"}, {"num_attention_heads", 16}}},
                     {"text_config",
                      {{"model_type", "gemma3_text"},
                       {"hidden_size", 2560},
                       {"intermediate_size", 10240},
                       {"num_hidden_layers", 34},
                       {"rope_scaling", {{"factor", 8.0}, {"rope_type", "linear"}}},
                       {"sliding_window", 1024}}}};
  const ModelConfig c = config_from_json(json, "");
  EXPECT_EQ(c.model_type, "gemma3_text");
  EXPECT_TRUE(c.tied);
  EXPECT_EQ(c.heads, 8);
  EXPECT_EQ(c.vocabulary, 262208);
  EXPECT_EQ(c.rope.theta, 1e6);
  EXPECT_EQ(c.rope.factor, 8);
  EXPECT_EQ(c.local_rope->theta, 1e4);
  EXPECT_EQ(std::ranges::count(c.sliding, false), 5);  // the 6th, 12th, … 30th
  EXPECT_EQ(c.layer(5).positions, LayerConfig::Positions::rotary);
  EXPECT_EQ(c.layer(4).positions, LayerConfig::Positions::local_rotary);
  Json other = json;
  other["text_config"]["attn_logit_softcapping"] = 50.0;
  EXPECT_THROW(config_from_json(other, ""), Error);
  other = json;
  other["text_config"] = 3;
  EXPECT_THROW(config_from_json(other, ""), Error);
}

TEST(ModelConfig, ExpertsOfQwenByStepAndByList) {
  Json json = to_json(small_config("qwen3_moe"));
  json["mlp_only_layers"] = {3};
  json["decoder_sparse_step"] = 2;
  EXPECT_THAT(config_from_json(json, "").sparse, ElementsAre(false, true, false, false));
  json["mlp_only_layers"] = {4};
  EXPECT_THAT(error_of(json), HasSubstr("mlp_only_layers"));
}

TEST(ModelConfig, SeveralEndsAreKept) {
  Json json = to_json(small_config("llama"));
  json["eos_token_id"] = {11, 12, 13};
  const ModelConfig c = config_from_json(json, "");
  EXPECT_EQ(c.eos, 11);
  EXPECT_THAT(c.more_eos, ElementsAre(12, 13));
  EXPECT_EQ(to_json(c)["eos_token_id"], Json({11, 12, 13}));
  json["eos_token_id"] = nullptr;
  EXPECT_EQ(config_from_json(json, "").eos, 2) << "the class's own";
}

TEST(ModelConfig, RepeatedLayersOfPredictionShareTheirWeights) {
  Json json = small();
  json["num_nextn_predict_layers"] = 3;
  EXPECT_THAT(error_of(json), HasSubstr("mtp_share_layers"));
  json["mtp_share_layers"] = true;
  const ModelConfig c = config_from_json(json, "");
  EXPECT_EQ(c.mtp_layers, 1);
  EXPECT_EQ(c.mtp_steps, 3);
}

TEST(ModelConfig, AFolderThatIsNoModelIsAnError) {
  const TemporaryDirectory folder;
  try {
    load_config(folder.path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), folder.path().string());
  }
  write_file_atomic(folder.path() / "config.json", "{");
  EXPECT_THROW(load_config(folder.path()), Error);
}

}  // namespace
}  // namespace moru::model
