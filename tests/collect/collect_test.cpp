#include "collect/collect.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "data/document.h"

namespace moru::collect {
namespace {

struct Collected {
  Report report;
  std::vector<data::Document> documents;
  std::vector<Json> set_aside;
  std::string bytes;  // of both datasets

  std::vector<std::string> rules() const {
    std::vector<std::string> out;
    for (const Json& d : set_aside)
      out.push_back(d.at("document").get<std::string>() + " " + d.at("rule").get<std::string>());
    return out;
  }
};

Collected run(const Options& options) {
  const TemporaryDirectory out;
  SilentProgress progress;
  Collected c;
  {
    data::DatasetWriter documents(out.path() / "documents", std::string(data::kDocumentSchema));
    data::DatasetWriter set_aside(out.path() / "set_aside", std::string(data::kDecisionSchema));
    c.report = collect(options, documents, set_aside, progress);
  }
  data::DatasetReader(out.path() / "documents", data::kDocumentSchema)
      .for_each([&](const Json& json, std::string_view place) {
        c.documents.push_back(data::document_from_json(json, place));
      });
  data::DatasetReader(out.path() / "set_aside", data::kDecisionSchema)
      .for_each([&](const Json& json, std::string_view) { c.set_aside.push_back(json); });
  c.bytes = sha256_tree(out.path());
  return c;
}

class Collect : public ::testing::Test {
 protected:
  void put(const std::string& path, std::string_view bytes) const {
    make_directories((folder.path() / "in" / path).parent_path());
    std::ofstream(folder.path() / "in" / path, std::ios::binary) << bytes;  // many small files: no need to sync each
  }
  Options options() const {
    Options o;
    FolderSource source;
    source.name = "s";
    source.folder = folder.path() / "in";
    source.place = "recipe.yaml:2";
    o.sources = {source};
    return o;
  }
  TemporaryDirectory folder;
};

/// Parses for seconds: each div looks through all that are open.
std::string slow_page() {
  std::string page = "<p>x";
  for (int i = 0; i < 60000; ++i) page += "<div>";
  return page;
}

TEST_F(Collect, EveryDocumentHasItsSourceHashAndLicence) {
  put("b/page.html", "<h1>제목</h1><p>글</p>");
  put("a.md", "# 하나\n\n둘\n");
  put("c.jsonl", "{\"text\": \"셋\"}\n{\"text\": \"넷\"}\n");
  put("LICENSE", "MIT License\n");
  const Collected c = run(options());
  ASSERT_EQ(c.documents.size(), 4U);
  EXPECT_EQ(c.report.documents, 4U);
  EXPECT_EQ(c.report.files, 3U);
  EXPECT_EQ(c.documents[0].source.uri, "s/a.md");
  EXPECT_EQ(c.documents[1].source.uri, "s/b/page.html");
  EXPECT_EQ(c.documents[2].source.uri, "s/c.jsonl");
  EXPECT_EQ(c.documents[0].source.file_hash, sha256("# 하나\n\n둘\n"));
  EXPECT_EQ(c.documents[0].source.collector, "markdown/1");
  EXPECT_EQ(c.documents[0].source.modified.size(), 20U);
  EXPECT_NE(c.documents[2].id, c.documents[3].id);
  for (const data::Document& d : c.documents) {
    EXPECT_EQ(d.id, data::document_id(d));
    EXPECT_EQ(d.licence.id, "MIT");
    EXPECT_EQ(d.licence.evidence, "s/LICENSE:1");
  }
  EXPECT_EQ(c.report.facts.at("licences").at("MIT"), 4);
  EXPECT_EQ(c.report.facts.at("extractors").at("jsonl/2"), 2);
}

TEST_F(Collect, WhatCannotBeReadIsSetAsideWithItsReasonAndTheRunGoesOn) {
  put("a.html", "<p>좋은 글</p>");
  put("broken.html", "<h1>닫히지 않은<p>글<table><td>");
  put("bad.txt", "abc \xFF\xFE\xFA");
  put("binary.txt", std::string("PK\0\3", 4));
  put("empty.md", "");
  put("image.png", "\x89PNG");
  put("lines.jsonl", "{\"text\": \"하나\"}\n{broken\n{\"text\": \"둘\"}\n");
  put("z.md", "끝\n");
  const Collected c = run(options());
  EXPECT_EQ(c.documents.size(), 5U);
  EXPECT_EQ(c.rules(), (std::vector<std::string>{"s/bad.txt collect/invalid-encoding", "s/binary.txt collect/binary",
                                                 "s/empty.md collect/no-text", "s/image.png collect/unknown-format",
                                                 "s/lines.jsonl collect/not-json"}));
  EXPECT_EQ(c.report.set_aside, 5U);
  EXPECT_EQ(c.report.facts.at("reasons").at("not-json"), 1);
  EXPECT_EQ(c.set_aside[0].at("source").at("range"), Json::array({4, 5}));
  EXPECT_EQ(c.set_aside[4].at("source").at("range"), Json::array({19, 26}));
  EXPECT_EQ(c.set_aside[0].at("action"), "set_aside");
}

TEST_F(Collect, ATwoGigabyteTextFileIsSetAsideWithoutBeingRead) {
  put("a.txt", "글\n");
  put("huge.txt", "");
  fs::resize_file(folder.path() / "in/huge.txt", uint64_t{2} << 30);  // sparse
  // Hashing 2 GiB takes longer than this; processor time, since the machine may be busy.
  const auto worked = [] {
    double seconds = 0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
      rusage used{};
      ::getrusage(who, &used);
      seconds += static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    }
    return seconds;
  };
  const double begin = worked();
  const Collected c = run(options());
  EXPECT_EQ(c.documents.size(), 1U);
  EXPECT_EQ(c.rules(), (std::vector<std::string>{"s/huge.txt collect/too-large"}));
  EXPECT_EQ(c.set_aside[0].at("value"), uint64_t{2} << 30);
  EXPECT_EQ(c.set_aside[0].at("limit"), uint64_t{256} << 20);
  EXPECT_EQ(input_hash(options()).size(), 64U);
  EXPECT_LT(worked() - begin, 0.7);
}

TEST_F(Collect, NoPathLeavesTheFolder) {
  put("a.txt", "글\n");
  write_file_atomic(folder.path() / "secret.txt", "비밀\n");
  make_directories(folder.path() / "other");
  write_file_atomic(folder.path() / "other/b.txt", "남의 글\n");
  fs::create_symlink("../secret.txt", folder.path() / "in/out.txt");
  fs::create_symlink(folder.path() / "secret.txt", folder.path() / "in/absolute.txt");
  fs::create_symlink("../other", folder.path() / "in/folder");
  fs::create_symlink("a.txt", folder.path() / "in/within.txt");
  fs::create_symlink("nowhere", folder.path() / "in/dangling.txt");
  fs::create_symlink(".", folder.path() / "in/loop");
  ASSERT_EQ(::mkfifo((folder.path() / "in/pipe.txt").c_str(), 0600), 0);
  const Collected c = run(options());
  ASSERT_EQ(c.documents.size(), 2U);
  EXPECT_EQ(c.documents[0].source.uri, "s/a.txt");
  EXPECT_EQ(c.documents[1].source.uri, "s/within.txt");
  EXPECT_EQ(c.rules(),
            (std::vector<std::string>{"s/absolute.txt collect/leaves-folder", "s/dangling.txt collect/unreadable",
                                      "s/folder collect/leaves-folder", "s/loop collect/not-a-file",
                                      "s/out.txt collect/leaves-folder", "s/pipe.txt collect/not-a-file"}));
}

TEST_F(Collect, APageThatTakesTooLongCostsOnlyItself) {
  put("a.html", "<p>하나</p>");
  put("b.html", slow_page());
  put("c.html", "<p>셋</p>");
  Options o = options();
  o.seconds_per_file = 0.3;
  const Collected c = run(o);
  EXPECT_EQ(c.documents.size(), 2U);
  EXPECT_EQ(c.rules(), (std::vector<std::string>{"s/b.html collect/time-limit"}));
  EXPECT_EQ(c.set_aside[0].at("limit"), 0.3);
}

TEST_F(Collect, APageThatTakesTooMuchMemoryCostsOnlyItself) {
  put("a.html", "<p>하나</p>");
  std::string page;
  for (int i = 0; i < 600000; ++i) page += "<p>x";
  put("b.html", page);
  put("c.html", "<p>셋</p>");
  Options o = options();
  o.memory_per_worker = uint64_t{48} << 20;
  const Collected c = run(o);
  EXPECT_EQ(c.documents.size(), 2U);
  EXPECT_EQ(c.rules(), (std::vector<std::string>{"s/b.html collect/memory-limit"}));
}

/// Ends with SIGSEGV the first child of `parent`, other than itself, that has worked for 50 ms.
[[noreturn]] void crash_a_worker_of(pid_t parent) {
  for (int i = 0; i < 2000; ++i) {
    std::ifstream list(fmt::format("/proc/{}/task/{}/children", parent, parent));
    for (pid_t child = 0; list >> child;) {
      if (child == ::getpid()) continue;
      std::ifstream stat(fmt::format("/proc/{}/stat", child));
      std::string field;
      for (int f = 1; f < 14; ++f) stat >> field;
      long ticks = 0;
      stat >> ticks;
      if (ticks >= 5 && ::kill(child, SIGSEGV) == 0) ::_exit(0);
    }
    ::usleep(5000);
  }
  ::_exit(1);
}

TEST_F(Collect, APageThatCrashesTheParserCostsOnlyItself) {
  put("a.html", slow_page());
  put("b.html", "<p>둘</p>");
  const pid_t parent = ::getpid();
  const pid_t killer = ::fork();
  if (killer == 0) crash_a_worker_of(parent);
  const Collected c = run(options());
  int status = 0;
  ASSERT_EQ(::waitpid(killer, &status, 0), killer);
  ASSERT_EQ(status, 0) << "no worker was found";
  EXPECT_EQ(c.documents.size(), 1U);
  EXPECT_EQ(c.rules(), (std::vector<std::string>{"s/a.html collect/parser-crashed"}));
  EXPECT_NE(c.set_aside[0].at("detail").get<std::string>().find("signal 11"), std::string::npos);
}

TEST_F(Collect, TheSameBytesForAnyNumberOfWorkers) {
  for (int i = 0; i < 60; ++i)
    put(fmt::format("{}/{}.html", i % 7, i),
        fmt::format("<h1>{}</h1><p>{}</p>", i, std::string(static_cast<size_t>(i) * 50 + 1, 'x')));
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += fmt::format("{{\"text\": \"{} {}\"}}\n", i, std::string(18000, 'y'));
  put("big.jsonl", lines);  // read in three parts
  put("bad.txt", "\xFF");
  std::vector<std::string> bytes;
  for (const char* threads : {"1", "2", "7"}) {
    ::setenv("MORU_THREADS", threads, 1);
    const Collected c = run(options());
    EXPECT_EQ(c.documents.size(), 1060U);
    bytes.push_back(c.bytes);
  }
  ::unsetenv("MORU_THREADS");
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
}

TEST_F(Collect, IncludeAndExcludeChoose) {
  put("a.md", "하나\n");
  put("b.txt", "둘\n");
  put("drafts/c.md", "셋\n");
  put(".git/d.md", "넷\n");
  Options o = options();
  o.sources[0].include = {"**/*.md"};
  o.sources[0].exclude = {"drafts/**"};
  const Collected c = run(o);
  EXPECT_EQ(c.documents.size(), 1U);
  EXPECT_EQ(c.report.set_aside, 0U);
  o.sources[0].include = {"*.pdf"};
  try {
    run(o);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "recipe.yaml:2");
    EXPECT_NE(error.mend().find("include"), std::string::npos);
  }
}

TEST_F(Collect, TheInputHashFollowsContentAndLicence) {
  put("a.md", "하나\n");
  const std::string before = input_hash(options());
  EXPECT_EQ(input_hash(options()), before);
  put("a.md", "둘둘\n");
  const std::string changed = input_hash(options());
  EXPECT_NE(changed, before);
  put("LICENSE", "MIT License\n");
  EXPECT_NE(input_hash(options()), changed);
}

TEST_F(Collect, TheRecipeIsReadAndItsMistakesAreNamed) {
  put("a.md", "하나\n");
  const auto read = [&](const std::string& yaml) {
    const Config config = Config::parse(yaml, "r.yaml");
    Options o = read_options(config, folder.path());
    config.finish();
    return o;
  };
  const Options o = read(
      "collect:\n  - folder: in\n    licence: mit\n    include: ['**/*.md', '*.txt']\ncollect_limits:\n  "
      "seconds_per_file: 3\n");
  EXPECT_EQ(o.sources[0].name, "in");
  EXPECT_EQ(o.sources[0].licence, "MIT");
  EXPECT_EQ(o.sources[0].include.size(), 2U);
  EXPECT_EQ(o.seconds_per_file, 3);
  EXPECT_EQ(o.sources[0].folder, folder.path() / "in");
  const auto error_of = [&](const std::string& yaml) {
    try {
      read(yaml);
      return std::string("none");
    } catch (const Error& error) {
      return error.place() + "|" + error.mend();
    }
  };
  EXPECT_EQ(error_of("collect:\n  - name: x\n    folder: nowhere\n").substr(0, 9), "r.yaml:3|");
  EXPECT_NE(error_of("collect:\n  - folder: /usr/share/libreoffice/help/xx-none\n").find("libreoffice-help-xx-none"),
            std::string::npos);
  EXPECT_EQ(error_of("collect:\n  - folder: in\n    licence: all rights\n").substr(0, 9), "r.yaml:3|");
  EXPECT_EQ(error_of("collect:\n  - folder: in\n    licence_file: gone\n").substr(0, 9), "r.yaml:3|");
  EXPECT_EQ(error_of("collect:\n  - folder: in\n  - folder: in\n").substr(0, 9), "r.yaml:3|");
  EXPECT_EQ(error_of("collect:\n  - folder: in\n    licnce: MIT\n").substr(0, 9), "r.yaml:3|");
  EXPECT_NE(error_of("name: x\n"), "none");
}

TEST(CollectHelp, TheLibreOfficeHelpBecomesStructuredDocuments) {
  Options o;
  FolderSource source;
  source.name = "help";
  source.folder = "/usr/share/libreoffice/help/ko";
  source.include = {"text/shared/01/01*.html", "text/swriter/guide/auto_off.html"};
  o.sources = {source};
  const Collected c = run(o);
  EXPECT_EQ(c.report.set_aside, 0U);
  ASSERT_GT(c.documents.size(), 20U);
  size_t how_to_get = 0, steps = 0, summaries = 0;
  for (const data::Document& d : c.documents) {
    EXPECT_EQ(d.licence.id, "MPL-2.0");
    EXPECT_FALSE(d.title.empty()) << d.source.uri;
    EXPECT_EQ(d.text.find("help content debug"), std::string::npos);
    EXPECT_EQ(d.text.find("Search in chosen module"), std::string::npos);
    for (const data::Block& b : d.blocks) {
      EXPECT_LT(b.range.begin, b.range.end);
      how_to_get += b.role == "how_to_get";
      steps += b.role == "step";
      summaries += b.role == "summary";
    }
  }
  EXPECT_GT(how_to_get, 10U);
  EXPECT_GT(steps, 10U);
  EXPECT_GT(summaries, 20U);
  // A key that depends on the system shows the usual one, in the middle of a sentence.
  EXPECT_NE(c.documents.back().text.find("하려면 Ctrl + Z 키를"), std::string::npos) << c.documents.back().text;
}

}  // namespace
}  // namespace moru::collect
