// How well personal data is found: on a labelled set of invented sentences, and on real pages that hold none.
#include <cstdio>

#include "core/file.h"
#include "personal_data_set.h"

namespace moru::curate {
namespace {

using testing::LabelledText;
using testing::PersonalDataSet;

struct Score {
  uint64_t labels = 0, found = 0, hits = 0, right = 0;
  double recall() const { return labels == 0 ? 1 : static_cast<double>(found) / static_cast<double>(labels); }
  double precision() const { return hits == 0 ? 1 : static_cast<double>(right) / static_cast<double>(hits); }
};
using Scores = std::array<Score, kPersonalDataKinds>;

/// A label is found if a match of its kind covers all of it; a match is right if it touches a label of its kind.
void score(const LabelledText& text, Scores& scores) {
  const std::vector<PersonalData> hits = find_personal_data(text.text);
  for (const LabelledText::Label& label : text.labels) {
    Score& s = scores[static_cast<size_t>(label.kind)];
    ++s.labels;
    s.found += std::ranges::any_of(hits, [&](const PersonalData& hit) {
      return hit.kind == label.kind && hit.range.begin <= label.range.begin && hit.range.end >= label.range.end;
    });
  }
  for (const PersonalData& hit : hits) {
    const std::string found = text.text.substr(hit.range.begin, hit.range.end - hit.range.begin);
    if (hit.kind == PersonalDataKind::ip_address && !is_public_address(found)) continue;
    Score& s = scores[static_cast<size_t>(hit.kind)];
    ++s.hits;
    s.right += std::ranges::any_of(text.labels, [&](const LabelledText::Label& label) {
      return hit.kind == label.kind && hit.range.begin < label.range.end && label.range.begin < hit.range.end;
    });
  }
}

TEST(PersonalDataQuality, PrecisionAndRecallOnALabelledSet) {
  constexpr int kEach = 400;
  constexpr int kNegatives = 5000;
  PersonalDataSet set(11);
  Scores scores{};
  for (size_t kind = 0; kind < kPersonalDataKinds; ++kind)
    for (int i = 0; i < kEach; ++i) score(set.positive(static_cast<PersonalDataKind>(kind)), scores);
  for (int i = 0; i < kNegatives; ++i) score(set.negative(), scores);
  fmt::print("kind                 labels  recall  matches  precision\n");
  for (size_t i = 0; i < kPersonalDataKinds; ++i) {
    const Score& s = scores[i];
    const std::string_view name = name_of(static_cast<PersonalDataKind>(i));
    fmt::print("{:<20} {:>6} {:>7.3f} {:>8} {:>10.3f}\n", name, s.labels, s.recall(), s.hits, s.precision());
    EXPECT_GE(s.labels, static_cast<uint64_t>(kEach)) << name;
    EXPECT_GE(s.recall(), 0.98) << name;
    EXPECT_GE(s.precision(), 0.98) << name;
  }
}

TEST(PersonalDataQuality, WhatNothingAnnouncesIsLeftToTheWideNet) {
  // Names without a title, accounts without a bank: not found, by design, and the estimate of the risk says so.
  PersonalDataSet set(12);
  Scores scores{};
  for (int i = 0; i < 200; ++i) score(set.bare(), scores);
  const Score& names = scores[static_cast<size_t>(PersonalDataKind::name)];
  EXPECT_GT(names.labels, 0U);
  EXPECT_EQ(names.hits, names.right);
}

/// The regular files of a tar stream, each given to use(contents).
void for_each_file(std::string_view tar, const std::function<void(std::string_view)>& use) {
  constexpr size_t kBlock = 512;
  for (size_t p = 0; p + kBlock <= tar.size() && tar[p] != '\0';) {
    const uint64_t size = std::strtoull(std::string(tar.substr(p + 124, 12)).c_str(), nullptr, 8);
    if (tar[p + 156] == '0' || tar[p + 156] == '\0') use(tar.substr(p + kBlock, size));
    p += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
}

TEST(PersonalDataQuality, TechnicalPagesHoldNothingFalse) {
  // 9,560 Korean pages about C++: versions, constants, code, and millions of words that look like names. Every match
  // was looked at: all but one name (the tool "Dr. Watson") are examples of persons' data in the pages.
  const fs::path archive = "../shared/data/cpp-docs-ko.tar.zst";
  const fs::path root = fs::path(MORU_SOURCE_DIR) / archive;
  if (!fs::exists(root)) return;
  std::FILE* pipe = popen(("zstd -dc '" + root.string() + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string tar;
  std::vector<char> buffer(1 << 20);
  for (size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) tar.append(buffer.data(), n);
  ASSERT_EQ(pclose(pipe), 0);
  std::array<uint64_t, kPersonalDataKinds> counts{};
  uint64_t files = 0;
  for_each_file(tar, [&](std::string_view text) {
    ++files;
    for (const PersonalData& hit : find_personal_data(text)) {
      const std::string_view found = text.substr(hit.range.begin, hit.range.end - hit.range.begin);
      if (hit.kind == PersonalDataKind::ip_address && !is_public_address(found)) continue;
      ++counts[static_cast<size_t>(hit.kind)];
    }
  });
  EXPECT_GT(files, 9000U);
  const auto count = [&](PersonalDataKind kind) { return counts[static_cast<size_t>(kind)]; };
  using K = PersonalDataKind;
  EXPECT_LE(count(K::email), 7U);
  EXPECT_LE(count(K::ip_address), 8U);
  EXPECT_LE(count(K::phone), 6U);
  EXPECT_LE(count(K::address), 4U);
  EXPECT_LE(count(K::name), 3U);
  for (const K kind : {K::resident_number, K::foreigner_number, K::business_number, K::corporate_number,
                       K::driver_licence, K::passport, K::card, K::bank_account})
    EXPECT_EQ(count(kind), 0U) << name_of(kind);
}

}  // namespace
}  // namespace moru::curate
