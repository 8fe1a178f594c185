#include "curate/repeated_spans.h"

#include <numeric>
#include <set>

#include "core/random.h"
#include "helper.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

using testing::make_document;
using testing::run_curate;

TEST(Winnowing, EqualWindowsHaveEqualAnchorsAtEqualPlaces) {
  Random random(3);
  const Winnowing winnowing(40);
  std::string text;
  for (int i = 0; i < 3000; ++i) text += static_cast<char>('a' + random.below(3));
  const std::string passage = text.substr(100, 500);
  const std::string other = "zz" + passage + "yy";
  const auto here = winnowing.window_hashes(text), there = winnowing.window_hashes(other);
  ASSERT_EQ(here.size(), text.size() - 39);
  for (size_t i = 0; i + 40 <= passage.size(); ++i) EXPECT_EQ(here[100 + i], there[2 + i]);
  const auto anchors = winnowing.anchors(text);
  EXPECT_LT(anchors.size(), text.size() / 10);
  std::set<uint64_t> hashes;
  for (const Anchor& anchor : anchors) hashes.insert(anchor.hash);
  for (const uint64_t hash : here) EXPECT_TRUE(hashes.contains(hash));
  EXPECT_TRUE(winnowing.anchors(text.substr(0, 39)).empty());
  EXPECT_EQ(winnowing.window_hashes(text.substr(0, 40)).size(), 1U);
  EXPECT_FALSE(winnowing.anchors(std::string(1000, 'a')).empty());
}

struct Collection {
  std::vector<std::string> texts;
  std::vector<Rank> ranks;
};

Collection random_collection(uint64_t seed) {
  Random random(seed);
  Collection collection;
  std::vector<std::string> passages;
  for (int i = 0; i < 6; ++i) {
    std::string& passage = passages.emplace_back();
    for (uint64_t n = 20 + random.below(80); n > 0; --n) passage += static_cast<char>('a' + random.below(26));
  }
  for (uint64_t i = 0; i < 40; ++i) {
    std::string& text = collection.texts.emplace_back();
    for (uint64_t parts = random.below(6); parts > 0; --parts) {
      for (uint64_t n = random.below(60); n > 0; --n) text += static_cast<char>('A' + random.below(26));
      text += passages[random.below(passages.size())];
      if (random.below(5) == 0) text += std::string(random.below(150), 'x');
    }
    collection.ranks.push_back({{random.below(3), 0, 0, 0}, 2 * i});
  }
  return collection;
}

using Span = std::tuple<uint64_t, uint64_t, uint64_t>;

std::vector<Span> spans_of(const Collection& collection, size_t length, uint64_t memory, uint64_t dead = UINT64_MAX) {
  RepeatedSpans spans(length, {{}, memory});
  for (size_t i = 0; i < collection.texts.size(); ++i)
    spans.add(collection.ranks[i], collection.texts[i], spans.winnowing().anchors(collection.texts[i]));
  std::vector<Span> found;
  spans.conclude([&](uint64_t index) { return index != dead; },
                 [&](const RepeatedSpan& span) { found.emplace_back(span.index, span.begin, span.end); });
  return found;
}

/// The definition, done with a table of all windows.
std::vector<Span> by_definition(const Collection& collection, size_t length) {
  std::vector<size_t> order(collection.texts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return std::tuple(collection.ranks[i].marks, i); });
  std::map<std::string, std::pair<size_t, size_t>> kept;
  std::vector<Span> found;
  for (const size_t i : order) {
    const std::string& text = collection.texts[i];
    for (size_t at = 0; at + length <= text.size(); ++at) {
      const auto& [document, place] = kept.try_emplace(text.substr(at, length), i, at).first->second;
      if (document == i && at - place < length) continue;
      const uint64_t index = collection.ranks[i].index;
      if (!found.empty() && std::get<0>(found.back()) == index && at <= std::get<2>(found.back())) {
        std::get<2>(found.back()) = at + length;
      } else {
        found.emplace_back(index, at, at + length);
      }
    }
  }
  std::ranges::sort(found);
  return found;
}

TEST(RepeatedSpans, AreThoseOfTheDefinition) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    const Collection collection = random_collection(seed);
    for (const size_t length : {size_t{12}, size_t{32}, size_t{75}}) {
      const std::vector<Span> expected = by_definition(collection, length);
      EXPECT_EQ(spans_of(collection, length, uint64_t{1} << 30), expected) << seed << " " << length;
      EXPECT_EQ(spans_of(collection, length, 0), expected) << seed << " " << length;
    }
  }
  ::setenv("MORU_THREADS", "1", 1);
  const Collection collection = random_collection(3);
  EXPECT_EQ(spans_of(collection, 32, 1000), by_definition(collection, 32));
  ::unsetenv("MORU_THREADS");
}

TEST(RepeatedSpans, AnyNumberOfChunksGivesTheSame) {
  // A megabyte, in chunks of as much before the surroundings of its anchors are merged: they
  // are cut out and put together again.
  Random random(9);
  Collection collection;
  std::vector<std::string> passages(100);
  for (std::string& passage : passages)
    for (int i = 0; i < 5000; ++i) passage += static_cast<char>('a' + random.below(26));
  for (uint64_t i = 0; i < 200; ++i) {
    collection.texts.push_back(std::to_string(i) + passages[i % 100] + "." + std::to_string(i * i));
    collection.ranks.push_back({{}, i});
  }
  const std::vector<Span> chunks = spans_of(collection, 200, 0);
  EXPECT_EQ(chunks, spans_of(collection, 200, uint64_t{4} << 30));
  ASSERT_EQ(chunks.size(), 100U);
  EXPECT_EQ(chunks[7], Span(107, 2, 5004));  // the 7 before it too
  // Of a pair of which one is dead already nothing is repeated.
  EXPECT_EQ(spans_of(collection, 200, 0, 7).size(), 99U);
}

TEST(RepeatedSpans, AVeryFrequentPassageStaysInOnePlace) {
  Collection collection;
  std::string passage;
  Random random(2);
  for (int i = 0; i < 60; ++i) passage += static_cast<char>('a' + random.below(26));
  for (uint64_t i = 0; i < 45000; ++i) {
    collection.texts.push_back(fmt::format("{:06}", i) + passage);
    collection.ranks.push_back({{}, i});
  }
  const std::vector<Span> spans = spans_of(collection, 50, 0);
  ASSERT_EQ(spans.size(), 44999U);
  for (uint64_t i = 0; i < spans.size(); ++i) {
    const auto& [index, begin, end] = spans[i];
    ASSERT_EQ(index, i + 1);
    ASSERT_LE(begin, 6U);  // some digits before it recur too
    ASSERT_EQ(end, 66U);
  }
}

TEST(ExactSubstrings, RemovesLaterCopiesAndSaysWhere) {
  const std::string passage =
      "이 규정은 국가기관의 정보시스템에 저장된 자료를 안전하게 보관하고 복구하는 데 필요한 사항을 정함을 목적으로 "
      "하며, "
      "각 기관은 이에 따라 세부 지침을 마련하여 시행하여야 한다.";
  const std::vector<data::Document> documents = {
      make_document("첫 문서. " + passage + " 첫 문서의 끝.", "a", "unknown"),
      make_document("둘째 문서다. " + passage + " 둘째의 끝.", "b", "MIT"),
      make_document("셋째는 다른 말을 한다.", "c")};
  const auto outcome = run_curate(documents, "exact_substrings: {length: 100}", {"exact_substrings"});
  ASSERT_EQ(outcome.kept.size(), 3U);
  // The copy with the known licence keeps the passage.
  EXPECT_EQ(outcome.kept[1].text, documents[1].text);
  EXPECT_EQ(outcome.kept[0].text.find("규정"), std::string::npos) << outcome.kept[0].text;
  EXPECT_EQ(outcome.kept[0].text.find("첫 문서"), 0U);
  EXPECT_TRUE(text::is_valid_utf8(outcome.kept[0].text));
  ASSERT_EQ(outcome.decisions.size(), 1U);
  const Json& decision = outcome.decisions[0];
  EXPECT_EQ(decision.at("kept"), documents[1].id);
  ASSERT_EQ(decision.at("removed").size(), 1U);
  EXPECT_NE(decision.at("removed")[0].at("text").get<std::string>().find("정보시스템"), std::string::npos);
  const std::string drop = "exact_substrings: {length: 100, action: drop, share: ";
  EXPECT_EQ(run_curate(documents, drop + "0.5}", {"exact_substrings"}).kept.size(), 2U);
  EXPECT_EQ(run_curate(documents, drop + "0.99}", {"exact_substrings"}).kept.size(), 3U);
}

TEST(ExactSubstrings, RunOnlyWhereTheyAreAskedFor) {
  const std::string text(400, 'x');
  EXPECT_EQ(
      run_curate({make_document("a " + text, "a"), make_document("b " + text, "b")}, "", {"none"}).report.funnel.size(),
      0U);
}

}  // namespace
}  // namespace moru::curate
