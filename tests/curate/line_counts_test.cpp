#include "curate/line_counts.h"

#include "core/random.h"
#include "helper.h"

namespace moru::curate {
namespace {

TEST(LineCounts, AreExactWhileTheyFit) {
  LineCounts counts(0);
  for (uint64_t i = 0; i < 50000; ++i)
    for (uint64_t n = 0; n <= i % 3; ++n) counts.add(i);
  EXPECT_EQ(counts.undercount(), 0U);
  for (uint64_t i = 0; i < 50000; i += 777) EXPECT_EQ(counts.count(i), i % 3 + 1);
  counts.keep_only(3);
  EXPECT_EQ(counts.count(1), 0U);
  EXPECT_EQ(counts.count(2), 3U);
  counts.keep_only(4);
  EXPECT_TRUE(counts.empty());
}

TEST(LineCounts, FindWhatIsFrequentInAnyNumberOfLines) {
  LineCounts counts(0);
  Random random(5);
  // A million lines seen once, and ten in every hundredth document among them.
  constexpr uint64_t kDocuments = 30000;
  std::map<uint64_t, uint64_t> frequent;
  for (uint64_t document = 0; document < kDocuments; ++document) {
    for (int line = 0; line < 30; ++line) counts.add(random.next() | 1);
    if (document % 100 == 50)
      for (uint64_t key = 0; key < 20; key += 2) counts.add(key), ++frequent[key];
  }
  EXPECT_GT(counts.undercount(), 0U);
  EXPECT_LE(counts.undercount(), 2 * 30 * kDocuments / 65536);
  for (const auto& [key, seen] : frequent) {
    EXPECT_LE(counts.count(key), seen);
    EXPECT_GE(counts.count(key) + counts.undercount(), seen);
  }
  counts.keep_only(kDocuments / 200);
  EXPECT_GT(counts.count(4), 0U);
}

}  // namespace
}  // namespace moru::curate
