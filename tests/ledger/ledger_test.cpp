#include "ledger/ledger.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/file.h"
#include "core/hash.h"

namespace moru::ledger {
namespace {

std::string id_of(std::string_view name) {
  return sha256(name);
}

/// Two files, two documents, one sample, three artefacts: the second document was dropped by the second artefact.
void fill(Ledger& ledger) {
  Ledger::Transaction all(ledger);
  const std::string a =
      ledger.put(Source{"docs/a.md", id_of("a bytes"), 100, "2026-01-01T00:00:00Z", "MPL-2.0", "recipe"});
  const std::string b = ledger.put(Source{"docs/b.md", id_of("b bytes"), 50, "", "CC0-1.0", "docs/LICENSE:1"});
  ledger.put(Node{id_of("document a"), Kind::document, "A", ""});
  ledger.put(Node{id_of("document b"), Kind::document, "B", ""});
  ledger.put(Node{id_of("sample"), Kind::sample, "what is A?", ""});
  for (const auto* name : {"collect", "curate", "model"}) ledger.put(Node{id_of(name), Kind::artefact, name, "{}"});
  ledger.put(Edge{id_of("document a"), a, std::string(kExtract), ByteRange{10, 60}});
  ledger.put(Edge{id_of("document b"), b, std::string(kExtract), ByteRange{0, 50}});
  ledger.put(Edge{id_of("sample"), id_of("document a"), std::string(kOrigin), ByteRange{3, 7}});
  for (const auto* document : {"document a", "document b"})
    ledger.put(Edge{id_of("collect"), id_of(document), std::string(kMember), {}});
  ledger.put(Edge{id_of("curate"), id_of("collect"), std::string(kInput), {}});
  ledger.put(Edge{id_of("curate"), id_of("document a"), std::string(kMember), {}});
  ledger.put(Edge{id_of("model"), id_of("curate"), std::string(kInput), {}});
  all.commit();
}

TEST(Ledger, WalksUpToTheSourcesWithRangesAndLicences) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  fill(ledger);
  const std::vector<Link> origins = ledger.parents(id_of("sample"));
  ASSERT_EQ(origins.size(), 1U);
  EXPECT_EQ(origins[0].range, (ByteRange{3, 7}));
  EXPECT_EQ(ledger.parents(origins[0].node.id)[0].range, (ByteRange{10, 60}));
  const std::vector<Source> sources = ledger.sources_of(id_of("sample"));
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].uri, "docs/a.md");
  EXPECT_EQ(ledger.licences_of(id_of("collect")).size(), 2U);
}

TEST(Ledger, WhatAStepDroppedIsNoSourceOfTheModel) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  fill(ledger);
  const auto licences = ledger.licences_of(id_of("model"));
  ASSERT_EQ(licences.size(), 1U);
  EXPECT_EQ(licences[0].licence, "MPL-2.0");
  // Downwards: the kept document reaches the model, the dropped one ends in the collection.
  const auto labels = [&](const char* document) {
    std::vector<std::string> names;
    for (const Node& node : ledger.descendants(id_of(document))) names.push_back(node.label);
    std::ranges::sort(names);
    return names;
  };
  EXPECT_EQ(labels("document a"), (std::vector<std::string>{"collect", "curate", "model", "what is A?"}));
  EXPECT_EQ(labels("document b"), (std::vector<std::string>{"collect"}));
}

TEST(Ledger, PuttingTwiceChangesNothing) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  fill(ledger);
  fill(ledger);
  EXPECT_EQ(ledger.parents(id_of("sample")).size(), 1U);
  EXPECT_EQ(ledger.nodes(Kind::document).size(), 2U);
  EXPECT_EQ(ledger.count_parents(id_of("collect"), kMember), 2U);
}

TEST(Ledger, AnAmbiguousPrefixGivesAllThatFit) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  ledger.put(Node{"ab" + std::string(62, '0'), Kind::document, "one", ""});
  ledger.put(Node{"ab" + std::string(62, 'f'), Kind::sample, "two", ""});
  ledger.put(Node{"ac" + std::string(62, '0'), Kind::sample, "three", ""});
  EXPECT_EQ(ledger.find("ab").size(), 2U);
  EXPECT_EQ(ledger.find("ab0").size(), 1U);
  EXPECT_TRUE(ledger.find("b").empty());
}

TEST(Ledger, RunsThatNeverEndedAreMarked) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  ledger.put(ledger::Run{"r1", "recipe.yaml", "", "2026-01-01T00:00:00Z", "", "", "0.1.0", "{}"});
  ledger.put(StepRecord{"r1", "train", id_of("model"), "2026-01-01T00:00:01Z", "", "", "{}"});
  ledger.close_open_runs("killed", "2026-01-02T00:00:00Z");
  EXPECT_EQ(ledger.runs()[0].outcome, "killed");
  EXPECT_EQ(ledger.steps_of(id_of("model"))[0].outcome, "killed");
}

TEST(Ledger, ATransactionThatIsNotCommittedLeavesNothing) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  {
    Ledger::Transaction part(ledger);
    ledger.put(Node{id_of("x"), Kind::document, "x", ""});
  }
  EXPECT_FALSE(ledger.has(id_of("x")));
}

TEST(Ledger, SurvivesSigkillInTheMiddleOfWriting) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "ledger.db";
  { Ledger::open(path).put(Node{id_of("before"), Kind::document, "before", ""}); }
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Ledger ledger = Ledger::open(path);
    Ledger::Transaction part(ledger);
    for (int i = 0; i < 5000; ++i) ledger.put(Node{id_of(std::to_string(i)), Kind::document, "half", ""});
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const Ledger ledger = Ledger::open(path);
  EXPECT_EQ(ledger.nodes(Kind::document).size(), 1U);
}

TEST(Ledger, ADamagedFileIsAnErrorWithAMend) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "ledger.db";
  {
    Ledger ledger = Ledger::open(path);
    fill(ledger);
    Ledger::Transaction more(ledger);
    for (int i = 0; i < 2000; ++i)
      ledger.put(Node{id_of(std::to_string(i)), Kind::document, std::string(100, 'x'), ""});
    more.commit();
  }
  fs::remove(path.string() + "-wal");
  std::string bytes = read_file(path);
  for (size_t i = 4096 * 3; i < 4096 * 20; ++i) bytes[i] = static_cast<char>(i * 31);
  write_file_atomic(path, bytes);
  try {
    Ledger::open(path);
    FAIL() << "no error";
  } catch (const DamagedError& error) {
    EXPECT_EQ(error.place(), path.string());
    EXPECT_NE(error.mend().find("moru build"), std::string::npos);
  }
  write_file_atomic(path, "this is no database, but it is long enough to look like a file with something in it");
  EXPECT_THROW(Ledger::open(path), DamagedError);
  EXPECT_THROW(Ledger::open_read_only(path), DamagedError);
  EXPECT_THROW(Ledger::open_read_only(folder.path() / "absent.db"), Error);
}

}  // namespace
}  // namespace moru::ledger
