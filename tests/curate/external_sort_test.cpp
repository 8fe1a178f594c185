#include "curate/external_sort.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/error.h"
#include "core/file.h"
#include "core/random.h"
#include "helper.h"

namespace moru::curate {
namespace {

struct Entry {
  uint64_t key = 0, index = 0;
  bool operator<(const Entry& other) const { return std::tie(key, index) < std::tie(other.key, other.index); }
  bool operator==(const Entry&) const = default;
};

std::vector<Entry> sorted_by(size_t count, uint64_t memory, bool& spilled) {
  Random random(11);
  ExternalSort<Entry> sort({{}, memory});
  for (size_t i = 0; i < count; ++i) sort.add({random.below(count / 2 + 1), i});
  spilled = sort.spilled();
  EXPECT_EQ(sort.count(), count);
  std::vector<Entry> result;
  sort.drain([&](const Entry& entry) { result.push_back(entry); });
  EXPECT_EQ(sort.count(), 0U);
  return result;
}

TEST(ExternalSort, IsTheSameForAnyMemoryAndThreads) {
  for (const size_t count : {size_t{0}, size_t{1}, size_t{1000}, size_t{200000}}) {
    bool spilled = true;
    const std::vector<Entry> whole = sorted_by(count, uint64_t{1} << 30, spilled);
    EXPECT_FALSE(spilled);
    EXPECT_TRUE(std::ranges::is_sorted(whole, [](const Entry& a, const Entry& b) { return a < b; }));
    EXPECT_EQ(whole.size(), count);
    for (const char* threads : {"1", "3"}) {
      ::setenv("MORU_THREADS", threads, 1);
      EXPECT_EQ(sorted_by(count, count * sizeof(Entry) / 7, spilled), whole);
      EXPECT_EQ(spilled, count >= 1000);
    }
    ::unsetenv("MORU_THREADS");
  }
}

TEST(Scratch, ReadsBackFromMemoryAndFile) {
  const TemporaryDirectory folder;
  Random random(2);
  for (const uint64_t memory : {uint64_t{0}, uint64_t{1000}, uint64_t{1} << 30}) {
    ScratchFile file(folder.path(), memory);
    std::string all;
    for (int i = 0; i < 300; ++i) {
      const std::string piece(random.below(50), static_cast<char>('a' + i % 26));
      EXPECT_EQ(file.append(piece), all.size());
      all += piece;
    }
    EXPECT_EQ(file.spilled(), memory < all.size());
    for (int i = 0; i < 50; ++i) {
      const uint64_t begin = random.below(all.size());
      std::string part(random.below(all.size() - begin), '\0');
      file.read(begin, part.data(), part.size());
      EXPECT_EQ(part, all.substr(begin, part.size()));
    }
    ScratchTexts texts({folder.path(), memory});
    for (const std::string text : {"", "하나", "둘"}) texts.add(text);
    EXPECT_EQ(texts.at(0) + "|" + texts.at(1) + "|" + texts.at(2), "|하나|둘");
  }
  // No names are left, and none were seen: what a killed run leaves is nothing.
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

struct Row {
  uint64_t index = 0, value = 0;
};

TEST(Scratch, TablesFindWhatIsThere) {
  for (const uint64_t memory : {uint64_t{0}, uint64_t{1} << 20}) {
    ScratchTable<Row> table({{}, memory});
    for (uint64_t i = 0; i < 1000; ++i) table.add({3 * i + 1, i});
    Row row;
    for (uint64_t i = 0; i < 3005; ++i) {
      ASSERT_EQ(table.find(i, row), i % 3 == 1 && i < 3000) << i;
      if (i % 3 == 1 && i < 3000) {
        EXPECT_EQ(row.value, i / 3);
      }
    }
  }
  EXPECT_FALSE(ScratchTable<Row>(Resources{}).count());
  Row row;
  EXPECT_FALSE(ScratchTable<Row>(Resources{}).find(0, row));
}

TEST(Scratch, AFullDiskIsAnErrorThatSaysSo) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int status = 1;
    try {
      ScratchFile file({}, 0);
      for (int i = 0; i < 8; ++i) file.append(std::string(1 << 19, 'x'));
    } catch (const Error& error) {
      status = error.mend().empty() ? 2 : 0;
    }
    ::_exit(status);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_THROW(ScratchFile("/no/such/folder", 0).append(std::string(3 << 20, 'x')), Error);
}

}  // namespace
}  // namespace moru::curate
