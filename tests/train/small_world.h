// A small world to train in, for tests.
#pragma once

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/random.h"
#include "data/dataset.h"
#include "data/document.h"
#include "data/sample.h"
#include "text/bpe_trainer.h"
#include "train/train.h"

namespace moru::train {

inline constexpr const char* kNames[] = {"alpha", "bravo", "coral", "delta", "eagle", "flint", "grape", "house"};

/// A small corpus with samples of which some are held out, and a tokenizer trained on it.
class Workspace {
 public:
  Workspace() {
    data::DatasetWriter corpus(folder_.path() / "corpus", std::string(data::kDocumentSchema));
    data::DatasetWriter samples(folder_.path() / "samples", std::string(data::kSampleSchema));
    std::vector<std::string> texts;
    Random random(3);
    for (int i = 0; i < 40; ++i) {
      data::Document d;
      for (int w = 0; w < 60; ++w) d.text += std::string(w > 0 ? " " : "") + kNames[random.below(8)];
      d.source = {"test:" + std::to_string(i), sha256(d.text), {0, d.text.size()}, "test/1", ""};
      d.licence = {"CC0-1.0", "test"};
      d.id = data::document_id(d);
      texts.push_back(d.text);
      corpus.add(data::to_json(d));
      data::Sample s;
      s.messages = {{"user", fmt::format("what is {}?", kNames[i % 8])},
                    {"assistant", fmt::format("{} is {}.", kNames[i % 8], kNames[(i + 3) % 8])}};
      s.origins = {{d.id, {0, 5}}};
      s.generator = "test/1";
      s.held_out = i % 5 == 0;
      if (s.held_out) s.messages[0].content = "heldout secret question?";
      s.id = data::sample_id(s);
      samples.add(data::to_json(s));
    }
    corpus.finish(Json::object());
    samples.finish(Json::object());
    text::BpeOptions bpe;
    bpe.vocabulary_size = 400;
    bpe.special_tokens = text::exaone_special_tokens();
    SilentProgress silent;
    const std::string json = text::train_bpe(
        bpe,
        [&](const auto& use) {
          for (const std::string& t : texts) use(t);
        },
        silent);
    text::write_tokenizer(folder_.path() / "tokenizer", json);
  }
  Inputs inputs() const {
    return {folder_.path() / "tokenizer", folder_.path() / "corpus", folder_.path() / "samples"};
  }
  fs::path operator/(std::string_view name) const { return folder_.path() / name; }

 private:
  TemporaryDirectory folder_;
};

inline Options small_options() {
  Options o;
  o.model.hidden = 32;
  o.model.layers = 2;
  o.model.heads = 2;
  o.model.kv_heads = 1;
  o.model.head_dim = 16;
  o.model.intermediate = 64;
  o.model.moe_intermediate = 32;
  o.model.experts = 4;
  o.model.experts_per_token = 2;
  o.model.max_positions = 128;
  o.model.sliding_window = 16;
  o.model.sliding = {true, false};
  o.model.sparse = {false, true};
  o.pretrain = {2, 1e-2, 0.1, 0};
  o.supervise = {8, 1e-2, 0, 0.4};
  o.batch_tokens = 256;
  o.sequence_tokens = 64;
  o.checkpoint_steps = 2;
  return o;
}

/// Stops the training as a crash would: by an exception, at the n-th time that progress is shown.
class StopAfter : public SilentProgress {
 public:
  explicit StopAfter(int count) : left_(count) {}
  void show(const State&) override {
    if (--left_ == 0) throw std::runtime_error("stopped");
  }
  void say(std::string_view line) override { said += line; }
  std::string said;

 private:
  int left_;
};

}  // namespace moru::train
