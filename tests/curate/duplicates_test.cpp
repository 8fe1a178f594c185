#include "core/random.h"
#include "curate/lsh.h"
#include "curate/minhash.h"
#include "curate/shingles.h"
#include "curate/union_find.h"
#include "helper.h"

namespace moru::curate {
namespace {

using testing::make_document;
using testing::run_curate;

/// Copies of one thing have one title.
data::Document titled(const std::string& text, const std::string& uri, const std::string& licence = "MPL-2.0",
                      const std::string& title = "제목") {
  data::Document document = testing::make_document(text, uri, licence);
  document.title = title;
  return document;
}

std::string random_words(Random& random, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += fmt::format("w{} ", random.below(100000));
  return text;
}

TEST(Shingles, IgnoreCaseAndPunctuation) {
  const std::string text =
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";
  const std::string same =
      "One, two; three four five six (seven) eight nine ten eleven twelve thirteen fourteen fifteen SIXTEEN!";
  EXPECT_EQ(shingles(text).size(), 12U);
  EXPECT_EQ(shingles(text), shingles(same));
  EXPECT_TRUE(shingles("— !! …").empty());
  EXPECT_EQ(shingles("한").size(), 1U);
  EXPECT_EQ(shingles("글꼴 서식 지정").size(), 4U);  // 8 characters, in fives
}

TEST(MinHash, EstimatesJaccard) {
  const MinHasher hasher;
  Random random(5);
  double squares = 0;
  int pairs = 0;
  for (const double kept : {0.3, 0.6, 0.8, 0.9, 0.95, 0.99}) {
    for (int round = 0; round < 20; ++round) {
      std::string a;
      std::string b;
      for (int i = 0; i < 300; ++i) {
        const std::string word = fmt::format("w{} ", random.below(100000));
        a += word;
        b += random.uniform() < kept ? word : fmt::format("v{} ", random.below(100000));
      }
      const auto x = shingles(a);
      const auto y = shingles(b);
      const double error = estimated_similarity(hasher.minima(x), hasher.minima(y)) - jaccard(x, y);
      EXPECT_LT(std::abs(error), 0.2);
      squares += error * error;
      ++pairs;
    }
  }
  // The standard error is at most sqrt(0.25 / 112) = 0.047.
  EXPECT_LT(std::sqrt(squares / pairs), 0.047);
  EXPECT_DOUBLE_EQ(estimated_similarity(hasher.signature("같은 글").values, hasher.signature("같은  글!").values), 1);
}

TEST(MinHash, JaccardOfSets) {
  EXPECT_DOUBLE_EQ(jaccard({1, 2, 3}, {2, 3, 4}), 0.5);
  EXPECT_DOUBLE_EQ(jaccard({}, {}), 1);
  EXPECT_DOUBLE_EQ(jaccard({1}, {}), 0);
}

TEST(MinHash, BandsFindPairsAsOftenAsTheFormulaSays) {
  const MinHasher hasher;
  Random random(9);
  std::array<int, 2> found{};
  constexpr int kPairs = 300;
  // Sets of chosen similarity s: n shared, m own on each side, s = n / (n + 2 m).
  constexpr std::array<std::pair<int, int>, 2> kMixes = {{{400, 50}, {200, 200}}};  // s = 0.8 and 1/3
  for (size_t mix = 0; mix < 2; ++mix) {
    for (int pair = 0; pair < kPairs; ++pair) {
      std::vector<uint32_t> a;
      std::vector<uint32_t> b;
      for (int i = 0; i < kMixes[mix].first; ++i) {
        a.push_back(static_cast<uint32_t>(random.next()));
        b.push_back(a.back());
      }
      for (int i = 0; i < kMixes[mix].second; ++i) {
        a.push_back(static_cast<uint32_t>(random.next()));
        b.push_back(static_cast<uint32_t>(random.next()));
      }
      const std::vector<uint32_t> x = hasher.minima(a);
      const std::vector<uint32_t> y = hasher.minima(b);
      bool candidate = false;
      for (size_t band = 0; band < 14; ++band)
        candidate = candidate || std::equal(x.begin() + static_cast<ptrdiff_t>(8 * band),
                                            x.begin() + static_cast<ptrdiff_t>(8 * band + 8),
                                            y.begin() + static_cast<ptrdiff_t>(8 * band));
      found[mix] += candidate ? 1 : 0;
    }
  }
  EXPECT_NEAR(found[0] / double{kPairs}, 0.924, 0.06);
  EXPECT_LT(found[1], kPairs / 50);
}

TEST(UnionFind, ClustersDoNotDependOnTheOrder) {
  std::vector<std::pair<size_t, size_t>> pairs = {{5, 6}, {1, 2}, {8, 9}, {2, 6}, {7, 7}, {9, 0}};
  UnionFind first(10);
  for (const auto& [a, b] : pairs) first.unite(a, b);
  std::ranges::reverse(pairs);
  UnionFind second(10);
  for (const auto& [a, b] : pairs) second.unite(b, a);
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(first.find(i), second.find(i));
  EXPECT_EQ(first.find(6), 1U);
  EXPECT_EQ(first.find(9), 0U);
  EXPECT_EQ(first.find(3), 3U);
}

TEST(ExactDuplicates, KeepsByLicenceThenPath) {
  const auto outcome =
      run_curate({make_document("같은 글입니다 모두.", "z", "unknown"), make_document("같은  글입니다\n모두.", "b"),
                  make_document("같은 글입니다 모두.", "a"), make_document("다른 글입니다.", "c")},
                 "", {"exact_duplicates"});
  ASSERT_EQ(outcome.kept.size(), 2U);
  // Of the licensed ones the longer: b has another space.
  EXPECT_EQ(outcome.kept[0].source.uri, "b");
  EXPECT_EQ(outcome.kept[1].source.uri, "c");
  ASSERT_EQ(outcome.decisions.size(), 2U);
  for (const Json& decision : outcome.decisions) {
    EXPECT_EQ(decision.at("kept"), outcome.kept[0].id);
    EXPECT_EQ(decision.at("action"), "drop");
    EXPECT_TRUE(decision.contains("record"));
  }
}

TEST(ExactDuplicates, CaseAndNumbersTellDocumentsApart) {
  EXPECT_EQ(run_curate({make_document("제1조 목적", "a"), make_document("제2조 목적", "b"), make_document("ABC", "c"),
                        make_document("abc", "d")},
                       "", {"exact_duplicates"})
                .kept.size(),
            4U);
}

TEST(NearDuplicates, KeepsTheDeclaredCopyAndNamesTheCluster) {
  Random random(1);
  const std::string base = random_words(random, 400);
  const std::string other = random_words(random, 400);
  const auto outcome = run_curate({titled(base + "one", "docs/short"), titled(other, "docs/other"),
                                   titled(base + "one more word at the very end", "docs/unlicensed", "unknown"),
                                   titled(base + "two more words", "docs/long"), titled(base + "ten", "docs/a")},
                                  "", {"exact_duplicates", "near_duplicates"});
  ASSERT_EQ(outcome.kept.size(), 2U);
  EXPECT_EQ(outcome.kept[0].source.uri, "docs/other");
  EXPECT_EQ(outcome.kept[1].source.uri, "docs/long");  // the longest with a licence
  const auto decisions = outcome.decisions_of("near_duplicates");
  ASSERT_EQ(decisions.size(), 3U);
  for (const Json& decision : decisions) {
    EXPECT_EQ(decision.at("kept"), outcome.kept[1].id);
    EXPECT_EQ(decision.at("cluster"), outcome.kept[1].id);
    EXPECT_GE(decision.at("value").get<double>(), 0.8);
    EXPECT_EQ(decision.at("limit"), 0.8);
  }
}

TEST(NearDuplicates, NothingGoesWithoutAKeptCopyThatItIsNearTo) {
  // A chain: each step changes a tenth of the words, so that neighbours are near and ends are not.
  Random random(2);
  std::vector<std::string> words;
  for (int i = 0; i < 600; ++i) words.push_back(fmt::format("w{}", random.below(1000000)));
  std::vector<data::Document> chain;
  const MinHasher hasher;
  std::map<std::string, std::vector<uint32_t>> signatures;
  for (int step = 0; step < 12; ++step) {
    for (int i = step * 50; i < step * 50 + 30; ++i)
      words[static_cast<size_t>(i)] = fmt::format("x{}", random.below(1000000));
    chain.push_back(titled(fmt::format("{}", fmt::join(words, " ")), fmt::format("docs/{:02}", step)));
    signatures[chain.back().id] = hasher.signature(chain.back().text).values;
  }
  const auto outcome = run_curate(chain, "", {"near_duplicates"});
  EXPECT_GT(outcome.kept.size(), 1U);
  EXPECT_LT(outcome.kept.size(), chain.size());
  for (const Json& decision : outcome.decisions)
    EXPECT_GE(estimated_similarity(signatures.at(decision.at("document")), signatures.at(decision.at("kept"))), 0.8);
}

TEST(NearDuplicates, AnotherTitleNeedsMoreSimilarity) {
  Random random(6);
  const std::string base = random_words(random, 100);
  const std::string near = base + "x y z u v w and more";  // 8 shingles of 104 are its own
  const auto kept = [&](const std::string& title, const std::string& recipe) {
    return run_curate({titled(base, "a", "MPL-2.0", "MINIFS"), titled(near, "b", "MPL-2.0", title)}, recipe,
                      {"near_duplicates"})
        .kept.size();
  };
  EXPECT_EQ(kept("minifs ", ""), 1U);
  EXPECT_EQ(kept("", ""), 1U);
  EXPECT_EQ(kept("MAXIFS", ""), 2U);
  EXPECT_EQ(kept("MAXIFS", "near_duplicates: {similarity_other_title: 0.8}"), 1U);
  EXPECT_EQ(kept("minifs", "near_duplicates: {similarity: 0.99}"), 2U);
}

TEST(NearDuplicates, ShortTextsAreComparedByCharacters) {
  const auto outcome = run_curate(
      {titled("셀에 입력한 텍스트의 글꼴과 크기를 바꾸는 방법을 설명합니다", "a"),
       titled("셀에 입력한 텍스트의 글꼴과 크기를 바꾸는 방법을 설명합니다.", "b"),
       titled("표에 넣은 그림의 색과 테두리를 지우는 순서를 안내합니다", "c"), titled("!!!", "d"), titled("???", "e")},
      "", {"near_duplicates"});
  ASSERT_EQ(outcome.kept.size(), 4U);
  EXPECT_EQ(outcome.kept[0].source.uri, "b");
}

TEST(NearDuplicates, LeavesExactDuplicatesToTheirRule) {
  Random random(4);
  const std::string text = random_words(random, 100);
  const auto outcome = run_curate({titled(text, "a"), titled(text, "b"), titled(text + "end", "c")}, "",
                                  {"exact_duplicates", "near_duplicates"});
  EXPECT_EQ(outcome.row("exact_duplicates").dropped, 1U);
  EXPECT_EQ(outcome.row("near_duplicates").in, 2U);
  EXPECT_EQ(outcome.row("near_duplicates").dropped, 1U);
  EXPECT_EQ(outcome.kept.at(0).source.uri, "c");
}

}  // namespace
}  // namespace moru::curate
