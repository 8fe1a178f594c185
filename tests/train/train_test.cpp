#include "train/train.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/random.h"
#include "data/dataset.h"
#include "data/document.h"
#include "data/sample.h"
#include "model/model.h"
#include "text/bpe_trainer.h"
#include "train/adamw.h"
#include "train/batches.h"
#include "train/muon.h"
#include "train/packed.h"
#include "train/schedule.h"
#include "train/small_world.h"

namespace moru::train {
namespace {

TEST(Train, LearnsAndIsTheSameEachTime) {
  const Workspace w;
  SilentProgress silent;
  const Report report = train(w.inputs(), small_options(), w / "work1", w / "out1", silent);
  EXPECT_GT(report.steps, 10U);
  EXPECT_LT(report.pretrain_loss, 4.5);
  EXPECT_LT(report.supervise_loss, report.pretrain_loss);
  train(w.inputs(), small_options(), w / "work2", w / "out2", silent);
  EXPECT_EQ(sha256_tree(w / "out1"), sha256_tree(w / "out2"));
  EXPECT_EQ(model::Model::load(w / "out1")->config().parameters(), report.parameters);
}

TEST(Train, StoppedAndStartedAgainItEndsWithTheSameBytes) {
  const Workspace w;
  SilentProgress silent;
  train(w.inputs(), small_options(), w / "work1", w / "out1", silent);
  StopAfter stop(2);
  EXPECT_THROW(train(w.inputs(), small_options(), w / "work2", w / "out2", stop), std::runtime_error);
  train(w.inputs(), small_options(), w / "work2", w / "out2", silent);
  EXPECT_EQ(sha256_tree(w / "out1"), sha256_tree(w / "out2"));
}

TEST(Train, ADamagedCheckpointIsSaidAndPassedOver) {
  const Workspace w;
  SilentProgress silent;
  train(w.inputs(), small_options(), w / "work1", w / "out1", silent);
  StopAfter stop(2);
  EXPECT_THROW(train(w.inputs(), small_options(), w / "work2", w / "out2", stop), std::runtime_error);
  std::vector<fs::path> weights;
  for (const fs::path& file : list_files(w / "work2"))
    if (file.extension() == ".safetensors") weights.push_back(file);
  ASSERT_FALSE(weights.empty());
  std::string bytes = read_file(w / "work2" / weights.back());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file_atomic(w / "work2" / weights.back(), bytes);
  StopAfter listening(1 << 30);
  train(w.inputs(), small_options(), w / "work2", w / "out2", listening);
  EXPECT_NE(listening.said.find("damaged"), std::string::npos) << listening.said;
  EXPECT_EQ(sha256_tree(w / "out1"), sha256_tree(w / "out2"));
}

TEST(Train, AdamWAndFp32TrainToo) {
  const Workspace w;
  SilentProgress silent;
  Options options = small_options();
  options.optimizer = "adamw";
  options.compute = "fp32";
  const Report report = train(w.inputs(), options, w / "work", w / "out", silent);
  EXPECT_LT(report.supervise_loss, 3.0);
}

TEST(Train, AnEmptyCorpusIsAnError) {
  const Workspace w;
  SilentProgress silent;
  Options options = small_options();
  options.pretrain.epochs = 0;
  options.supervise.epochs = 0;
  EXPECT_THROW(train(w.inputs(), options, w / "work", w / "out", silent), Error);
}

TEST(Packed, HeldOutSamplesAreNeverPackedAndEveryRangeNamesItsOrigin) {
  const Workspace w;
  const text::Tokenizer tokenizer = text::Tokenizer::load(w / "tokenizer");
  EXPECT_EQ(pack_samples(w / "samples", tokenizer, {}, 64, w / "packed"), 0U);
  const PackedTokens packed(w / "packed");
  EXPECT_EQ(packed.sequences().size(), 32U);
  uint64_t next = 0;
  for (const PackedSequence& s : packed.sequences()) {
    EXPECT_EQ(s.begin, next);
    EXPECT_EQ(s.origin.size(), 64U);
    next = s.end;
    std::vector<text::Token> tokens;
    for (uint64_t i = s.begin; i < s.end; ++i) tokens.push_back(packed.token(i));
    EXPECT_EQ(tokenizer.decode(tokens).find("secret"), std::string::npos);
    EXPECT_TRUE(packed.learned(s.end - 1)) << "the end of the answer is learned";
    EXPECT_FALSE(packed.learned(s.begin));
  }
  EXPECT_EQ(next, packed.size());
}

TEST(Batches, RowsAreWholeSequencesWithoutPaddingAndEachEpochHoldsAll) {
  const Workspace w;
  const text::Tokenizer tokenizer = text::Tokenizer::load(w / "tokenizer");
  pack_corpus(w / "corpus", tokenizer, 53, 64, w / "packed");
  const PackedTokens packed(w / "packed");
  const BatchPlan plan(packed, 2, 256, 7);
  uint64_t rows = 0;
  for (uint64_t step = 0; step < plan.steps(); ++step) {
    const TrainingBatch b = plan.batch(step);
    rows += b.inputs.size();
    EXPECT_LE(b.inputs.size(), 256U);
    EXPECT_EQ(b.starts.back(), static_cast<int32_t>(b.inputs.size()));
    EXPECT_EQ(b.learned_rows.size(), b.inputs.size());
  }
  uint64_t expected = 0;
  for (const PackedSequence& s : packed.sequences()) expected += s.end - s.begin - 1;
  EXPECT_EQ(rows, 2 * expected);
  EXPECT_EQ(rows, plan.rows());
}

TEST(Packed, ADocumentStandsAsOftenAsTheMixtureSays) {
  const Workspace w;
  const text::Tokenizer tokenizer = text::Tokenizer::load(w / "tokenizer");
  data::DatasetWriter corpus(w / "mixed", std::string(data::kDocumentSchema));
  for (int i = 0; i < 300; ++i) {
    data::Document document;
    document.text = fmt::format("문서 {}", i);
    document.source.uri = "a/b";
    document.id = data::document_id(document);
    if (i >= 100) document.measures["epochs"] = i < 200 ? 2.5 : 0;
    corpus.add(data::to_json(document));
  }
  corpus.finish(Json::object());
  pack_corpus(w / "mixed", tokenizer, 53, 64, w / "packed_mixed");
  std::map<std::string, int> copies;
  const PackedTokens packed(w / "packed_mixed");
  for (const PackedSequence& s : packed.sequences()) ++copies[s.origin];
  std::map<int, int> documents;
  for (const auto& [origin, times] : copies) ++documents[times];
  EXPECT_EQ(documents[1], 100);
  EXPECT_EQ(documents[2] + documents[3], 100);
  EXPECT_NEAR(documents[3], 50, 20);
  EXPECT_EQ(copies.size(), 200U) << "no pass, no copy";
}

TEST(Schedule, RisesStaysAndFalls) {
  EXPECT_DOUBLE_EQ(schedule(0, 100, 0.1, 0.2), 0.1);
  EXPECT_DOUBLE_EQ(schedule(9, 100, 0.1, 0.2), 1.0);
  EXPECT_DOUBLE_EQ(schedule(50, 100, 0.1, 0.2), 1.0);
  EXPECT_DOUBLE_EQ(schedule(90, 100, 0.1, 0.2), 0.5);
  EXPECT_GT(schedule(99, 100, 0.1, 0.2), 0.0);
  EXPECT_DOUBLE_EQ(schedule(3, 100, 0, 0), 1.0);
}

TEST(Muon, FiveIterationsBringSingularValuesNearOne) {
  tensor::Tensor matrix(tensor::DType::f32, {24, 40});
  Random random(5);
  for (float& x : matrix.span<float>()) x = static_cast<float>(random.normal());
  for (const bool tall : {false, true}) {
    tensor::Tensor in = matrix;
    if (tall) {
      in = tensor::Tensor(tensor::DType::f32, {40, 24});
      for (int i = 0; i < 40; ++i)
        for (int j = 0; j < 24; ++j) in.data<float>()[i * 24 + j] = matrix.data<float>()[j * 40 + i];
    }
    const tensor::Tensor o = orthogonalise(in, 5);
    // The squared singular values are the eigenvalues of O Oᵀ; their mean is its trace over 24.
    double trace = 0;
    for (const float x : o.span<float>()) trace += static_cast<double>(x) * x;
    EXPECT_NEAR(trace / 24, 0.9, 0.35);
  }
}

TEST(AdamW, FirstStepMovesByTheLearningRate) {
  const tensor::Tensor w = tensor::Tensor::zeros(tensor::DType::f32, {37}),
                       m = tensor::Tensor::zeros(tensor::DType::f32, {37}),
                       v = tensor::Tensor::zeros(tensor::DType::f32, {37}), g(tensor::DType::f32, {37});
  for (int i = 0; i < 37; ++i) g.data<float>()[i] = static_cast<float>(i - 18);
  adamw_step({}, 1, 0.01F, 0.0F, 1.0F, g, m, v, w);
  for (int i = 0; i < 37; ++i) EXPECT_NEAR(w.data<float>()[i], i == 18 ? 0.0F : i < 18 ? 0.01F : -0.01F, 1e-6);
  const tensor::Tensor rounded(tensor::DType::bf16, {37});
  adamw_step({}, 2, 0.01F, 0.0F, 1.0F, g, m, v, w, rounded);
  for (int i = 0; i < 37; ++i)
    EXPECT_EQ(rounded.data<tensor::Bf16>()[i].bits, tensor::to_bf16(w.data<float>()[i]).bits);
}

}  // namespace
}  // namespace moru::train
