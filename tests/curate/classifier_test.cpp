// The quality classifier: features, training, its figures, its file, its rule.
#include "curate/classifier.h"

#include "core/error.h"
#include "core/random.h"
#include "helper.h"

namespace moru::curate {
namespace {

using testing::make_document;
using testing::run_curate;

constexpr int kBits = 16;

/// A sentence of instructions, or of advertising.
std::string sentence(Random& random, bool good) {
  static const std::vector<std::string> kGood = {
      "파일을", "열고",     "저장", "단추를",    "누르면", "설정",    "창에서", "확인할 수", "있습니다",
      "the",    "document", "is",   "converted", "by",     "command", "표의",   "셀을",      "선택한다"};
  static const std::vector<std::string> kBad = {"무료", "대박",  "클릭", "지금", "할인", "!!!",  "카지노", "보너스",
                                                "buy",  "cheap", "now",  "free", "대출", "당일", "가입",   "추천인"};
  static const std::vector<std::string> kBoth = {"그리고", "오늘", "이것은", "and", "a", "많은", "있는", "2024"};
  std::string text;
  for (int i = 0; i < 40; ++i) {
    const std::vector<std::string>& words = random.below(100) < 40 ? kBoth : good ? kGood : kBad;
    text += words[random.below(words.size())] + " ";
  }
  return text;
}

std::vector<TrainingExample> examples(uint64_t seed, size_t each) {
  Random random(seed);
  std::vector<TrainingExample> made;
  for (size_t i = 0; i < 2 * each; ++i)
    made.push_back(make_training_example(sentence(random, i % 2 == 0), i % 2 == 0, kBits));
  return made;
}

TEST(Classifier, TellsWhatItHasLearnt) {
  const Classifier classifier = train_classifier(examples(1, 300), {kBits, 5, 7}, "{}");
  Random random(2);
  std::vector<double> good, bad;
  for (int i = 0; i < 200; ++i) {
    good.push_back(classifier.probability(sentence(random, true)));
    bad.push_back(classifier.probability(sentence(random, false)));
  }
  const ClassifierScores scores = score_classifier(good, bad);
  EXPECT_GT(scores.auc, 0.99);
  EXPECT_GT(scores.accuracy, 0.97);
  EXPECT_LE(scores.auc_low, scores.auc);
  EXPECT_GT(scores.drop_95, 0.95);
  // New forms of known words are told by their characters.
  EXPECT_GT(classifier.probability("문서를 저장하고 창에서 설정을 확인한다"), 0.5);
  EXPECT_LT(classifier.probability("무료대출 당일가입 보너스클릭"), 0.5);
}

TEST(Classifier, TrainingIsDeterministicAndFollowsItsSeed) {
  const TemporaryDirectory folder;
  const std::vector<TrainingExample> made = examples(1, 50);
  const auto file_of = [&](uint64_t seed) {
    train_classifier(made, {kBits, 3, seed}, "{}").save(folder.path() / "model");
    return read_file(folder.path() / "model");
  };
  EXPECT_EQ(file_of(7), file_of(7));
  EXPECT_NE(file_of(7), file_of(8));
  std::vector<TrainingExample> one_sided(made.begin(), made.begin() + 1);
  EXPECT_THROW(train_classifier(one_sided, {kBits, 1, 7}, "{}"), Error);
}

TEST(Classifier, AClassCountsAsMuchAsTheOther) {
  std::vector<TrainingExample> made = examples(3, 200);
  // Ten bad examples to two hundred good ones.
  size_t bad = 0;
  std::erase_if(made, [&](const TrainingExample& example) { return !example.good && ++bad > 10; });
  const Classifier classifier = train_classifier(made, {kBits, 5, 7}, "{}");
  Random random(4);
  int right = 0;
  for (int i = 0; i < 100; ++i) right += classifier.probability(sentence(random, false)) < 0.5 ? 1 : 0;
  EXPECT_GT(right, 90);
}

TEST(Classifier, TheProbabilityIsThatOfTheFeatures) {
  std::vector<float> weights(size_t{1} << kBits, 0.0F);
  double sum = 0;
  uint64_t number = 0;
  for_each_feature("가나 다라", kBits, [&](uint32_t bucket) {
    weights[bucket] = 0.25F;
    ++number;
  });
  // "가나": 1 word, 1 pair, runs of 2, 3, 4 of four characters (the borders count): 3 + 2 + 1. Two such words.
  EXPECT_EQ(number, 16U);
  sum = 0.25 * 16 / 4 - 0.5;
  const Classifier classifier(weights, -0.5F, "{}");
  EXPECT_NEAR(classifier.probability("가나 다라"), 1 / (1 + std::exp(-sum)), 1e-6);
  EXPECT_NEAR(classifier.probability(""), 1 / (1 + std::exp(0.5)), 1e-6);
  EXPECT_NEAR(classifier.probability("\xff\xfe \x80"), 1 / (1 + std::exp(0.5)), 0.2);
}

TEST(Classifier, FiguresOfAKnownCase) {
  // 0.8 and 0.6 against 0.7 and 0.2: three of four pairs are in order.
  const ClassifierScores scores = score_classifier({0.8, 0.6}, {0.7, 0.2});
  EXPECT_NEAR(scores.auc, 0.75, 1e-12);
  EXPECT_NEAR(scores.accuracy, 0.75, 1e-12);
  EXPECT_LT(scores.auc_low, 0.75);
  // Nothing wrong in three: not known to be perfect.
  EXPECT_LT(score_classifier({0.9, 0.8, 0.7}, {0.1, 0.2, 0.3}).auc_low, 0.5);
  EXPECT_EQ(score_classifier({}, {0.1}).good, 0U);
}

TEST(Classifier, FilesAreCheckedWhenRead) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "model";
  const Classifier classifier = train_classifier(examples(1, 20), {kBits, 2, 7}, R"({"good": "a"})");
  classifier.save(path);
  const Classifier loaded = Classifier::load(path);
  EXPECT_EQ(loaded.provenance(), R"({"good": "a"})");
  EXPECT_EQ(loaded.size(), classifier.size());
  EXPECT_EQ(loaded.probability("무료 대박 클릭"), classifier.probability("무료 대박 클릭"));
  const std::string bytes = read_file(path);
  for (const std::string& bad :
       {bytes.substr(0, bytes.size() - 1), bytes.substr(0, 10), std::string("GGUF"), std::string(), [&] {
          std::string changed = bytes;
          changed[bytes.size() / 2] ^= 1;
          return changed;
        }()}) {
    write_file_atomic(path, bad);
    EXPECT_THROW(Classifier::load(path), Error);
  }
}

TEST(QualityClassifier, DropsWhatIsUnlikeTheGood) {
  const TemporaryDirectory folder;
  const std::string model = (folder.path() / "model").string();
  train_classifier(examples(1, 200), {kBits, 5, 7}, "{}").save(model);
  Random random(9);
  const std::string good = sentence(random, true), bad = sentence(random, false);
  const auto outcome = run_curate({make_document(good, "a"), make_document(bad, "b")},
                                  fmt::format("quality_classifier: {{model: {}}}", model), {"-"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].text, good);
  EXPECT_GT(outcome.kept[0].measures.at("quality"), 0.5);
  EXPECT_LT(outcome.decisions_of("quality_classifier").at(0).at("value").get<double>(), 0.5);
  EXPECT_EQ(run_curate({make_document(bad)}, fmt::format("quality_classifier: {{model: {}, minimum: 0}}", model), {"-"})
                .kept.size(),
            1U);
  EXPECT_THROW(run_curate({}, "quality_classifier: {model: nowhere}", {"-"}), Error);
}

}  // namespace
}  // namespace moru::curate
