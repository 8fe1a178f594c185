#include "curate/minhash.h"

#include <numeric>

#include "core/random.h"
#include "curate/minhash_kernel.h"
#include "curate/shingles.h"
#include "helper.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

/// What datatrove 0.10 makes of these texts with its defaults and words at white space (MinhashDedupSignature).
TEST(MinHash, DatatrovesFamilyIsDatatrovesValueForValue) {
  struct Golden {
    std::string_view text, normalised;
    std::array<uint64_t, 3> first;
    uint64_t last, sum;
  };
  const Golden kGolden[] = {{"The quick brown fox jumps over the lazy dog, 3.14 times and 1,000 more! Café naïve.",
                             "the quick brown fox jumps over the lazy dog 0 times and 0 more cafe naive",
                             {85330943174081874ULL, 184339147761722157ULL, 302227827184868053ULL},
                             3963570588256049ULL,
                             18167770070179238964ULL},
                            {"대한민국의 모든 권력은 국민으로부터 나온다. 제1조 (2024.01.02) 「헌법」 ①항 값—끝",
                             "대한민국의 모든 권력은 국민으로부터 나온다 제0조 0 0 헌법 ①항 값 끝",
                             {535449467811483364ULL, 567679932305842008ULL, 167962231374175075ULL},
                             258421244420703039ULL,
                             12576309749609661377ULL}};
  const MinHasher hasher({.seed = 1, .family = MinHashParameters::Family::datatrove});
  for (const Golden& golden : kGolden) {
    const std::string normalised = datatrove_normalised(golden.text);
    EXPECT_EQ(text::nfc(normalised), golden.normalised);
    std::vector<uint64_t> shingles;
    append_datatrove_shingles(normalised, 5, shingles);
    const std::vector<uint64_t> minima = hasher.minima(shingles);
    ASSERT_EQ(minima.size(), 112U);
    EXPECT_EQ((std::array{minima[0], minima[1], minima[2]}), golden.first);
    EXPECT_EQ(minima.back(), golden.last);
    EXPECT_EQ(std::accumulate(minima.begin(), minima.end(), uint64_t{0}), golden.sum);
    const MinHasher::Signature signature = hasher.signature(golden.text);
    EXPECT_EQ(signature.values[0], static_cast<uint32_t>(golden.first[0]));
    EXPECT_EQ(signature.bands.size(), 14U);
  }
  EXPECT_TRUE(hasher.signature("fewer words than five").values.empty());
}

TEST(MinHash, TheVectorLoopIsTheFormula) {
  Random random(3);
  for (const auto& [bands, rows, count] : {std::array{14, 8, 300}, {1, 1, 1}, {5, 13, 7}, {20, 10, 5000}}) {
    const MinHashParameters parameters{.bands = static_cast<size_t>(bands), .rows = static_cast<size_t>(rows)};
    const MinHasher hasher(parameters);
    std::vector<uint32_t> shingles;
    for (int i = 0; i < count; ++i) shingles.push_back(static_cast<uint32_t>(random.next()));
    Random coefficients(parameters.seed);
    std::vector<uint64_t> a(parameters.hashes()), b(parameters.hashes());
    for (uint64_t& x : a) x = coefficients.next();
    for (uint64_t& x : b) x = coefficients.next();
    std::vector<uint32_t> expected(parameters.hashes(), UINT32_MAX);
    for (size_t i = 0; i < expected.size(); ++i)
      for (const uint64_t x : shingles)
        expected[i] = std::min(expected[i], static_cast<uint32_t>((a[i] * x + b[i]) >> 32));
    EXPECT_EQ(hasher.minima(shingles), expected);
  }
}

TEST(MinHash, CountsEqualPlaces) {
  std::vector<uint32_t> a(133), b(133);
  std::iota(a.begin(), a.end(), 0U);
  b = a;
  for (const size_t i : {size_t{0}, size_t{40}, size_t{132}}) b[i] += 1;
  EXPECT_EQ(count_equal(a.data(), b.data(), a.size()), 130U);
  EXPECT_EQ(count_equal(a.data(), b.data(), 0), 0U);
  EXPECT_DOUBLE_EQ(estimated_similarity(a, b), 130.0 / 133);
}

TEST(MinHash, TheEstimateIsUnbiased) {
  // Of many pairs of one similarity, the mean of the estimates is that similarity within its standard error.
  const MinHasher hasher;
  Random random(21);
  for (const auto& [shared, own] : {std::pair{300, 50}, {200, 200}, {30, 300}}) {
    double sum = 0;
    constexpr int kPairs = 400;
    for (int pair = 0; pair < kPairs; ++pair) {
      std::vector<uint32_t> a, b;
      for (int i = 0; i < shared; ++i) b.push_back(a.emplace_back(static_cast<uint32_t>(random.next())));
      for (int i = 0; i < own; ++i) a.push_back(static_cast<uint32_t>(random.next()));
      for (int i = 0; i < own; ++i) b.push_back(static_cast<uint32_t>(random.next()));
      sum += estimated_similarity(hasher.minima(a), hasher.minima(b));
    }
    const double s = shared / double(shared + 2 * own);
    // The functions are the same for all pairs, so that their own luck does not average out: a half more than the 4
    // standard errors of independent ones.
    EXPECT_NEAR(sum / kPairs, s, 6 * std::sqrt(s * (1 - s) / (112.0 * kPairs))) << shared << " of " << own;
  }
}

TEST(Shingles, FollowTheirParameters) {
  std::vector<uint32_t> hashes;
  std::string text;
  for (int i = 0; i < 40; ++i) text += fmt::format("낱말{} ", i);
  for (const size_t ngram : {1, 2, 5, 13}) {
    hashes.clear();
    append_shingles(text, ngram, hashes);
    EXPECT_EQ(hashes.size(), 41 - ngram);
  }
  append_shingles("", 5, hashes);
  append_shingles("… !", 5, hashes);
  EXPECT_EQ(hashes.size(), 28U);
  // One shingle changes with its words only: the same five words elsewhere are the same shingle.
  const auto one = shingles("하나 둘 셋 넷 다섯 " + text), two = shingles(text + " 하나 둘 셋 넷 다섯");
  std::vector<uint32_t> both;
  std::ranges::set_intersection(one, two, std::back_inserter(both));
  EXPECT_EQ(both.size(), 37U);
  // Capitals, full-width letters' case and bytes that are no UTF-8.
  EXPECT_EQ(shingles("ÄÖ ＡＢ Ж a b c d e f g h i j k l m"), shingles("äö ａｂ ж A B C D E F G H I J K L M"));
  EXPECT_FALSE(shingles("\xE1\x80 a \xFF\xFE b \xED\xA0").empty());
}

}  // namespace
}  // namespace moru::curate
