// What nobody has written to since the last run is not read again, and the bytes are those of a fresh run.
#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "collect/collect.h"
#include "collect/collected.h"
#include "collect/hash_cache.h"
#include "collect/result_cache.h"
#include "core/error.h"

namespace moru::collect {
namespace {

class Unchanging : public ::testing::Test {
 protected:
  void put(const std::string& path, std::string_view bytes) const {
    make_directories((folder.path() / "in" / path).parent_path());
    std::ofstream(folder.path() / "in" / path, std::ios::binary) << bytes;
  }
  /// So that files count as settled.
  static void let_time_pass() { std::this_thread::sleep_for(std::chrono::milliseconds(80)); }

  Options options(bool with_store = true) const {
    Options o;
    Source source;
    source.name = "s";
    source.folder = folder.path() / "in";
    source.place = "recipe.yaml:2";
    o.sources = {source};
    if (with_store) o.store = folder.path() / "store";
    return o;
  }
  Collection gathered(const Options& o) const {
    SilentProgress silent;
    gather(o, false, silent);
    return collection_of(o);
  }
  TemporaryDirectory folder;
};

TEST_F(Unchanging, OnlyTheChangedFileIsReadAgainAndTheBytesAreThoseOfAFreshRun) {
  for (int i = 0; i < 50; ++i) put(fmt::format("{:02}.md", i), fmt::format("# 제목 {}\n\n글 {}\n", i, i));
  put("bad.txt", "\xFF\xFE\xFA");
  let_time_pass();
  const Collection first = gathered(options());
  EXPECT_EQ(first.report.unchanged.read, 51U);
  EXPECT_EQ(first.report.unchanged.known, 0U);
  const Collection again = gathered(options());
  EXPECT_EQ(again.report.unchanged.read, 0U);
  EXPECT_EQ(again.report.unchanged.known, 51U);
  EXPECT_EQ(again.bytes, first.bytes);
  EXPECT_EQ(again.report.facts, first.report.facts);
  put("07.md", "# 다른 제목\n\n다른 글\n");
  let_time_pass();
  const Collection changed = gathered(options());
  EXPECT_EQ(changed.report.unchanged.read, 1U);
  EXPECT_EQ(changed.report.unchanged.known, 50U);
  EXPECT_NE(changed.bytes, first.bytes);
  EXPECT_EQ(changed.bytes, collection_of(options(false)).bytes);
}

TEST_F(Unchanging, AnotherLicenceOrSettingReadsAgain) {
  put("a.md", "글\n");
  put("b.jsonl", "{\"text\": \"하나\", \"memo\": \"둘\"}\n");
  let_time_pass();
  gathered(options());
  Options o = options();
  o.sources[0].licence = "MIT";
  const Collection licensed = gathered(o);
  EXPECT_EQ(licensed.report.unchanged.read, 2U);
  EXPECT_EQ(licensed.documents[0].licence.id, "MIT");
  o.sources[0].text_field = "memo";
  EXPECT_EQ(gathered(o).documents[1].text, "둘\n");
}

TEST_F(Unchanging, AFileWrittenWithTheSameSizeAndTimeIsSeenByItsChangeTime) {
  put("a.md", "하나\n");
  let_time_pass();
  SilentProgress silent;
  const std::string before = gather(options(), false, silent);
  struct stat info {};
  ASSERT_EQ(::stat((folder.path() / "in/a.md").c_str(), &info), 0);
  put("a.md", "두울\n");
  const timespec times[2] = {info.st_atim, info.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, (folder.path() / "in/a.md").c_str(), times, 0), 0);
  EXPECT_NE(gather(options(), false, silent), before);
}

TEST_F(Unchanging, WhatWasJustWrittenIsNotTrustedYet) {
  FileIdentity id;
  id.modified_ns = id.changed_ns = 5'000'000'123;
  EXPECT_FALSE(HashCache::is_settled(id, id.modified_ns));
  EXPECT_FALSE(HashCache::is_settled(id, id.modified_ns + 10'000'000));
  EXPECT_TRUE(HashCache::is_settled(id, id.modified_ns + 60'000'000));
  id.modified_ns = id.changed_ns = 5'000'000'000;  // a file system that counts in seconds
  EXPECT_FALSE(HashCache::is_settled(id, id.modified_ns + 2'000'000'000));
  EXPECT_TRUE(HashCache::is_settled(id, id.modified_ns + 4'000'000'000));
}

TEST_F(Unchanging, TheHashIsTakenFromTheStoreAndNotFromTheFile) {
  put("a.md", "하나\n");
  let_time_pass();
  SilentProgress silent;
  gather(options(), false, silent);
  // A store that says another hash shows that the file is not read.
  std::string hashes = read_file(folder.path() / "store/hashes");
  hashes.replace(hashes.find(sha256("하나\n")), 64, std::string(64, 'a'));
  write_file_atomic(folder.path() / "store/hashes", hashes);
  EXPECT_EQ(collection_of(options()).documents[0].source.file_hash, std::string(64, 'a'));
  write_file_atomic(folder.path() / "store/hashes", "no cache at all");
  EXPECT_EQ(collection_of(options()).documents[0].source.file_hash, sha256("하나\n"));
}

TEST_F(Unchanging, APlanWritesNothing) {
  put("a.md", "하나\n");
  input_hash(options());
  EXPECT_FALSE(fs::exists(folder.path() / "store"));
}

TEST_F(Unchanging, DamagedResultsAreReadAgain) {
  for (int i = 0; i < 20; ++i) put(fmt::format("{:02}.md", i), fmt::format("# 제목 {}\n\n글 {}\n", i, i));
  let_time_pass();
  const Collection first = gathered(options());
  std::vector<fs::path> packs;
  for (const auto& entry : fs::directory_iterator(folder.path() / "store/results")) packs.push_back(entry.path());
  ASSERT_EQ(packs.size(), 1U);
  std::string bytes = read_file(packs[0]);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);  // in the first record
  bytes.resize(bytes.size() - 5);                  // and the last is cut, as by a kill
  write_file_atomic(packs[0], bytes);
  const Collection again = gathered(options());
  EXPECT_EQ(again.report.unchanged.read, 2U);
  EXPECT_EQ(again.bytes, first.bytes);
}

TEST(ResultCaching, WhatWasNotUsedGoesAndTheRestStays) {
  const TemporaryDirectory folder;
  const std::string large(50'000, 'x');
  const auto bytes = [&] {
    uint64_t sum = 0;
    for (const auto& entry : fs::directory_iterator(folder.path())) sum += entry.file_size();
    return sum;
  };
  std::string noise;  // does not pack
  for (uint64_t i = 0; i < 4000; ++i) noise += sha256(std::to_string(i)).substr(0, 32);
  {
    ResultCache cache(folder.path(), 1 << 30);
    for (int i = 0; i < 10; ++i) cache.put(std::to_string(i), std::to_string(i) + noise);
    cache.put("large", large);
    cache.finish();
  }
  const uint64_t all = bytes();
  {
    ResultCache cache(folder.path(), 1 << 30);
    for (int i = 0; i < 7; ++i) EXPECT_EQ(cache.find(std::to_string(i)).value_or(""), std::to_string(i) + noise);
    EXPECT_FALSE(cache.find("none"));
    cache.finish();
  }
  EXPECT_EQ(bytes(), all);  // more than half of it is used: not worth writing anew
  {
    ResultCache cache(folder.path(), 1 << 30);
    EXPECT_EQ(cache.find("3").value_or(""), "3" + noise);
    EXPECT_EQ(cache.find("large").value_or(""), large);
    cache.put("new", "새것");
    cache.finish();
  }
  EXPECT_LT(bytes(), all / 5);
  ResultCache cache(folder.path(), 1 << 30);
  EXPECT_EQ(cache.find("3").value_or(""), "3" + noise);
  EXPECT_EQ(cache.find("new").value_or(""), "새것");
  EXPECT_FALSE(cache.has("4"));
}

TEST(ResultCaching, ItStopsAtItsSizeAndAtAFullDisk) {
  const TemporaryDirectory folder;
  {
    ResultCache cache(folder.path(), 1000);
    for (int i = 0; i < 100; ++i) cache.put(std::to_string(i), sha256(std::to_string(i)));
    cache.finish();
  }
  uint64_t sum = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) sum += entry.file_size();
  EXPECT_LE(sum, 1000U);
  EXPECT_GT(sum, 500U);
  const TemporaryDirectory other;
  write_file_atomic(other.path() / "file", "");
  ResultCache cache(other.path() / "file" / "results", 1000);  // cannot be made
  cache.put("a", "b");
  cache.finish();
}

}  // namespace
}  // namespace moru::collect
