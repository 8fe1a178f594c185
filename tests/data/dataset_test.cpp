#include "data/dataset.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/random.h"

namespace moru::data {
namespace {

void write_dataset(const fs::path& folder, int count) {
  DatasetWriter writer(folder, "sample/1");
  for (int i = 0; i < count; ++i) writer.add({{"number", i}, {"text", "한글 텍스트"}});
  writer.finish({{"rule", "none"}});
}

std::vector<int> numbers(const DatasetReader& reader) {
  std::vector<int> found;
  reader.for_each([&](const Json& record, std::string_view) { found.push_back(record.at("number").get<int>()); });
  return found;
}

TEST(Dataset, ReadsBackWhatWasWrittenInItsOrder) {
  const TemporaryDirectory folder;
  write_dataset(folder.path() / "d", 1000);
  const DatasetReader reader(folder.path() / "d", "sample/1");
  EXPECT_EQ(reader.count(), 1000U);
  const std::vector<int> found = numbers(reader);
  ASSERT_EQ(found.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(found));
  EXPECT_EQ(reader.manifest().at("facts").at("rule"), "none");
  EXPECT_NO_THROW(reader.verify());
}

TEST(Dataset, EqualRecordsGiveEqualBytes) {
  const TemporaryDirectory folder;
  write_dataset(folder.path() / "a", 500);
  write_dataset(folder.path() / "b", 500);
  EXPECT_EQ(sha256_tree(folder.path() / "a"), sha256_tree(folder.path() / "b"));
}

TEST(Dataset, AnEmptyOneIsADataset) {
  const TemporaryDirectory folder;
  write_dataset(folder.path() / "d", 0);
  EXPECT_TRUE(numbers(DatasetReader(folder.path() / "d", "sample/1")).empty());
}

TEST(Dataset, LargeOnesAreSplitIntoShards) {
  const TemporaryDirectory folder;
  const std::string text(1 << 20, 'a');
  {
    DatasetWriter writer(folder.path() / "d", "sample/1");
    for (int i = 0; i < 70; ++i) writer.add({{"number", i}, {"text", text}});
    writer.finish(Json::object());
  }
  const DatasetReader reader(folder.path() / "d", "sample/1");
  EXPECT_EQ(reader.manifest().at("shards").size(), 2U);
  EXPECT_EQ(numbers(reader).size(), 70U);
}

TEST(Dataset, AKilledWriterLeavesNothingThatReadsAsADataset) {
  const TemporaryDirectory folder;
  {
    DatasetWriter writer(folder.path() / "d", "sample/1");
    writer.add({{"number", 1}});
  }
  EXPECT_THROW(DatasetReader(folder.path() / "d", "sample/1"), Error);
}

TEST(Dataset, AnotherSchemaIsRefused) {
  const TemporaryDirectory folder;
  write_dataset(folder.path() / "d", 1);
  EXPECT_THROW(DatasetReader(folder.path() / "d", kDocumentSchema), Error);
}

TEST(Dataset, DamageIsAnErrorThatNamesTheShard) {
  const TemporaryDirectory folder;
  const fs::path shard = folder.path() / "d" / "00000.jsonl.zst";
  const auto expect_error = [&](const std::string& what) {
    try {
      const DatasetReader reader(folder.path() / "d", "sample/1");
      numbers(reader);
      ADD_FAILURE() << "no error: " << what;
    } catch (const Error& error) {
      EXPECT_NE(error.place().find(folder.path().string()), std::string::npos) << what;
    }
  };
  write_dataset(folder.path() / "d", 1000);
  const std::string whole = read_file(shard);
  write_file_atomic(shard, whole.substr(0, whole.size() / 2));
  expect_error("cut short");
  write_file_atomic(shard, "");
  expect_error("empty");
  std::string changed = whole;
  changed[changed.size() / 2] ^= 1;
  write_file_atomic(shard, changed);
  expect_error("a flipped bit");
  EXPECT_THROW(DatasetReader(folder.path() / "d", "sample/1").verify(), Error);
  fs::remove(shard);
  expect_error("missing");
}

TEST(Dataset, ADamagedManifestIsAnError) {
  const TemporaryDirectory folder;
  const fs::path manifest = folder.path() / "d" / "manifest.json";
  for (const char* text :
       {"", "[]", R"({"schema": "sample/1"})", R"({"schema": "sample/1", "count": "many"})",
        R"({"schema": "sample/1", "count": 1})", R"({"schema": "sample/1", "count": 1, "shards": 3})",
        R"({"schema": "sample/1", "count": 1, "shards": [7]})"}) {
    make_directories(folder.path() / "d");
    write_file_atomic(manifest, text);
    EXPECT_THROW(numbers(DatasetReader(folder.path() / "d", "sample/1")), Error) << text;
    EXPECT_THROW(DatasetReader(folder.path() / "d", "sample/1").verify(), Error) << text;
  }
}

TEST(Dataset, TheBytesDoNotDependOnTheThreads) {
  Random random(8);
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int word = 0; word < 700; ++word) text += fmt::format("{} ", random.below(5000));
    lines.push_back(dump_json({{"text", text}}));
  }
  std::vector<std::string> manifests;
  for (const char* threads : {"1", "2", "5"}) {
    ::setenv("MORU_THREADS", threads, 1);
    const TemporaryDirectory folder;
    DatasetWriter writer(folder.path(), "t/1");
    for (const std::string& line : lines) writer.add_line(line);
    writer.finish(Json::object());
    const DatasetReader reader(folder.path(), "t/1");
    reader.verify();
    manifests.push_back(dump_json(reader.manifest()));
    size_t number = 0;
    reader.for_each_line([&](std::string_view line, const RecordPlace&) { EXPECT_TRUE(line == lines[number++]); });
    EXPECT_EQ(number, lines.size());
  }
  ::unsetenv("MORU_THREADS");
  EXPECT_EQ(manifests[0], manifests[1]);
  EXPECT_EQ(manifests[0], manifests[2]);
}

}  // namespace
}  // namespace moru::data
