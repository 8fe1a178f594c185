#include "core/file.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "core/error.h"

namespace moru {
namespace {

void write_plain(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(File, WritesWholeAndReplaces) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "a";
  write_file_atomic(path, "first");
  write_file_atomic(path, std::string("with\0zero", 9));
  EXPECT_EQ(read_file(path), std::string("with\0zero", 9));
  EXPECT_EQ(list_files(folder.path()).size(), 1U) << "no file is left beside";
}

TEST(File, UncommittedWritesLeaveTheOldFile) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "a";
  write_file_atomic(path, "old");
  {
    AtomicFile file(path);
    file.write(std::string(3 << 20, 'x'));  // larger than the buffer, so that bytes reach the disk
    EXPECT_EQ(file.size(), uint64_t{3} << 20);
  }
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(list_files(folder.path()).size(), 1U);
}

TEST(File, ManySmallWritesAndOneLargeKeepTheirOrder) {
  const TemporaryDirectory folder;
  std::string expected;
  AtomicFile file(folder.path() / "a");
  for (int i = 0; i < 3000; ++i) {
    const std::string piece = i == 1500 ? std::string(2 << 20, 'L') : fmt::format("{};", i);
    expected += piece;
    file.write(piece);
  }
  file.commit();
  EXPECT_EQ(read_file(folder.path() / "a"), expected);
}

TEST(File, AFullDiskIsAnErrorThatKeepsTheOldFile) {
  // A limit on file size stands for the full disk: write() fails at the same place. In a child, as it cannot be lifted.
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "a";
  write_file_atomic(path, "old");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 16, 1 << 16};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      write_file_atomic(path, std::string(4 << 20, 'x'));
    } catch (const Error& error) {
      ::_exit(error.place() == path.string() && !error.mend().empty() ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(list_files(folder.path()).size(), 1U);
}

TEST(File, MissingFilesAndFoldersAreErrorsThatNameThem) {
  const TemporaryDirectory folder;
  const fs::path missing = folder.path() / "no" / "such";
  for (const auto& action : std::vector<std::function<void()>>{
           [&] { read_file(missing); },
           [&] { const MappedFile file(missing); },
           [&] { write_file_atomic(missing, "x"); },
           [&] { list_files(missing); },
           [&] { read_file(folder.path()); },
           [&] { make_directories("/proc/moru"); },
       }) {
    try {
      action();
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_FALSE(error.place().empty());
      EXPECT_FALSE(error.mend().empty());
    }
  }
}

TEST(File, ReadsFilesThatTellNoSize) {
  EXPECT_FALSE(read_file("/proc/self/status").empty());
}

TEST(File, MapsAFileAndAnEmptyOne) {
  const TemporaryDirectory folder;
  write_plain(folder.path() / "a", "모루");
  write_plain(folder.path() / "empty", "");
  MappedFile file(folder.path() / "a");
  EXPECT_EQ(file.text(), "모루");
  const MappedFile moved = std::move(file);
  EXPECT_EQ(moved.text(), "모루");
  EXPECT_TRUE(MappedFile(folder.path() / "empty").bytes().empty());
}

TEST(File, ListsFilesByBytesAndFollowsNoFolderLinks) {
  const TemporaryDirectory folder;
  make_directories(folder.path() / "b" / "c");
  for (const char* name : {"b/c/z", "b/a", "B", "가", "a"}) write_plain(folder.path() / name, "x");
  fs::create_directory_symlink(folder.path(), folder.path() / "loop");
  const std::vector<fs::path> expected = {"B", "a", "b/a", "b/c/z", "가"};
  EXPECT_EQ(list_files(folder.path()), expected);
  EXPECT_NO_THROW(sync_tree(folder.path()));
}

TEST(File, ATemporaryDirectoryIsGoneWithAllItHolds) {
  fs::path path;
  {
    const TemporaryDirectory folder;
    path = folder.path();
    make_directories(path / "a" / "b");
    write_plain(path / "a" / "b" / "c", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace moru
