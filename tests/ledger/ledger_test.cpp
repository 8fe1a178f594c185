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

/// fill(), and from both documents: questions, of which one about b and a phrasing about a are held out, what was
/// taught by the others, its evaluation, and a model.
void fill_with_held_out(Ledger& ledger) {
  fill(ledger);
  Ledger::Transaction all(ledger);
  const auto edge = [&](const char* child, const char* parent, std::string_view role) {
    ledger.put(Edge{id_of(child), id_of(parent), std::string(role), {}});
  };
  for (const auto* name : {"corpus", "questions", "taught", "rounded", "evaluation"})
    ledger.put(Node{id_of(name), Kind::artefact, name, "{}"});
  for (const auto* name : {"about a", "asked about a", "asked about b"})
    ledger.put(Node{id_of(name), Kind::sample, name, ""});
  ledger.put(Node{id_of("published"), Kind::model, "published", ""});
  for (const auto* document : {"document a", "document b"}) edge("corpus", document, kMember);
  edge("questions", "corpus", kInput);
  for (const auto* sample : {"about a", "asked about a", "asked about b"}) {
    edge(sample, std::string_view(sample).ends_with("a") ? "document a" : "document b", kOrigin);
    edge("questions", sample, kMember);
  }
  for (const auto* record : {"asked about a", "asked about b", "document b"}) edge("questions", record, kHeldOut);
  for (const auto* input : {"corpus", "questions"})
    for (const auto* child : {"taught", "evaluation"}) edge(child, input, kInput);
  edge("taught", "questions", kTaught);
  edge("rounded", "taught", kInput);
  edge("rounded", "questions", kInput);
  edge("rounded", "questions", kTaught);
  edge("evaluation", "rounded", kInput);
  edge("published", "rounded", kWeights);
  all.commit();
}

TEST(Ledger, WhatWasHeldOutIsASourceOfTheEvaluationAndNotOfTheModel) {
  const TemporaryDirectory folder;
  Ledger ledger = Ledger::open(folder.path() / "ledger.db");
  fill_with_held_out(ledger);
  const auto uris = [](const std::vector<Source>& sources) {
    std::vector<std::string> names;
    for (const Source& source : sources) names.push_back(source.uri);
    return names;
  };
  using Names = std::vector<std::string>;
  for (const char* made : {"taught", "rounded", "published"}) {
    EXPECT_EQ(uris(ledger.sources_of(id_of(made))), (Names{"docs/a.md"})) << made;
    EXPECT_EQ(uris(ledger.held_out_sources_of(id_of(made))), (Names{"docs/b.md"})) << made;
  }
  for (const char* made : {"questions", "evaluation"}) {
    EXPECT_EQ(uris(ledger.sources_of(id_of(made))), (Names{"docs/a.md", "docs/b.md"})) << made;
    EXPECT_TRUE(ledger.held_out_sources_of(id_of(made)).empty()) << made;
  }
  EXPECT_EQ(uris(ledger.sources_of(id_of("asked about b"))), (Names{"docs/b.md"}));

  const auto labels = [&](const std::string& id) {
    Names names;
    for (const Node& node : ledger.descendants(id)) names.push_back(node.label);
    std::ranges::sort(names);
    return names;
  };
  const Names of_held_out = {"asked about b", "collect", "corpus", "evaluation", "questions"};
  EXPECT_EQ(labels(id_of("document b")), of_held_out);
  Names of_its_file = of_held_out;
  of_its_file.insert(of_its_file.begin(), "B");
  EXPECT_EQ(labels(ledger.find_sources("b.md").at(0)), of_its_file);
  EXPECT_EQ(labels(id_of("asked about a")), (Names{"evaluation", "questions"}));
  EXPECT_EQ(labels(id_of("about a")), (Names{"evaluation", "published", "questions", "rounded", "taught"}));
  const Names of_taught = labels(id_of("document a"));
  EXPECT_TRUE(std::ranges::count(of_taught, "published") == 1 && std::ranges::count(of_taught, "evaluation") == 1);
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
