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
    for (int i = 0; i < 30; ++i) {
      data::Sample s;
      s.messages = {{"user", fmt::format("What is a table number {}?", i)},
                    {"assistant", fmt::format("Table {} holds cells. 표 {}입니다.", i, i)}};
      s.generator = "test/1";
      s.id = data::sample_id(s);
      samples.add(data::to_json(s));
    }
    samples.finish(Json::object());
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static fs::path model_folder() { return folder_->path() / "model"; }
  static fs::path samples_folder() { return folder_->path() / "samples"; }
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
  options.group = 32;
  options.comparison_tokens = 1000;
  const Report report = quantize(model_folder(), samples_folder(), options, out, silent);

  EXPECT_EQ(report.bytes_before, fs::file_size(model_folder() / "model.safetensors"));
  EXPECT_EQ(report.bytes_after, fs::file_size(out / "model.safetensors"));
  EXPECT_LT(report.bytes_after, report.bytes_before * 7 / 10);
  EXPECT_GT(report.bytes_after, report.bytes_before / 2);
  EXPECT_GT(report.tokens, 200U);
  EXPECT_GT(report.mean_kl, 0.0);
  EXPECT_LT(report.mean_kl, 0.01);
  EXPECT_GE(report.p99_kl, report.mean_kl);
  EXPECT_GT(report.same_top, 0.9);
  EXPECT_LE(report.same_top, 1.0);
  EXPECT_EQ(report.facts["tokens"], report.tokens);
  EXPECT_EQ(report.facts["group"], 32);
  EXPECT_THAT(report_text(report), HasSubstr(std::to_string(report.tokens)));

  // The folder gives what was measured, and can be spoken with: the tokenizer came along.
  const auto original = model::Model::load(model_folder()), quantized = model::Model::load(out);
  EXPECT_LT(quantized->weight_bytes(), original->weight_bytes());
  EXPECT_EQ(text::Tokenizer::load(out).vocabulary_size(), text::Tokenizer::load(model_folder()).vocabulary_size());
  EXPECT_TRUE(fs::exists(out / "chat_template.jinja"));

  const fs::path again = folder_->path() / "again";
  quantize(model_folder(), samples_folder(), options, again, silent);
  EXPECT_EQ(sha256_tree(out), sha256_tree(again));
}

TEST_F(QuantizeTest, SmallerGroupsCostLessQualityAndMoreBytes) {
  SilentProgress silent;
  Options fine, coarse;
  fine.group = 8;
  coarse.group = 32;
  fine.comparison_tokens = coarse.comparison_tokens = 500;
  const Report a = quantize(model_folder(), samples_folder(), fine, folder_->path() / "fine", silent),
               b = quantize(model_folder(), samples_folder(), coarse, folder_->path() / "coarse", silent);
  EXPECT_LT(a.mean_kl, b.mean_kl);
  EXPECT_GT(a.bytes_after, b.bytes_after);
}

TEST_F(QuantizeTest, TheRouterStaysAsItIs) {
  SilentProgress silent;
  Options options;
  options.group = 32;
  options.comparison_tokens = 100;
  quantize(model_folder(), samples_folder(), options, folder_->path() / "router", silent);
  const auto loaded = model::load_model(folder_->path() / "router");
  EXPECT_FALSE(loaded->layers()[1].router.quantized());
  EXPECT_TRUE(loaded->layers()[1].expert_down[3].quantized());
  EXPECT_TRUE(loaded->head().quantized());
}

TEST_F(QuantizeTest, AGroupThatDoesNotDivideIsAnErrorAndWritesNothing) {
  SilentProgress silent;
  Options options;
  options.group = 48;
  try {
    quantize(model_folder(), samples_folder(), options, folder_->path() / "none", silent);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "optimize.group");
    EXPECT_THAT(error.problem(), HasSubstr("48"));
  }
  EXPECT_FALSE(fs::exists(folder_->path() / "none" / "model.safetensors"));
}

TEST_F(QuantizeTest, OptionsOutOfRangeAreErrors) {
  EXPECT_EQ(read_options(Config::parse("group: 16\n", "recipe.yaml")).group, 16);
  EXPECT_THROW(read_options(Config::parse("bits: 3\n", "recipe.yaml")), Error);
  EXPECT_THROW(read_options(Config::parse("group: 0\n", "recipe.yaml")), Error);
  EXPECT_THROW(read_options(Config::parse("group: many\n", "recipe.yaml")), Error);
}

TEST_F(QuantizeTest, AModelIsNoDistanceFromItself) {
  SilentProgress silent;
  const auto model = model::Model::load(model_folder());
  const Comparison c = compare(*model, *model, random_sequences(*model), silent);
  EXPECT_EQ(c.tokens, 12U + 5 * 66);
  EXPECT_EQ(c.mean_kl, 0.0);
  EXPECT_EQ(c.p99_kl, 0.0);
  EXPECT_EQ(c.same_top, 1.0);
}

TEST_F(QuantizeTest, FromEitherSideTwoModelsAgreeOnTheSameTokens) {
  SilentProgress silent;
  const auto a = model::Model::load(model_folder()), b = model::make_random_model(a->config(), 12);
  const Comparison ab = compare(*a, *b, random_sequences(*a), silent),
                   ba = compare(*b, *a, random_sequences(*a), silent);
  EXPECT_EQ(ab.tokens, ba.tokens);
  EXPECT_EQ(ab.same_top, ba.same_top);
  EXPECT_LT(ab.same_top, 0.2) << "two random models have little in common";
  EXPECT_GT(ab.mean_kl, 0.0);
  EXPECT_GT(ba.mean_kl, 0.0);
  EXPECT_NE(ab.mean_kl, ba.mean_kl) << "the divergence itself has a direction";
}

TEST_F(QuantizeTest, NothingToCompareOnGivesZeros) {
  SilentProgress silent;
  const auto model = model::Model::load(model_folder());
  const Comparison c = compare(*model, *model, {}, silent);
  EXPECT_EQ(c.tokens, 0U);
  EXPECT_EQ(c.mean_kl, 0.0);
}

}  // namespace
}  // namespace moru::optimize
