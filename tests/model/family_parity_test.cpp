// Every family against the reference implementation: small checkpoints with what it computed on them lie in families/,
// made by tests/reference/family_checkpoints.py. All in float32.
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/file.h"
#include "core/json.h"
#include "model/checkpoint.h"
#include "model/decoder.h"
#include "model/safetensors.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;
using tensor::Variable;

/// Largest difference allowed: of logits as a share of their standard deviation; of a tensor's gradient as a share of
/// its largest element seen.
constexpr double kTolerance = 1e-4;

using Rows = std::vector<float>;  // [rows, vocabulary]

double deviation(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) {
    sum += v;
    squares += static_cast<double>(v) * v;
  }
  const double mean = sum / static_cast<double>(values.size());
  return std::sqrt(squares / static_cast<double>(values.size()) - mean * mean);
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!std::isfinite(a[i])) return INFINITY;
    most = std::max(most, std::abs(static_cast<double>(a[i]) - b[i]));
  }
  return most;
}

std::vector<float> floats(const TensorEntry& entry) {
  std::vector<float> out(static_cast<size_t>(entry.count()));
  EXPECT_EQ(entry.dtype, "F32");
  std::memcpy(out.data(), entry.bytes.data(), out.size() * sizeof(float));
  return out;
}

std::vector<int32_t> counting(size_t begin, size_t count) {
  std::vector<int32_t> out(count);
  std::iota(out.begin(), out.end(), static_cast<int32_t>(begin));
  return out;
}

class FamilyParity : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(MORU_SOURCE_DIR) / "tests/model/families" / GetParam();
    model_ = std::make_unique<DecoderModel>(load_config(folder_), DType::f32);
    model_->load_weights(folder_);
    expected_ = std::make_unique<SafetensorsFile>(folder_ / "expected.safetensors");
    const Json json = parse_json(read_file(folder_ / "expected.json"), "expected.json");
    tokens_ = json.at("tokens").get<std::vector<int32_t>>();
    continuation_ = json.at("continuation").get<std::vector<int32_t>>();
    prompt_ = json.at("prompt").get<size_t>();
    loss_ = json.at("loss").get<double>();
    vocabulary_ = static_cast<size_t>(model_->config().vocabulary);
    logits_ = floats(expected_->at("logits"));
    scale_ = deviation(logits_);
  }

  /// Logits after every token of the sequences, all at once; with a cache they go behind what their slots hold.
  Rows forward(const std::vector<std::span<const int32_t>>& sequences, KvCache* cache = nullptr,
               const std::vector<int32_t>& slots = {}) const {
    std::vector<int32_t> tokens, positions, starts = {0};
    for (size_t s = 0; s < sequences.size(); ++s) {
      const size_t held = cache == nullptr ? 0 : cache->length(static_cast<size_t>(slots[s]));
      const auto place = counting(held, sequences[s].size());
      tokens.insert(tokens.end(), sequences[s].begin(), sequences[s].end());
      positions.insert(positions.end(), place.begin(), place.end());
      starts.push_back(static_cast<int32_t>(tokens.size()));
    }
    Rows out(tokens.size() * vocabulary_);
    model_->logits({tokens, positions, starts, cache, slots}, counting(0, tokens.size()), out);
    return out;
  }

  std::filesystem::path folder_;
  std::unique_ptr<DecoderModel> model_;
  std::unique_ptr<SafetensorsFile> expected_;
  std::vector<int32_t> tokens_, continuation_;
  std::vector<float> logits_;
  size_t prompt_ = 0, vocabulary_ = 0;
  double loss_ = 0, scale_ = 1;
};

TEST_P(FamilyParity, LogitsInOneGo) {
  EXPECT_LT(largest_difference(forward({tokens_}), logits_) / scale_, kTolerance);
}

TEST_P(FamilyParity, LogitsInChunksWithACache) {
  for (const std::vector<size_t>& chunks :
       {std::vector<size_t>(48, 1), {48}, {3, 7, 9, 1, 1, 12, 15}, {16, 32}, {31, 17}}) {
    const auto cache = model_->make_cache(2, 64);
    Rows got;
    size_t done = 0;
    for (const size_t chunk : chunks) {
      const Rows part = forward({std::span(tokens_).subspan(done, chunk)}, cache.get(), {1});
      got.insert(got.end(), part.begin(), part.end());
      done += chunk;
    }
    ASSERT_EQ(done, tokens_.size());
    EXPECT_LT(largest_difference(got, logits_) / scale_, kTolerance) << chunks.size() << " chunks";
  }
}

TEST_P(FamilyParity, GreedyContinuationPastTheWindow) {
  const auto cache = model_->make_cache(1, 64);
  std::vector<int32_t> made;
  std::vector<int32_t> next(tokens_.begin(), tokens_.begin() + static_cast<ptrdiff_t>(prompt_));
  while (made.size() < continuation_.size()) {
    const Rows logits = forward({next}, cache.get(), {0});
    const std::span<const float> last = std::span(logits).last(vocabulary_);
    made.push_back(static_cast<int32_t>(std::ranges::max_element(last) - last.begin()));
    next = {made.back()};
  }
  EXPECT_EQ(made, continuation_);
}

TEST_P(FamilyParity, TwoSequencesAtOnceAreEachAsAlone) {
  const std::span<const int32_t> one = tokens_, other = one.subspan(5, 19);
  const Rows both = forward({one, other}), alone = forward({other});
  const size_t split = one.size() * vocabulary_;
  EXPECT_LT(largest_difference(std::span(both).first(split), logits_) / scale_, kTolerance);
  EXPECT_LT(largest_difference(std::span(both).subspan(split), alone) / scale_, kTolerance);

  // The same with a cache, the second sequence entering while the first is past its window.
  const auto cache = model_->make_cache(3, 64);
  forward({one.first(20)}, cache.get(), {2});
  Rows first, second;
  size_t a = 20, b = 0;
  for (const auto& [x, y] : {std::pair<size_t, size_t>{1, 10}, {11, 1}, {1, 1}, {5, 3}, {10, 4}}) {
    const Rows step = forward({one.subspan(a, x), other.subspan(b, y)}, cache.get(), {2, 0});
    first.insert(first.end(), step.begin(), step.begin() + static_cast<ptrdiff_t>(x * vocabulary_));
    second.insert(second.end(), step.begin() + static_cast<ptrdiff_t>(x * vocabulary_), step.end());
    a += x;
    b += y;
  }
  ASSERT_EQ(a, 48U);
  ASSERT_EQ(b, 19U);
  EXPECT_LT(largest_difference(first, std::span<const float>(logits_).subspan(20 * vocabulary_)) / scale_, kTolerance);
  EXPECT_LT(largest_difference(second, alone) / scale_, kTolerance);
}

TEST_P(FamilyParity, LossAndGradients) {
  for (const Part& part : model_->parts()) {
    if (part.kind == Part::Kind::bias) continue;
    part.parameter->gradient = Tensor::empty_like(part.parameter->value);
    part.parameter->gradient.clear();
  }
  const size_t rows = tokens_.size();
  const std::vector<int32_t> positions = counting(0, rows), starts = {0, static_cast<int32_t>(rows)};
  // The next token and the one after it; what lies past the end weighs nothing.
  std::vector<int32_t> next(tokens_), after(tokens_);
  std::rotate(next.begin(), next.begin() + 1, next.end());
  std::rotate(after.begin(), after.begin() + 2, after.end());
  std::vector<float> weights(rows, 1.0F / static_cast<float>(rows - 1)),
      after_weights(rows, 1.0F / static_cast<float>(rows - 2));
  weights[rows - 1] = after_weights[rows - 1] = after_weights[rows - 2] = 0;

  tensor::Tape tape;
  const Batch batch{tokens_, positions, starts, nullptr, {}};
  const Variable normed = model_->final_norm(&tape, model_->hidden(&tape, batch));
  double loss = model_->loss(&tape, normed, next, weights);
  if (model_->config().mtp_layers > 0) {
    const Variable mtp = model_->mtp_hidden(&tape, normed, next, batch);
    const Tensor logits(DType::f32, {static_cast<int64_t>(rows), static_cast<int64_t>(vocabulary_)});
    apply(mtp.value(), model_->head(), logits);
    EXPECT_LT(largest_difference(
                  logits.span<float>().first((rows - 1) * vocabulary_),
                  std::span<const float>(floats(expected_->at("mtp_logits"))).first((rows - 1) * vocabulary_)) /
                  scale_,
              kTolerance);
    loss += model_->loss(&tape, mtp, after, after_weights);
  }
  tape.backward();
  EXPECT_NEAR(loss, loss_, kTolerance * loss_);

  size_t compared = 0;
  for (const Part& part : model_->parts()) {
    if (part.kind == Part::Kind::bias) continue;
    const std::vector<float> expected = floats(expected_->at("gradient." + part.name));
    const Tensor gradient = part.parameter->gradient.sum().slice(part.begin, part.end);
    const std::span<const float> got = gradient.span<float>();
    const size_t samples = expected.size() - 1;
    double squares = 0, largest = expected[0] / std::sqrt(static_cast<double>(got.size())), off = 0;
    for (const float g : got) squares += static_cast<double>(g) * g;
    for (size_t i = 0; i < samples; ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(expected[i + 1])));
      off = std::max(off, std::abs(static_cast<double>(got[i * got.size() / samples]) - expected[i + 1]));
    }
    EXPECT_NEAR(std::sqrt(squares), expected[0], kTolerance * expected[0]) << part.name;
    EXPECT_LE(off, kTolerance * largest) << part.name;
    ++compared;
  }
  const auto gradients = std::ranges::count_if(expected_->tensors(),
                                               [](const auto& entry) { return entry.first.starts_with("gradient."); });
  EXPECT_EQ(compared, static_cast<size_t>(gradients)) << "every tensor of the file has its gradient";
}

INSTANTIATE_TEST_SUITE_P(All, FamilyParity,
                         testing::Values("exaone", "exaone4-sliding", "exaone4-full", "exaone_moe", "exaone_moe-2",
                                         "llama-tied", "llama-scaled", "qwen3", "qwen3_moe", "gemma3"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace moru::model
