#include <random>

#include "collect/archive_maker.h"
#include "collect/extract.h"
#include "collect/extractor.h"

namespace moru::collect {
namespace {

std::vector<std::string> members_of(const Output& output) {
  std::vector<std::string> out;
  for (const data::Document& d : output.documents) out.push_back(d.source.member + ": " + d.text);
  return out;
}

std::vector<std::string> problems_of(const Output& output) {
  std::vector<std::string> out;
  for (const Unreadable& u : output.set_aside) out.push_back(u.member() + " " + u.reason());
  return out;
}

/// The reason that ends the reading, or "none".
std::string reason_of(std::string_view path, std::string_view bytes, Output& output, const FolderSource& source = {}) {
  const Extractor* const extractor = extractor_for(path);
  EXPECT_NE(extractor, nullptr);
  try {
    extractor->extract({path, bytes, {0, bytes.size()}, source}, output);
  } catch (const Unreadable& problem) {
    return problem.reason();
  }
  return "none";
}

const std::vector<ArchiveMember> kThree = {
    {"문서/가.md", "# 하나\n\n글\n"}, {"b.txt", "둘\n"}, {"c/d.html", "<p>셋</p>"}};
const Lines kThreeRead = {"문서/가.md: # 하나\n\n글\n", "b.txt: 둘\n", "c/d.html: 셋\n"};

TEST(Archive, EveryFormatGivesItsMembers) {
  const std::vector<std::tuple<std::string, const char*, std::string>> formats = {
      {"a.zip", kZip, ""},          {"a.tar", kTar, ""},      {"a.tar.gz", kTar, "gzip"},
      {"a.tgz", kTar, "gzip"},      {"a.tar.xz", kTar, "xz"}, {"a.tar.zst", kTar, "zstd"},
      {"a.tar.bz2", kTar, "bzip2"}, {"a.7z", k7z, ""},        {"A.TAR.GZ", "gnutar", "gzip"}};
  for (const auto& [path, format, filter] : formats) {
    const std::string bytes = make_archive(kThree, format, filter);
    const Output output = extract(path, bytes);
    Lines expected = kThreeRead;
    Lines found = members_of(output);
    std::ranges::sort(expected);
    std::ranges::sort(found);  // 7z has an order of its own
    EXPECT_EQ(found, expected) << path;
    EXPECT_TRUE(output.set_aside.empty()) << path;
    for (const data::Document& d : output.documents) EXPECT_EQ(d.source.modified, "2020-09-13T12:26:40Z") << path;
  }
}

TEST(Archive, ASingleCompressedFileIsReadByTheNameWithoutItsEnding) {
  for (const auto& [ending, filter] : std::vector<std::pair<std::string, std::string>>{
           {".gz", "gzip"}, {".xz", "xz"}, {".zst", "zstd"}, {".bz2", "bzip2"}}) {
    const Output output = extract("folder/notes.md" + ending, compressed("# 제목\n\n글\n", filter));
    EXPECT_EQ(members_of(output), (Lines{"notes.md: # 제목\n\n글\n"})) << ending;
    EXPECT_EQ(output.documents.at(0).source.collector, "markdown/1");
  }
}

TEST(Archive, ArchivesInArchives) {
  const std::string inner = make_archive({{"x.txt", "안\n"}, {"no.bin", "?"}}, kZip);
  const std::string bytes = make_archive({{"a/inner.zip", inner}, {"b.txt", "밖\n"}}, kTar, "zstd");
  const Output output = extract("o.tar.zst", bytes);
  EXPECT_EQ(members_of(output), (Lines{"a/inner.zip!/x.txt: 안\n", "b.txt: 밖\n"}));
  EXPECT_EQ(problems_of(output), (Lines{"a/inner.zip!/no.bin unknown-format"}));
}

TEST(Archive, WhatIsNoPlainMemberIsSetAsideAndTheRestGoesOn) {
  const std::string bytes = make_archive({{"a.txt", "하나\n"},
                                          {"../out.txt", "밖"},
                                          {"x/../../out.txt", "밖"},
                                          {"/etc/out.txt", "밖"},
                                          {"C:\\out.txt", "밖"},
                                          {"link.txt", "", AE_IFLNK, "a.txt"},
                                          {"hard.txt", "", AE_IFREG, "a.txt"},
                                          {"pipe.txt", "", AE_IFIFO},
                                          {"device.txt", "", AE_IFCHR},
                                          {"z.txt", "끝\n"}},
                                         kTar);
  const Output output = extract("a.tar", bytes);
  EXPECT_EQ(members_of(output), (Lines{"a.txt: 하나\n", "z.txt: 끝\n"}));
  EXPECT_EQ(problems_of(output), (Lines{"../out.txt leaves-folder", "x/../../out.txt leaves-folder",
                                        "/etc/out.txt leaves-folder", "C:/out.txt leaves-folder", "link.txt not-a-file",
                                        "hard.txt not-a-file", "pipe.txt not-a-file", "device.txt not-a-file"}));
}

TEST(Archive, EncryptedMembersAreSetAside) {
  const Output output = extract(
      "a.zip", make_archive({{"a.txt", "비밀\n"}, {"b.txt", "비밀\n"}}, kZip, "", "zip:encryption=traditional"));
  EXPECT_TRUE(output.documents.empty());
  EXPECT_EQ(problems_of(output), (Lines{"a.txt encrypted", "b.txt encrypted"}));
}

TEST(Archive, NamesInCp949AndBackslashes) {
  // As Korean Windows writes it: CP949 without the flag for UTF-8.
  const std::string zip = make_archive({{"한글\\문서.txt", "글\n"}}, kZip, "", "zip:hdrcharset=CP949");
  ASSERT_EQ(zip.find("한글"), std::string::npos);
  EXPECT_EQ(members_of(extract("a.zip", zip)), (Lines{"한글/문서.txt: 글\n"}));
}

TEST(Archive, ANameThatStandsThereTwiceKeepsBoth) {
  const Output output = extract("a.tar", make_archive({{"a.txt", "옛\n"}, {"a.txt", "새\n"}, {"a.txt", "또\n"}}, kTar));
  EXPECT_EQ(members_of(output), (Lines{"a.txt: 옛\n", "a.txt#2: 새\n", "a.txt#3: 또\n"}));
}

TEST(Archive, MembersAndExcludeChoose) {
  const std::string bytes = make_archive(
      {{"docs/a.md", "하나\n"}, {"docs/drafts/b.md", "둘\n"}, {"src/c.md", "셋\n"}, {"docs/.hidden/d.md", "넷\n"}},
      kTar, "gzip");
  FolderSource source;
  source.extract.members = {"docs/**/*.md"};
  source.exclude = {"**/drafts/**"};
  EXPECT_EQ(members_of(extract("a.tar.gz", bytes, source)), (Lines{"docs/a.md: 하나\n"}));
}

TEST(Archive, LicenceFilesHoldForWhatLiesBeneathThem) {
  const std::string bytes = make_archive({{"a.md", "하나\n"},
                                          {"sub/b.md", "둘\n"},
                                          {"sub/LICENSE", "MIT License\n"},
                                          {"sub/inner.zip", make_archive({{"c.md", "셋\n"}}, kZip)},
                                          {"LICENSE", "first line\nSPDX-License-Identifier: CC-BY-4.0\n"}},
                                         kTar, "zstd");
  Output output = extract("a.tar.zst", bytes);
  ASSERT_EQ(output.documents.size(), 3U);
  EXPECT_EQ(output.documents[0].licence.id, "CC-BY-4.0");
  EXPECT_EQ(output.documents[0].licence.evidence, "!/LICENSE:2");
  EXPECT_EQ(output.documents[1].licence.id, "MIT");
  EXPECT_EQ(output.documents[2].source.member, "sub/inner.zip!/c.md");
  EXPECT_EQ(output.documents[2].licence.evidence, "!/sub/LICENSE:1");
  FolderSource source;
  source.licence = "Apache-2.0";  // the recipe's word is the caller's to apply
  output = extract("a.tar.zst", bytes, source);
  ASSERT_EQ(output.documents.size(), 3U);
  EXPECT_EQ(output.documents[1].licence.id, "");
}

TEST(Archive, BombsEndWithTheLimit) {
  FolderSource source;
  const std::string zeros(64 << 20, '0');
  Output output;
  EXPECT_EQ(reason_of("a.txt.gz", compressed(zeros, "gzip"), output, source), "archive-limit");
  // 16 archives in each of 16 archives: small files that add up.
  const std::string bottom = make_archive({{"0.txt", std::string(1 << 20, '0')}}, kZip);
  std::vector<ArchiveMember> many;
  for (int i = 0; i < 16; ++i) many.push_back({fmt::format("{}.zip", i), bottom});
  const std::string middle = make_archive(many, kZip);
  many.clear();
  for (int i = 0; i < 16; ++i) many.push_back({fmt::format("{}.zip", i), middle});
  const auto begin = std::chrono::steady_clock::now();
  output = {};
  EXPECT_EQ(reason_of("42.zip", make_archive(many, kZip, "", "zip:compression=deflate"), output, source),
            "archive-limit");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_LT(output.documents.size(), 100U);
  // An archive that holds itself, as far as anyone can tell.
  std::string nested = make_archive({{"end.txt", "끝\n"}}, kTar);
  for (int i = 0; i < 8; ++i) nested = compressed(make_archive({{"self.tar.gz", nested}}, kTar), "gzip");
  output = {};
  EXPECT_EQ(reason_of("self.tar.gz", nested, output, source), "none");
  EXPECT_TRUE(output.documents.empty());
  ASSERT_EQ(output.set_aside.size(), 1U);
  EXPECT_EQ(output.set_aside[0].reason(), "archive-limit");
  // Many empty entries.
  std::vector<ArchiveMember> entries;
  for (int i = 0; i < 2000; ++i) entries.push_back({fmt::format("{}", i), ""});
  source.extract.archive_entries = 1000;
  output = {};
  EXPECT_EQ(reason_of("many.tar.gz", make_archive(entries, kTar, "gzip"), output, source), "archive-limit");
}

TEST(Archive, ALargeMemberIsSetAsideAndTheRestGoesOn) {
  FolderSource source;
  source.extract.member_bytes = 1000;
  const std::string bytes = make_archive({{"big.txt", std::string(5000, 'x')}, {"b.txt", "둘\n"}}, kTar, "zstd");
  const Output output = extract("a.tar.zst", bytes, source);
  EXPECT_EQ(members_of(output), (Lines{"b.txt: 둘\n"}));
  EXPECT_EQ(problems_of(output), (Lines{"big.txt too-large"}));
}

TEST(Archive, DamageKeepsWhatCameBeforeIt) {
  std::vector<ArchiveMember> members;
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) {
    std::string text;
    for (int c = 0; c < 20000; ++c) text += static_cast<char>('a' + random() % 26);
    members.push_back({fmt::format("{:02}.txt", i), text});
  }
  const std::string whole = make_archive(members, kTar, "gzip");
  Output output;
  EXPECT_EQ(reason_of("a.tar.gz", whole.substr(0, whole.size() / 2), output), "damaged");
  EXPECT_GT(output.documents.size(), 10U);
  EXPECT_LT(output.documents.size(), 30U);
  // In a ZIP only the member with the wrong byte is lost.
  std::string zip = make_archive({{"a.txt", "aaaaaaaaaa"}, {"b.txt", "bbbbbbbbbb"}, {"c.txt", "cccccccccc"}}, kZip, "",
                                 "zip:compression=store");
  zip[zip.find("bbbbb") + 3] = 'x';
  output = {};
  EXPECT_EQ(reason_of("a.zip", zip, output), "none");
  EXPECT_EQ(members_of(output), (Lines{"a.txt: aaaaaaaaaa\n", "c.txt: cccccccccc\n"}));
  EXPECT_EQ(problems_of(output), (Lines{"b.txt damaged"}));
  for (const std::string_view junk : {"", "no archive at all", "PK\3\4"}) {
    output = {};
    EXPECT_NE(reason_of("a.zip", junk, output), "none") << junk;
  }
}

}  // namespace
}  // namespace moru::collect
