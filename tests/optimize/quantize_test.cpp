#include "optimize/quantize.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/random.h"
#include "data/dataset.h"
#include "data/sample.h"
#include "model/checkpoint.h"
#include "model/decoder.h"
#include "optimize/compare.h"
#include "text/bpe_trainer.h"
#include "text/tokenizer.h"

namespace moru::optimize {
namespace {

using ::testing::HasSubstr;

/// A model folder with random weights and its tokenizer, and samples to compare on.
class QuantizeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryDirectory>();
    text::BpeOptions bpe;
    bpe.vocabulary_size = 400;
    bpe.special_tokens = text::exaone_special_tokens();
    SilentProgress silent;
    const std::string json = text::train_bpe(
        bpe,
        [](const auto& use) {
          use("What is a table? A table holds cells in rows and columns.");
          use("표를 만들려면 삽입을 선택하십시오.");
        },
        silent);
    make_directories(model_folder());
    text::write_tokenizer(model_folder(), json);
    model::ModelConfig c;
    c.vocabulary = static_cast<int>(text::Tokenizer::load(model_folder()).vocabulary_size());
    c.hidden = 64;
    c.layers = 2;
    c.heads = 2;
    c.kv_heads = 1;
    c.head_dim = 32;
    c.intermediate = 96;
    c.moe_intermediate = 32;
    c.experts = 4;
    c.experts_per_token = 2;
    c.max_positions = 64;
    c.sliding_window = 16;
    c.sliding = {true, false};
    c.sparse = {false, true};
    c.initializer_range = 0.1;
    model::DecoderModel model(c, tensor::DType::bf16);
    model.initialise(11);
    model::save_model(model, model_folder());

    data::DatasetWriter samples(samples_folder(), std::string(data::kSampleSchema));
    for (int i = 0; i < 60; ++i) {
      data::Sample s;
      s.messages = {{"user", fmt::format("What is a table number {}?", i)},
                    {"assistant", fmt::format("Table {} holds cells. 표 {}입니다.", i, i)}};
      s.generator = "test/1";
      s.held_out = i % 2 == 0;
      s.id = data::sample_id(s);
      samples.add(data::to_json(s));
    }
    samples.finish(Json::object());
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static fs::path model_folder() { return folder_->path() / "model"; }
  static fs::path samples_folder() { return folder_->path() / "samples"; }
  static ReadTexts texts(const Options& options) { return texts_of_samples(samples_folder(), options); }
  static std::vector<std::vector<int32_t>> random_sequences(const model::Model& model) {
    std::vector<std::vector<int32_t>> sequences;
    Random random(2);
    for (size_t s = 0; s < 12; ++s) {
      sequences.emplace_back();
      for (size_t i = 0; i < 1 + 5 * s; ++i)
        sequences.back().push_back(
            static_cast<int32_t>(random.below(static_cast<uint64_t>(model.config().vocabulary))));
    }
    return sequences;
  }
  static std::unique_ptr<TemporaryDirectory> folder_;
};
std::unique_ptr<TemporaryDirectory> QuantizeTest::folder_;

TEST_F(QuantizeTest, WritesAModelFolderThatLoadsAndSaysWhatItCost) {
  SilentProgress silent;
  const fs::path out = folder_->path() / "out";
  Options options;
  options.weights.group = 32;
  options.comparison_tokens = 1000;
  const Report report = quantize(model_folder(), texts(options), options, out, silent);

  EXPECT_EQ(report.bytes_before, fs::file_size(model_folder() / "model.safetensors"));
  EXPECT_EQ(report.bytes_after, fs::file_size(out / "model.safetensors"));
  EXPECT_LT(report.bytes_after, report.bytes_before * 7 / 10);
  EXPECT_GT(report.bytes_after, report.bytes_before / 2);
  const Comparison& c = report.comparison;
  EXPECT_GT(c.tokens, 200U);
  EXPECT_EQ(c.predicted, c.tokens - c.sequences);
  EXPECT_GT(c.mean_kl.value, 0.0);
  EXPECT_LT(c.mean_kl.value, 0.01);
  EXPECT_GE(c.p99_kl.value, c.mean_kl.value);
  EXPECT_GT(c.same_top.value, 0.9);
  EXPECT_LE(c.same_top.value, 1.0);
  EXPECT_NEAR(c.perplexity_ratio.value, c.perplexity.value / c.original_perplexity.value, 1e-9);
  EXPECT_NEAR(c.perplexity_ratio.value, 1.0, 0.02);
  EXPECT_EQ(report.verdict, Verdict::none);
  EXPECT_EQ(report.texts.comparison.from, "samples, held out");
  const Json json = report_json(report, options, true);
  EXPECT_EQ(json["options"]["group"], 32);
  EXPECT_EQ(json["comparison"]["text"]["tokens"], c.tokens);
  EXPECT_THAT(report_text(report, options), HasSubstr(std::to_string(c.tokens)));
  EXPECT_THAT(report_text(report, options), HasSubstr("Not called as good"));

  // The folder gives what was measured, and can be spoken with: the tokenizer came along.
  const auto original = model::Model::load(model_folder()), quantized = model::Model::load(out);
  EXPECT_LT(quantized->weight_bytes(), original->weight_bytes());
  EXPECT_EQ(text::Tokenizer::load(out).vocabulary_size(), text::Tokenizer::load(model_folder()).vocabulary_size());
  EXPECT_TRUE(fs::exists(out / "chat_template.jinja"));

  const fs::path again = folder_->path() / "again";
  quantize(model_folder(), texts(options), options, again, silent);
  EXPECT_EQ(sha256_tree(out), sha256_tree(again));
}

TEST_F(QuantizeTest, SmallerGroupsCostLessQualityAndMoreBytes) {
  SilentProgress silent;
  Options fine, coarse;
  fine.weights.group = 8;
  coarse.weights.group = 32;
  fine.weights.bits = coarse.weights.bits = 4;
  fine.comparison_tokens = coarse.comparison_tokens = 500;
  const Report a = quantize(model_folder(), texts(fine), fine, folder_->path() / "fine", silent),
               b = quantize(model_folder(), texts(coarse), coarse, folder_->path() / "coarse", silent);
  EXPECT_LT(a.comparison.mean_kl.value, b.comparison.mean_kl.value);
  EXPECT_GT(a.bytes_after, b.bytes_after);
}

TEST_F(QuantizeTest, FeedbackIsNearerToTheOriginalThanRounding) {
  SilentProgress silent;
  Options nearest, feedback;
  nearest.weights.bits = feedback.weights.bits = 4;
  nearest.weights.group = feedback.weights.group = 32;
  feedback.weights.method = Method::feedback;
  const Report a = quantize(model_folder(), texts(nearest), nearest, folder_->path() / "nearest", silent),
               b = quantize(model_folder(), texts(feedback), feedback, folder_->path() / "feedback", silent);
  EXPECT_EQ(a.bytes_after, b.bytes_after);
  EXPECT_LT(b.comparison.mean_kl.value, a.comparison.mean_kl.value);
  EXPECT_EQ(b.texts.calibration.from, "samples, trained on");
  EXPECT_EQ(b.weights.tokens, b.texts.calibration.tokens());
  const Json json = report_json(b, feedback, true);
  EXPECT_EQ(json["calibration"]["text"]["ids"].size(), b.texts.calibration.ids.size());
  EXPECT_EQ(b.texts.comparison.from, "samples, held out");
  EXPECT_EQ(std::ranges::count_if(b.texts.calibration.ids,
                                  [&](const std::string& id) {
                                    return std::ranges::find(b.texts.comparison.ids, id) !=
                                           b.texts.comparison.ids.end();
                                  }),
            0)
      << "nothing is compared on what it was calibrated on";
  bool embedding = false;
  for (const QuantizedTensor& t : b.weights.tensors) {
    embedding = embedding || (t.name == "model.embed_tokens.weight" && t.bits == 8 && !t.feedback);
    if (t.inputs == 0) continue;
    EXPECT_EQ(t.bits, 4);
    EXPECT_LE(t.error, t.error_nearest);
    EXPECT_GT(t.error_nearest, 0);
  }
  EXPECT_TRUE(embedding);
}

TEST_F(QuantizeTest, ExpertsThatSawLittleAreRounded) {
  SilentProgress silent;
  WeightSettings settings;
  settings.bits = 4;
  settings.group = 32;
  settings.method = Method::feedback;
  const auto model = model::load_model(model_folder());
  const CalibrationReport r = quantize_model(*model, {{5, 6, 7}}, settings, silent);
  EXPECT_EQ(r.tokens, 3U);
  EXPECT_GT(r.nearest_for_want_of_inputs, 0U);
  for (const QuantizedTensor& t : r.tensors) EXPECT_FALSE(t.feedback) << t.name;
  EXPECT_TRUE(model->layers()[1].expert_down[3].quantized());
  for (const model::Part& part : model->parts()) EXPECT_EQ(part.parameter->observer, nullptr);
}

TEST_F(QuantizeTest, LittleMemoryGivesTheSameWithMorePasses) {
  SilentProgress silent;
  const auto model = model::load_model(model_folder()), little = model::load_model(model_folder());
  WeightSettings settings;
  settings.bits = 4;
  settings.group = 32;
  settings.method = Method::feedback;
  const Sequences text = random_sequences(*model);
  quantize_model(*model, text, settings, silent);
  settings.most_bytes = 1;  // one weight's sums at a time: later weights see what the earlier ones became
  const CalibrationReport r = quantize_model(*little, text, settings, silent);
  EXPECT_GT(r.tensors.size(), 10U);
  const Comparison c = compare(*model, *little, text, silent);
  EXPECT_LT(c.mean_kl.value, 0.05);
  EXPECT_TRUE(little->layers()[0].qkv.quantized());
}

TEST_F(QuantizeTest, TheRouterStaysAsItIs) {
  SilentProgress silent;
  Options options;
  options.weights.group = 32;
  options.comparison_tokens = 100;
  quantize(model_folder(), texts(options), options, folder_->path() / "router", silent);
  const auto loaded = model::load_model(folder_->path() / "router");
  EXPECT_FALSE(loaded->layers()[1].router.quantized());
  EXPECT_TRUE(loaded->layers()[1].expert_down[3].quantized());
  EXPECT_TRUE(loaded->head().quantized());
}

TEST_F(QuantizeTest, WeightsThatAreNoNumbersAreNotRounded) {
  SilentProgress silent;
  for (const float bad : {NAN, INFINITY}) {
    for (const Method method : {Method::nearest, Method::feedback}) {
      const auto model = model::load_model(model_folder());
      model->layers()[1].expert_down[3].value.data<tensor::Bf16>()[5] = tensor::to_bf16(bad);
      WeightSettings settings;
      settings.group = 32;
      settings.method = method;
      try {
        quantize_model(*model, random_sequences(*model), settings, silent);
        FAIL() << bad;
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("model.layers.1.mlp.experts.3.down_proj.weight"));
        EXPECT_THAT(error.what(), HasSubstr("no number"));
      }
    }
  }
}

TEST_F(QuantizeTest, InputsWithoutBoundsAreNotCalibratedOn) {
  SilentProgress silent;
  for (const float large : {1e15F, 1e19F, 1e38F}) {  // sums of 1e30 and more; of infinities; of infinite inputs
    const auto model = model::load_model(model_folder());
    for (const model::Part& part : model->parts()) {
      if (part.kind != model::Part::Kind::norm || part.layer != 0) continue;
      for (tensor::Bf16& x : part.parameter->value.span<tensor::Bf16>()) x = tensor::to_bf16(large);
    }
    WeightSettings settings;
    settings.group = 32;
    settings.method = Method::feedback;
    try {
      quantize_model(*model, random_sequences(*model), settings, silent);
      FAIL() << large;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("model.layers.0."));
      EXPECT_THAT(error.what(), HasSubstr("calibration"));
    }
  }
}

TEST_F(QuantizeTest, AGroupThatDoesNotDivideGivesWayToTheNextSmaller) {
  EXPECT_EQ(group_for(576, 128), 96);
  EXPECT_EQ(group_for(1536, 128), 128);
  EXPECT_EQ(group_for(64, 1024), 64);
  EXPECT_EQ(group_for(20, 64), 0);
  SilentProgress silent;
  const auto model = model::load_model(model_folder());
  WeightSettings settings;
  settings.group = 48;
  for (const QuantizedTensor& t : quantize_model(*model, {}, settings, silent).tensors)
    EXPECT_EQ(t.group, t.name.ends_with("layers.0.mlp.down_proj.weight") ? 48 : 32) << t.name;
}

TEST_F(QuantizeTest, EmbeddingsMayStay) {
  SilentProgress silent;
  const auto model = model::load_model(model_folder());
  WeightSettings settings;
  settings.embedding_bits = 16;
  quantize_model(*model, {}, settings, silent);
  EXPECT_FALSE(model->head().quantized());
  EXPECT_TRUE(model->layers()[0].qkv.quantized());
}

TEST_F(QuantizeTest, OptionsOutOfRangeAreErrors) {
  const Options o = read_options(Config::parse("group: 16\nbits: 4\nmethod: feedback\nmargin: 0.02\n", "recipe.yaml"));
  EXPECT_EQ(o.weights.group, 16);
  EXPECT_EQ(o.weights.bits, 4);
  EXPECT_EQ(o.weights.method, Method::feedback);
  EXPECT_EQ(o.margin, 0.02);
  for (const char* bad : {"bits: 3\n", "group: 0\n", "group: many\n", "method: magic\n", "margin: -1\n", "order: up\n",
                          "embeddings: 4\n"})
    EXPECT_THROW(read_options(Config::parse(bad, "recipe.yaml")), Error) << bad;
}

TEST_F(QuantizeTest, AModelIsNoDistanceFromItself) {
  SilentProgress silent;
  const auto model = model::Model::load(model_folder());
  const Comparison c = compare(*model, *model, random_sequences(*model), silent);
  EXPECT_EQ(c.tokens, 12U + 5 * 66);
  EXPECT_EQ(c.sequences, 12U);
  for (const Estimate& e : {c.mean_kl, c.p99_kl}) {
    EXPECT_EQ(e.value, 0.0);
    EXPECT_EQ(e.low, 0.0);
    EXPECT_EQ(e.high, 0.0);
  }
  EXPECT_EQ(c.same_top.value, 1.0);
  EXPECT_EQ(c.perplexity_ratio.low, 1.0);
  EXPECT_EQ(c.perplexity_ratio.high, 1.0);
  EXPECT_EQ(c.p_value, 1.0);
}

TEST_F(QuantizeTest, FromEitherSideTwoModelsAgreeOnTheSameTokens) {
  SilentProgress silent;
  const auto a = model::Model::load(model_folder()), b = model::make_random_model(a->config(), 12);
  const Comparison ab = compare(*a, *b, random_sequences(*a), silent),
                   ba = compare(*b, *a, random_sequences(*a), silent);
  EXPECT_EQ(ab.tokens, ba.tokens);
  EXPECT_EQ(ab.same_top.value, ba.same_top.value);
  EXPECT_LT(ab.same_top.value, 0.2) << "two random models have little in common";
  EXPECT_GT(ab.mean_kl.value, 0.0);
  EXPECT_GT(ba.mean_kl.value, 0.0);
  EXPECT_NEAR(ab.perplexity_ratio.value * ba.perplexity_ratio.value, 1.0, 1e-9);
  EXPECT_NE(ab.mean_kl.value, ba.mean_kl.value) << "the divergence itself has a direction";
}

TEST_F(QuantizeTest, NothingToCompareOnGivesZeros) {
  SilentProgress silent;
  const auto model = model::Model::load(model_folder());
  const Comparison c = compare(*model, *model, {}, silent);
  EXPECT_EQ(c.tokens, 0U);
  EXPECT_EQ(c.mean_kl.value, 0.0);
  EXPECT_EQ(judge(c, 0.01), Verdict::too_little);
}

}  // namespace
}  // namespace moru::optimize
