// Rows of a real PostgreSQL and of SQLite.
#include <gmock/gmock.h>
#include <pwd.h>
#include <sqlite3.h>

#include "collect/collected.h"
#include "collect/servers.h"
#include "core/error.h"

namespace moru::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kPassword = "Zwischenablage4711";

/// A cluster of its own. PostgreSQL refuses to run as root: then it runs as the user that its package made.
class Postgresql {
 public:
  Postgresql() : port(testing_servers::free_port()) {
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql"))
      bin_ = std::max(bin_, (entry.path() / "bin").string());
    if (::getuid() == 0) {
      if (const passwd* user = ::getpwnam("postgres"); user != nullptr)
        if (::chown(folder.path().c_str(), user->pw_uid, user->pw_gid) != 0) throw Error("chown", "fails", "");
    }
    const std::string data = (folder.path() / "data").string();
    write_file_atomic(folder.path() / "password", std::string(kPassword) + "\n");
    ::chmod((folder.path() / "password").c_str(), 0644);
    run({bin_ + "/initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile",
         (folder.path() / "password").string(), "-N", "-E", "UTF8", "--locale", "C"});
    program_ =
        std::make_unique<testing_servers::Program>(as_user({bin_ + "/postgres", "-D", data, "-F", "-h", "127.0.0.1",
                                                            "-p", std::to_string(port), "-k", folder.path().string()}),
                                                   log());
    testing_servers::wait_for(
        [&] {
          return testing_servers::execute({bin_ + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", std::to_string(port)},
                                          folder.path() / "ready.log") == 0;
        },
        log());
  }
  void sql(const std::string& text) const {
    const int status = testing_servers::execute({bin_ + "/psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
                                                 std::to_string(port), "-U", "owner", "-d", "postgres", "-c", text},
                                                log(), {std::string("PGPASSWORD=") + kPassword});
    if (status != 0) throw Error("psql", read_file(log()), "");
  }
  void stop() { program_->stop(SIGINT); }

  TemporaryDirectory folder;
  const int port;

 private:
  fs::path log() const { return folder.path() / "log"; }
  static std::vector<std::string> as_user(std::vector<std::string> command) {
    if (::getuid() != 0) return command;
    const std::vector<std::string> prefix = {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"};
    command.insert(command.begin(), prefix.begin(), prefix.end());
    return command;
  }
  void run(const std::vector<std::string>& command) const {
    // The server's user writes it, too.
    if (testing_servers::execute(as_user(command), log()) != 0) throw Error("postgresql", read_file(log()), "");
  }
  std::string bin_;
  std::unique_ptr<testing_servers::Program> program_;
};

class Sql : public ::testing::Test {
 protected:
  Options read(const std::string& recipe) const {
    const Config config = Config::parse(recipe, "r.yaml");
    Options o = read_options(config, folder.path());
    config.finish();
    o.store = folder.path() / "store";
    return o;
  }
  Collection gathered(const std::string& recipe, bool offline = false) const {
    const Options o = read(recipe);
    SilentProgress silent;
    gather(o, offline, silent);
    return collection_of(o);
  }
  std::string error_of(const std::string& recipe) const {
    try {
      gathered(recipe);
      return "none";
    } catch (const Error& error) {
      return error.what();
    }
  }
  TemporaryDirectory folder;
};

TEST_F(Sql, RowsOfPostgresqlBecomeDocuments) {
  Postgresql server;
  server.sql(
      "CREATE TABLE articles (id int PRIMARY KEY, headline text, body text, updated timestamptz, section text);"
      "INSERT INTO articles SELECT i, '제목 ' || i, '본문 ' || i || repeat(' 글이 이어진다', 40), "
      "'2026-01-02T03:04:05Z', 'news' FROM generate_series(1, 2000) AS i;"
      "UPDATE articles SET body = NULL WHERE id = 7; UPDATE articles SET headline = NULL WHERE id = 8");
  const std::string recipe = fmt::format(
      "collect:\n  - sql: postgresql://owner@127.0.0.1:{}/postgres\n    name: wiki\n    query: SELECT id, headline, "
      "body, updated, section FROM articles;\n    title: headline\n    licence: CC-BY-4.0\n    password_file: "
      "password\n",
      server.port);
  write_file_atomic(folder.path() / "password", std::string(kPassword) + "\n");
  const Collection c = gathered(recipe);
  ASSERT_EQ(c.documents.size(), 1999U);
  const std::string base = fmt::format("postgresql://127.0.0.1:{}/postgres?source=wiki#", server.port);
  EXPECT_EQ(c.documents[0].source.uri, base + "1");
  EXPECT_EQ(c.documents[1].source.uri, base + "10");
  EXPECT_EQ(c.documents[0].title, "제목 1");
  EXPECT_EQ(c.documents[0].source.modified.substr(0, 11), "2026-01-02T");
  EXPECT_EQ(c.documents[0].metadata.at("section"), "news");
  EXPECT_EQ(c.documents[0].metadata.at("id"), "1");
  EXPECT_EQ(c.documents[0].licence.id, "CC-BY-4.0");
  EXPECT_THAT(c.reasons(), ElementsAre(base + "7 no-text"));
  std::set<std::string> ids;
  for (const data::Document& d : c.documents) EXPECT_TRUE(ids.insert(d.id).second);

  // A row more leaves the others as they were, and little is read again.
  server.sql("INSERT INTO articles VALUES (0, '새 글', '처음에 들어간 글', now(), 'news')");
  const Collection more = gathered(recipe);
  ASSERT_EQ(more.documents.size(), 2000U);
  for (const data::Document& d : c.documents) ids.erase(d.id);
  size_t fresh = 0;
  std::set<std::string> before;
  for (const data::Document& d : c.documents) before.insert(d.id);
  for (const data::Document& d : more.documents) fresh += !before.contains(d.id);
  EXPECT_EQ(fresh, 1U);
  EXPECT_GT(more.report.unchanged.known, 0U);
  EXPECT_EQ(more.report.unchanged.read, 1U);
  EXPECT_EQ(gathered(recipe).bytes, more.bytes);

  // Mistakes.
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = recipe;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_THAT(error_of(changed("SELECT id, headline", "SELEC id, headline")), StartsWith("r.yaml:4: the query fails"));
  EXPECT_THAT(error_of(changed("title: headline", "title: heading")),
              HasSubstr("its columns are id, headline, body, updated, section"));
  EXPECT_THAT(error_of(changed("SELECT id, headline", "SELECT headline")), HasSubstr("no column for \"id\""));
  EXPECT_THAT(error_of(changed("SELECT id, headline, body, updated, section FROM articles",
                               "DELETE FROM articles RETURNING id, body")),
              StartsWith("r.yaml:4: the query fails"));
  EXPECT_THAT(error_of(changed("FROM articles", "FROM articles WHERE id < -5")), HasSubstr("no rows"));
  EXPECT_THAT(error_of(changed("owner@", fmt::format("owner:{}@", kPassword))),
              HasSubstr("a recipe holds no password"));
  EXPECT_EQ(error_of(changed("owner@", fmt::format("owner:{}@", kPassword))).find(kPassword), std::string::npos);
  write_file_atomic(folder.path() / "password", "wrong\n");
  EXPECT_THAT(error_of(recipe), HasSubstr("password authentication failed"));
  server.stop();
  EXPECT_THAT(error_of(recipe), StartsWith("r.yaml:2: cannot reach the database"));
  EXPECT_EQ(gathered(recipe, true).bytes, more.bytes);
  EXPECT_TRUE(testing_servers::files_with(folder.path() / "store", kPassword).empty());
}

TEST_F(Sql, RowsOfSqliteBecomeDocuments) {
  const fs::path file = folder.path() / "wiki.db";
  sqlite3* database = nullptr;
  ASSERT_EQ(::sqlite3_open(file.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(database,
                           "CREATE TABLE page (id, title TEXT, content TEXT, lang TEXT);"
                           "INSERT INTO page VALUES ('가/1', '하나', '<p>첫 <b>글</b></p>', 'ko'), (2, '둘', '<h1>머리"
                           "</h1><p>둘째</p>', NULL), (2, '또', '<p>같은 번호</p>', 'ko'), (3, NULL, x'ff', 'ko')",
                           nullptr, nullptr, nullptr),
            SQLITE_OK);
  ::sqlite3_close(database);
  const Collection c =
      gathered("collect:\n  - sql: sqlite:wiki.db\n    query: SELECT * FROM page -- all of them\n    format: html\n");
  EXPECT_THAT(c.reasons(), ElementsAre("sqlite:wiki.db?source=wiki#2 duplicate-id"));
  ASSERT_EQ(c.documents.size(), 3U);
  EXPECT_EQ(c.documents[0].source.uri, "sqlite:wiki.db?source=wiki#2");
  EXPECT_EQ(c.documents[2].source.uri, "sqlite:wiki.db?source=wiki#%EA%B0%80%2F1");
  EXPECT_THAT(c.documents[2].text, HasSubstr("첫 글"));
  EXPECT_EQ(c.documents[2].title, "하나");
  EXPECT_EQ(c.documents[2].metadata.at("lang"), "ko");
  EXPECT_THAT(c.reasons(), ElementsAre("sqlite:wiki.db?source=wiki#2 duplicate-id"));
  EXPECT_THAT(error_of("collect:\n  - sql: sqlite:gone.db\n    query: SELECT 1\n"),
              StartsWith("r.yaml:2: cannot open"));
  EXPECT_THAT(error_of("collect:\n  - sql: sqlite:wiki.db\n    query: SELECT * FROM pages\n"),
              HasSubstr("no such table"));
  EXPECT_THAT(error_of("collect:\n  - sql: mysql://me@host/db\n    query: SELECT 1\n"), HasSubstr("sqlite:FILE"));
}

}  // namespace
}  // namespace moru::collect
