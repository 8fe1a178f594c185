// A small real model with random weights and a tokenizer trained on the spot, for tests of what stands on them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/progress.h"
#include "model/checkpoint.h"
#include "model/decoder.h"
#include "text/bpe_trainer.h"
#include "text/tokenizer.h"

namespace moru::infer {

/// Trained on a few sentences, or on `corpus`.
inline std::string tiny_tokenizer_json(const std::string& corpus = {}) {
  text::BpeOptions options;
  options.vocabulary_size = 512;
  options.special_tokens = text::exaone_special_tokens();
  SilentProgress progress;
  return text::train_bpe(
      options,
      [&](const std::function<void(std::string_view)>& use) {
        for (int i = 0; i < 3; ++i) {
          if (!corpus.empty()) {
            use(corpus);
            continue;
          }
          use("모루는 문서를 전문가 모델로 만듭니다. 표를 만들려면 삽입을 선택하십시오.");
          use("What is a table? A table holds cells. Choose Insert, then Table.");
        }
      },
      progress);
}

inline model::ModelConfig tiny_config(size_t vocabulary, int positions = 256) {
  model::ModelConfig config;
  config.vocabulary = static_cast<int>(vocabulary);
  config.hidden = 64;
  config.layers = 2;
  config.heads = 2;
  config.kv_heads = 1;
  config.head_dim = 32;
  config.intermediate = 96;
  config.moe_intermediate = 32;
  config.experts = 4;
  config.experts_per_token = 2;
  config.max_positions = positions;
  config.sliding_window = 16;
  config.sliding = {true, false};
  config.sparse = {false, true};
  config.mtp_layers = 0;
  // Far from a trained model's scale, so that greedy answers vary with the prompt instead of repeating one token.
  config.initializer_range = 0.3;
  return config;
}

struct TinyModel {
  text::Tokenizer tokenizer;
  std::unique_ptr<model::Model> model;
};

inline TinyModel tiny_model(int positions = 256, uint64_t seed = 1, const std::string& corpus = {}) {
  text::Tokenizer tokenizer = text::Tokenizer::from_json(tiny_tokenizer_json(corpus), "test");
  const model::ModelConfig config = tiny_config(tokenizer.vocabulary_size(), positions);
  return {std::move(tokenizer), model::make_random_model(config, seed)};
}

/// The same as a model folder.
inline void write_tiny_model(const std::filesystem::path& folder, int positions = 256, uint64_t seed = 1) {
  std::filesystem::create_directories(folder);
  text::write_tokenizer(folder, tiny_tokenizer_json());
  const text::Tokenizer tokenizer = text::Tokenizer::load(folder);
  model::DecoderModel model(tiny_config(tokenizer.vocabulary_size(), positions), tensor::DType::bf16);
  model.initialise(seed);
  model::save_model(model, folder);
}

}  // namespace moru::infer
