#include <set>

#include "core/error.h"
#include "core/random.h"
#include "curate/lsh.h"
#include "curate/preference.h"
#include "helper.h"

namespace moru::curate {
namespace {

/// Signatures as sets of a known similarity have them: each value that of the cluster with this probability.
MinHasher::Signature near_to(const std::vector<uint32_t>& base, double similarity, Random& random) {
  MinHasher::Signature signature;
  for (const uint32_t value : base)
    signature.values.push_back(random.uniform() < similarity ? value : static_cast<uint32_t>(random.next()));
  for (size_t band = 0; band < 14; ++band) {
    uint64_t key = band;
    for (size_t row = 0; row < 8; ++row) key = key * 0x9E3779B97F4A7C15 + signature.values[band * 8 + row];
    signature.bands.push_back(key);
  }
  return signature;
}

using Members = std::vector<std::tuple<uint64_t, uint32_t, uint32_t, uint32_t>>;

/// Ten clusters of `size` documents that stand apart, and as many singles between them.
Members clusters_of(size_t size, uint64_t memory, uint64_t dead = UINT64_MAX) {
  NearClusters clusters(112, {0.8, 0.95}, {{}, memory});
  Random random(4);
  std::vector<std::vector<uint32_t>> bases(10);
  for (auto& base : bases)
    for (int i = 0; i < 112; ++i) base.push_back(static_cast<uint32_t>(random.next()));
  uint64_t index = 0;
  for (size_t i = 0; i < size; ++i) {
    for (const auto& base : bases) {
      clusters.add({{i % 3, 0, 0, 0}, index++}, 0, near_to(base, 0.985, random));
      clusters.add({{}, index++}, 0, near_to(base, 0, random));
    }
  }
  Members members;
  clusters.conclude([&](uint64_t i) { return i != dead; },
                    [&](const NearMember& m) { members.emplace_back(m.index, m.kept, m.first, m.size); });
  EXPECT_TRUE(std::ranges::is_sorted(members));
  return members;
}

TEST(NearClusters, FindsWhatBelongsTogetherForAnyMemoryAndThreads) {
  const Members whole = clusters_of(100, uint64_t{1} << 30);
  EXPECT_EQ(whole.size(), 1000U);
  std::set<uint32_t> kept;
  for (const auto& [index, copy, first, size] : whole) {
    EXPECT_EQ(size, 100U);
    EXPECT_EQ(index % 2, 0U);
    EXPECT_EQ(index % 20, first % 20);  // its own cluster's
    kept.insert(copy);
  }
  EXPECT_EQ(kept.size(), 10U);
  for (const uint32_t document : kept) EXPECT_LT(document, 20U);  // the first in the order of rank
  for (const char* threads : {"1", "4"}) {
    ::setenv("MORU_THREADS", threads, 1);
    for (const uint64_t memory : {uint64_t{0}, uint64_t{100000}}) EXPECT_EQ(clusters_of(100, memory), whole);
  }
  ::unsetenv("MORU_THREADS");
}

TEST(NearClusters, TheDeadHaveNoPart) {
  const Members members = clusters_of(3, 1 << 20, 0);
  EXPECT_EQ(members.size(), 29U);
  EXPECT_EQ(std::get<0>(members[0]), 2U);
  NearClusters none(112, {}, {});
  none.conclude([](uint64_t) { return true; }, [](const NearMember&) { FAIL(); });
}

data::Document with(const std::string& licence, const std::string& modified, double quality, const std::string& text) {
  data::Document document = testing::make_document(text, "u", licence);
  document.source.modified = modified;
  if (quality > -100) document.measures["quality"] = quality;
  return document;
}

TEST(Preference, FollowsTheDeclaredOrder) {
  const auto order = [](const std::string& recipe) {
    const Preference preference(Config::parse(recipe, "r"));
    const std::vector<data::Document> documents = {
        with("unknown", "2020-01-01T00:00:00Z", 0.9, "aaaa"), with("GPL-3.0-only", "2019-01-01T00:00:00Z", 0.1, "aaa"),
        with("MIT", "2024-05-06T07:08:09Z", -0.5, "aaaaaa"), with("MIT", "2023-01-01T00:00:00Z", -0.5, "a"),
        with("MIT", "", -200, "aaaaaaaa")};
    std::vector<std::pair<Rank, size_t>> ranks;
    for (size_t i = 0; i < documents.size(); ++i) ranks.emplace_back(preference.rank(i, documents[i]), i);
    std::ranges::sort(ranks, [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string digits;
    for (const auto& [rank, i] : ranks) digits += std::to_string(i);
    return digits;
  };
  EXPECT_EQ(order(""), "32410");
  EXPECT_EQ(order("prefer: [quality]"), "01234");
  EXPECT_EQ(order("prefer: age"), "10324");
  EXPECT_EQ(order("prefer: [length]"), "42013");
  EXPECT_EQ(order("prefer: []"), "42013");
  for (const char* wrong : {"prefer: [beauty]", "prefer: [age, age]", "prefer: {a: 1}"})
    EXPECT_THROW(Preference(Config::parse(wrong, "r")), Error) << wrong;
}

TEST(Preference, LicencesAreOfThreeClasses) {
  for (const char* free : {"MIT", "Apache-2.0", "BSD-3-Clause", "CC0-1.0", "CC-BY-4.0", "GPL-2.0-only OR MIT",
                           "MIT AND (Apache-2.0 OR GPL-3.0-only)", "Apache-2.0 WITH LLVM-exception"})
    EXPECT_EQ(licence_class(free), 0) << free;
  for (const char* known : {"GPL-2.0-only", "MPL-2.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "MIT AND GPL-2.0-only",
                            "LicenseRef-Company", "MITNFA", "unknown OR MPL-2.0"})
    EXPECT_EQ(licence_class(known), 1) << known;
  for (const char* unknown : {"", "unknown", "NOASSERTION", "MIT AND unknown", "(", "MIT AND"})
    EXPECT_EQ(licence_class(unknown), 2) << unknown;
  EXPECT_EQ(licence_class(std::string(100000, '(')), 2);
}

}  // namespace
}  // namespace moru::curate
