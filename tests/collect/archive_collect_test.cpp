// Archives through the whole of collecting: workers, limits, order.
#include <cstdlib>

#include "collect/archive_maker.h"
#include "collect/collected.h"
#include "core/error.h"

namespace moru::collect {
namespace {

using Lines = std::vector<std::string>;
using ArchiveCollect = CollectFolder;

/// Parses for seconds: each div looks through all that are open.
std::string slow_page() {
  std::string page = "<p>x";
  for (int i = 0; i < 300000; ++i) page += "<div>";
  return page;
}

TEST_F(ArchiveCollect, MembersHaveTheirAddressHashAndLicence) {
  const std::string bytes =
      make_archive({{"b.md", "# 하나\n\n둘\n"}, {"LICENSE", "MIT License\n"}, {"x.bin", "?"}}, kTar, "zstd");
  put("a.tar.zst", bytes);
  put("z.txt", "끝\n");
  const Collection c = collection_of(options());
  ASSERT_EQ(c.uris(), (Lines{"s/a.tar.zst!/b.md", "s/z.txt"}));
  const data::Document& d = c.documents[0];
  EXPECT_EQ(d.source.member, "b.md");
  EXPECT_EQ(d.source.file_hash, sha256(bytes));
  EXPECT_EQ(d.source.collector, "markdown/1");
  EXPECT_EQ(d.source.modified, "2020-09-13T12:26:40Z");
  EXPECT_EQ(d.licence.id, "MIT");
  EXPECT_EQ(d.licence.evidence, "s/a.tar.zst!/LICENSE:1");
  EXPECT_EQ(d.id, data::document_id(d));
  EXPECT_EQ(c.reasons(), (Lines{"s/a.tar.zst!/x.bin unknown-format"}));
  EXPECT_EQ(c.set_aside[0].at("source").at("member"), "x.bin");
  EXPECT_EQ(c.set_aside[0].at("source").at("file_hash"), sha256(bytes));
}

TEST_F(ArchiveCollect, AMemberThatTakesTooLongOrTooMuchCostsOnlyItself) {
  std::string hungry;
  for (int i = 0; i < 600000; ++i) hungry += "<p>x";
  put("a.zip", make_archive({{"1.html", "<p>하나</p>"},
                             {"2.html", slow_page()},
                             {"3.html", "<p>셋</p>"},
                             {"4.html", hungry},
                             {"5.html", "<p>다섯</p>"}},
                            kZip));
  put("b.html", "<p>끝</p>");
  Options o = options();
  o.seconds_per_file = 2.5;
  o.memory_per_worker = uint64_t{64} << 20;
  o.sources[0].extract.archive_ratio = 1e6;
  const Collection c = collection_of(o);
  EXPECT_EQ(c.uris(), (Lines{"s/a.zip!/1.html", "s/a.zip!/3.html", "s/a.zip!/5.html", "s/b.html"}));
  ASSERT_EQ(c.set_aside.size(), 2U);
  EXPECT_EQ(c.reasons()[0], "s/a.zip!/2.html time-limit");
  EXPECT_EQ(c.set_aside[1].at("document"), "s/a.zip!/4.html");  // on a busy machine its time may end first
}

TEST_F(ArchiveCollect, TheSameBytesForAnyNumberOfWorkers) {
  for (int a = 0; a < 3; ++a) {
    std::vector<ArchiveMember> members;
    for (int i = 0; i < 300; ++i)
      members.push_back(
          {fmt::format("{}.md", i), fmt::format("# {}\n\n{}\n", i, std::string(static_cast<size_t>(i) * 20 + 1, 'x'))});
    members.push_back({"../out.md", "밖\n"});
    members.push_back({"inner.zip", make_archive({{"a.txt", "안\n"}, {"b.txt", "\xFF"}}, kZip)});
    put(fmt::format("{}.tar.zst", a), make_archive(members, kTar, "zstd"));
    put(fmt::format("{}.txt", a), "글\n");
  }
  Lines bytes;
  for (const char* threads : {"1", "2", "5"}) {
    ::setenv("MORU_THREADS", threads, 1);
    const Collection c = collection_of(options());
    EXPECT_EQ(c.documents.size(), 3U * 302);
    EXPECT_EQ(c.set_aside.size(), 6U);
    bytes.push_back(c.bytes);
  }
  ::unsetenv("MORU_THREADS");
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
}

TEST_F(ArchiveCollect, ABombAmongFilesCostsOnlyItself) {
  put("a.txt", "하나\n");
  put("b.zip", make_archive({{"0.txt", "먼저\n"}, {"1.txt", std::string(64 << 20, '0')}}, kZip));
  put("c.txt", "셋\n");
  const Collection c = collection_of(options());
  EXPECT_EQ(c.uris(), (Lines{"s/a.txt", "s/b.zip!/0.txt", "s/c.txt"}));
  EXPECT_EQ(c.reasons(), (Lines{"s/b.zip archive-limit"}));
}

TEST_F(ArchiveCollect, AnArchiveMayBeLargerThanAFile) {
  Options o = options();
  o.max_file_bytes = 1000;
  o.sources[0].extract.member_bytes = 1000;
  std::vector<ArchiveMember> members;
  for (int i = 0; i < 10; ++i)
    members.push_back({fmt::format("{}.txt", i), std::string(500, static_cast<char>('a' + i))});
  put("a.tar", make_archive(members, kTar));
  put("b.txt", std::string(2000, 'x'));
  const Collection c = collection_of(o);
  EXPECT_EQ(c.documents.size(), 10U);
  EXPECT_EQ(c.reasons(), (Lines{"s/b.txt too-large"}));
}

TEST_F(ArchiveCollect, ALineOfAHundredMegabytes) {
  std::string line;
  line.reserve(101 << 20);
  while (line.size() < (100 << 20)) line += "한 줄로만 된 글 ";
  put("a.txt", line);
  put("b.txt", "둘\n");
  const Collection c = collection_of(options());
  EXPECT_EQ(c.documents.size() + c.set_aside.size(), 2U);
  EXPECT_EQ(c.uris().back(), "s/b.txt");
  if (c.documents.size() == 2) {
    EXPECT_GE(c.documents[0].text.size(), line.size() - 2);
  }
}

TEST_F(ArchiveCollect, TheKoreanPagesOfARealArchive) {
  const fs::path archive = fs::path(MORU_SOURCE_DIR) / "../shared/data/cpp-docs-ko.tar.zst";
  if (!fs::exists(archive)) return;  // not in every checkout
  Options o = options();
  o.sources[0].folder = fs::canonical(archive.parent_path());
  o.sources[0].include = {"cpp-docs-ko.tar.zst"};
  o.sources[0].extract.members = {"docs/c-runtime-library/reference/s*.md"};
  const Collection c = collection_of(o);
  EXPECT_GT(c.documents.size(), 100U);
  EXPECT_EQ(c.set_aside.size(), 0U);
  for (const data::Document& d : c.documents) {
    EXPECT_EQ(d.licence.id, "CC-BY-4.0");
    EXPECT_TRUE(d.source.member.starts_with("docs/")) << d.source.member;
  }
}

}  // namespace
}  // namespace moru::collect
