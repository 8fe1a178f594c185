// The verdicts that datatrove's own code gave on 1,148 Korean pages, reasons included.
#include <gtest/gtest.h>

#include <sstream>

#include "core/file.h"
#include "core/threads.h"
#include "curate/rule_set_check.h"

namespace moru::curate {
namespace {

struct Column {
  const char* name;
  const char* rule;
  const char* settings;
};

TEST(RuleSetGolden, AgreesWithEveryRow) {
  const fs::path shared = fs::path(MORU_SOURCE_DIR).parent_path() / "shared";
  const fs::path table = shared / "reference" / "golden_filter_verdicts.tsv";
  const fs::path archive = shared / "data" / "cpp-docs-ko.tar.zst";
  if (!fs::exists(table) || !fs::exists(archive)) return;  // a checkout alone; rule_set_test.cpp holds texts of our own
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(read_file(table));
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string>& row = rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
  }
  const std::vector<std::string> header = rows.front();
  rows.erase(rows.begin());
  ASSERT_EQ(rows.size(), 1148U);

  const TemporaryDirectory folder(fs::is_directory("/dev/shm") ? "/dev/shm" : "");
  std::string names;
  for (const auto& row : rows) names += row[0] + "\n";
  write_file_atomic(folder.path() / "names", names);
  const std::string command = fmt::format("tar --zstd -xf '{}' -C '{}' -T '{}'", archive.string(),
                                          folder.path().string(), (folder.path() / "names").string());
  ASSERT_EQ(std::system(command.c_str()), 0);

  constexpr Column kColumns[] = {
      {"gopher_rep", "gopher-repetition", ""},
      {"gopher_quality", "gopher-quality", ""},
      {"fineweb", "fineweb-quality", ""},
      {"fw2ko_rep", "gopher-repetition", "language: kor_Hang\nwords: whitespace"},
      {"fw2ko_fineweb", "fineweb-quality", "language: kor_Hang\nwords: whitespace"},
      {"fw2ko_quality", "gopher-quality", "language: kor_Hang\nwords: whitespace"},
  };
  std::vector<RuleChain> chains;
  for (const Column& column : kColumns)
    chains.emplace_back(std::vector<std::string>{column.rule}, Config::parse(column.settings, "test"));
  std::vector<std::string> wrong(rows.size());
  parallel_for(rows.size(), [&](size_t i) {
    const std::string text = read_file(folder.path() / rows[i][0]);
    for (size_t c = 0; c < std::size(kColumns); ++c) {
      const auto at = std::ranges::find(header, kColumns[c].name) - header.begin();
      const CheckResult result = chains[c].check(text);
      const std::string verdict = result.kept() ? "keep" : std::string(result.reason);
      const std::string& golden = rows[i][static_cast<size_t>(at)];
      if (verdict != golden)
        wrong[i] += fmt::format("{} {}: {} instead of {}\n", rows[i][0], kColumns[c].name, verdict, golden);
    }
  });
  std::string all;
  for (const std::string& one : wrong) all += one;
  EXPECT_EQ(all, "");
}

}  // namespace
}  // namespace moru::curate
