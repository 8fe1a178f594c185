// Killed with SIGKILL at random moments across all steps and started again, a build ends with the same bytes as one
// that was never killed. Five moments here; tests/kill_many.sh runs any number.
#include <set>

#include "core/hash.h"
#include "core/random.h"
#include "ledger/database.h"
#include "ledger/ledger.h"
#include "run_moru.h"

namespace moru::pipeline {
namespace {

using namespace testing_program;

uint64_t number_from(const char* variable, uint64_t fallback) {
  const char* text = std::getenv(variable);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// All that a build leaves and that must not depend on how often it was killed.
struct Result {
  std::map<std::string, std::string> artefacts;  // by step: key, content, facts
  std::string model;                             // every published byte
  std::vector<size_t> ledger;                    // nodes of each kind, sources of the model
  bool operator==(const Result&) const = default;
};

Result result_of(const fs::path& workspace) {
  Result result{hashes(workspace), sha256_tree(workspace / "model"), {}};
  const ledger::Ledger ledger = ledger::Ledger::open_read_only(workspace / ".moru" / "ledger.db");
  for (const auto kind : {ledger::Kind::source, ledger::Kind::document, ledger::Kind::sample, ledger::Kind::artefact,
                          ledger::Kind::model})
    result.ledger.push_back(ledger.nodes(kind).size());
  for (const ledger::Node& model : ledger.nodes(ledger::Kind::model))
    result.ledger.push_back(ledger.sources_of(model.id).size());
  return result;
}

/// The last "[k/8] step" that the build said, or "start".
std::string last_step(const std::string& said) {
  const size_t at = said.rfind("\n[");
  if (at == std::string::npos) return "start";
  const size_t name = said.find("] ", at) + 2;
  return said.substr(name, said.find(':', name) - name);
}

struct Kill : testing::Test {
  Kill() {
    // Besides the folder, members of an archive and rows of a database, which are fetched and remembered.
    tiny.change(
        "  - name: tiny\n",
        "  - name: packed\n    files: [packed.tar.gz]\n    licence: MIT\n"
        "  - sql: sqlite:rows.db\n    name: rows\n    query: SELECT id, title, text FROM page\n    licence: MIT\n"
        "  - name: tiny\n");
    const std::string pack = fmt::format("tar -C '{}' -czf '{}' en ko", (tiny.folder() / "documents").string(),
                                         (tiny.folder() / "packed.tar.gz").string());
    if (std::system(pack.c_str()) != 0) throw Error("tar", "the test needs it", "");
    ledger::Database rows(tiny.folder() / "rows.db", false);
    rows.run("CREATE TABLE page(id INTEGER PRIMARY KEY, title TEXT, text TEXT)");
    for (int i = 0; i < 40; ++i)
      rows.run(
          fmt::format("INSERT INTO page VALUES({0}, 'Valve {0}', 'Valve number {0} opens at {1} bar and is checked "
                      "every {2} months by the team of hall {3}.')",
                      i, i * 3 + 1, i % 11 + 1, i % 7));
    // Next to no memory for curating: what it sorts and hands on lies in temporary files.
    tiny.change("curate:\n", "curate:\n  memory: 1\n  exact_substrings: {length: 100}\n");
  }
  TinyExample tiny;
  TemporaryDirectory folder;
  // Other work on the machine must not make the threads wait for each other's turn; the bytes do not depend on it.
  RunOptions options{.environment = {{"OMP_WAIT_POLICY", "passive"}}};

  Outcome build(const fs::path& workspace) const {
    return moru({"build", tiny.recipe(), "--workspace", workspace.string(), "--json"}, options);
  }

  /// Seconds of each step of a build that nobody disturbs.
  std::vector<double> reference(const fs::path& workspace) const {
    const Outcome outcome = build(workspace);
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    std::vector<double> seconds;
    const Json report_step = parse_json(outcome.out, "output");
    for (const Json& step : report_step.at("steps")) seconds.push_back(step.at("seconds").get<double>());
    return seconds;
  }

  /// Kills a build `after` seconds into its step number `step` (0: since its start; the steps count from 1). Returns
  /// where it was hit, or nothing if it had ended.
  std::string kill_in_step(const fs::path& workspace, size_t step, double after) const {
    Moru process({"build", tiny.recipe(), "--workspace", workspace.string()}, options);
    const std::string mark = fmt::format("\n[{}/", step);
    while (step > 0 && !process.has_ended() && process.said().find(mark) == std::string::npos)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const double end = process.seconds() + after;
    while (!process.has_ended() && process.seconds() < end) std::this_thread::sleep_for(std::chrono::microseconds(200));
    const Outcome outcome = process.kill();
    return outcome.signal == SIGKILL ? last_step(outcome.error) : "";
  }
};

TEST_F(Kill, AtRandomMomentsTheBuildEndsWithTheSameBytes) {
  const uint64_t wanted = number_from("MORU_KILLS", 5), seed = number_from("MORU_SEED", 7);
  const std::vector<double> seconds = reference(folder.path() / "calm");
  ASSERT_EQ(seconds.size(), 8U);
  const Result calm = result_of(folder.path() / "calm");
  Random random(seed);
  std::map<std::string, uint64_t> hits;
  uint64_t kills = 0;
  for (uint64_t round = 0; kills < wanted; ++round) {
    const fs::path workspace = folder.path() / fmt::format("killed-{}", round);
    // Nine moments a round: the start and each step. If fewer are wanted, one drawn by lot from each part of the way.
    std::vector<size_t> steps = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    if (wanted - kills < steps.size()) {
      steps = {random.below(2), 2 + random.below(3), 5, 6 + random.below(2), 8};
      random.shuffle(std::span(steps));
      steps.resize(std::min<size_t>(steps.size(), wanted - kills));
    }
    std::ranges::sort(steps);
    for (const size_t step : steps) {
      // Training is the long step: a moment anywhere in it; of the short ones a little more, to hit what comes after.
      const double length = step == 0 ? 0.05 : seconds[step - 1] * 1.1 + 0.01;
      const std::string hit = kill_in_step(workspace, step, random.uniform() * length);
      if (hit.empty()) continue;
      ++hits[hit];
      ++kills;
    }
    const Outcome outcome = build(workspace);
    ASSERT_EQ(outcome.status, 0) << outcome.error;
    ASSERT_EQ(result_of(workspace), calm) << "round " << round << " with seed " << seed;
    EXPECT_TRUE(fs::is_empty(workspace / ".moru" / "partial"));
    EXPECT_TRUE(fs::is_empty(workspace / ".moru" / "work"));
    fs::remove_all(workspace);
  }
  std::string table;
  for (const auto& [step, count] : hits) table += fmt::format(" {} {}", step, count);
  fmt::print("{} kills, seed {}:{}\n", kills, seed, table);
}

TEST_F(Kill, TheSameRecipeTwiceGivesTheSameBytesWeightsIncluded) {
  reference(folder.path() / "one");
  reference(folder.path() / "two");
  EXPECT_EQ(result_of(folder.path() / "one"), result_of(folder.path() / "two"));
  EXPECT_EQ(sha256_file(folder.path() / "one" / "model" / "model.safetensors"),
            sha256_file(folder.path() / "two" / "model" / "model.safetensors"));
}

TEST_F(Kill, ADamagedCheckpointIsToldAndChangesNothing) {
  reference(folder.path() / "calm");
  const fs::path workspace = folder.path() / "damaged";
  {
    Moru process({"build", tiny.recipe(), "--workspace", workspace.string()}, options);
    const auto checkpoints = [&] {
      size_t found = 0;
      std::error_code code;
      for (fs::recursive_directory_iterator it(workspace / ".moru" / "work", code), end; it != end; it.increment(code))
        found += it->path().extension() == ".json" ? 1 : 0;
      return found;
    };
    while (!process.has_ended() && checkpoints() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_EQ(process.kill().signal, SIGKILL) << "the build ended before its second checkpoint";
  }
  // The newest checkpoint loses a bit, those before it are cut short: nothing whole is left of them.
  size_t damaged = 0;
  for (const fs::path& file : list_files(workspace / ".moru" / "work")) {
    const fs::path path = workspace / ".moru" / "work" / file;
    std::string bytes = read_file(path);
    if (path.extension() != ".safetensors") continue;
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file_atomic(path, damaged++ == 0 ? bytes : bytes.substr(0, bytes.size() / 2));
  }
  ASSERT_GE(damaged, 1U);
  const Outcome outcome = build(workspace);
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_NE(outcome.error.find("is damaged"), std::string::npos) << outcome.error;
  EXPECT_EQ(result_of(workspace), result_of(folder.path() / "calm"));
}

}  // namespace
}  // namespace moru::pipeline
