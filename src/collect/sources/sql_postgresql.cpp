// PostgreSQL through libpq: a read-only transaction, a cursor on the server.
#include "collect/sources/sql.h"

#include <libpq-fe.h>

#include "collect/url.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

constexpr int kRowsAtOnce = 500;

/// The server's message in one line.
std::string one_line(const char* message) {
  std::string text = message;
  for (char& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

class Connection {
 public:
  Connection(const std::string& address, const SqlQuery& query) : query_(query) {
    std::string password;
    if (!query.password_file.empty()) {
      password = read_file(query.password_file);
      password = password.substr(0, password.find_first_of("\r\n"));
    }
    std::vector<const char*> keys = {"dbname", "client_encoding", "application_name", "connect_timeout"};
    std::vector<const char*> values = {address.c_str(), "UTF8", "moru", "15"};
    if (!password.empty()) {
      keys.push_back("password");
      values.push_back(password.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    connection_ = ::PQconnectdbParams(keys.data(), values.data(), 1);
    if (::PQstatus(connection_) == CONNECTION_OK) return;
    const std::string problem = one_line(::PQerrorMessage(connection_));
    ::PQfinish(connection_);
    throw Error(
        query.database_place,
        fmt::format("{}: {}", tr("cannot reach the database", "데이터베이스에 연결할 수 없습니다"), problem),
        std::string(tr("look whether the server runs and the name is right; the password comes from PGPASSWORD, "
                       "~/.pgpass or \"password_file\"; --offline goes on with what was fetched before",
                       "서버가 켜져 있고 이름이 맞는지 확인하세요. 비밀번호는 PGPASSWORD, ~/.pgpass, "
                       "\"password_file\"에서 읽습니다. --offline을 쓰면 전에 가져온 것으로 계속합니다")));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::PQfinish(connection_); }

  using Result = std::unique_ptr<PGresult, decltype(&::PQclear)>;
  Result run(const std::string& sql) {
    Result result(::PQexec(connection_, sql.c_str()), ::PQclear);
    const ExecStatusType status = ::PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    throw Error(
        query_.place,
        fmt::format("{}: {}", tr("the query fails", "질의를 실행할 수 없습니다"),
                    one_line(::PQerrorMessage(connection_))),
        std::string(tr("it must be one SELECT; try it in psql", "SELECT 하나여야 합니다. psql에서 시험해 보세요")));
  }
  std::string quoted(const std::string& name) {
    char* text = ::PQescapeIdentifier(connection_, name.data(), name.size());
    if (text == nullptr) throw Error(query_.place, one_line(::PQerrorMessage(connection_)), "");
    std::string out = text;
    ::PQfreemem(text);
    return out;
  }

 private:
  const SqlQuery& query_;
  PGconn* connection_ = nullptr;
};

class Postgresql : public Database {
 public:
  Postgresql(std::string address, std::string shown) : address_(std::move(address)), shown_(std::move(shown)) {}
  std::string address() const override { return shown_; }

  void run(const SqlQuery& query,
           const std::function<std::vector<std::string>(const std::vector<std::string>&)>& columns,
           const std::function<void(const std::vector<RowValue>&)>& row) const override {
    Connection connection(address_, query);
    connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // As a part of a larger query it can be nothing but one SELECT; a line of its own ends its comments.
    const std::string rows = fmt::format("SELECT * FROM ({}\n) AS moru_rows", query.query);
    std::vector<std::string> names;
    {
      const auto head = connection.run(rows + " LIMIT 0");
      for (int i = 0; i < ::PQnfields(head.get()); ++i) names.emplace_back(::PQfname(head.get(), i));
    }
    std::string order;
    for (const std::string& name : columns(names))
      order += fmt::format("{}{}::text COLLATE \"C\"", order.empty() ? "" : ", ", connection.quoted(name));
    connection.run(fmt::format("DECLARE moru_cursor NO SCROLL CURSOR FOR {} ORDER BY {}", rows, order));
    std::vector<RowValue> values(names.size());
    for (;;) {
      const auto result = connection.run(fmt::format("FETCH {} FROM moru_cursor", kRowsAtOnce));
      const int count = ::PQntuples(result.get());
      for (int r = 0; r < count; ++r) {
        for (size_t c = 0; c < values.size(); ++c) {
          const int column = static_cast<int>(c);
          values[c] = ::PQgetisnull(result.get(), r, column) != 0
                          ? RowValue()
                          : RowValue(std::string_view(::PQgetvalue(result.get(), r, column),
                                                      static_cast<size_t>(::PQgetlength(result.get(), r, column))));
        }
        row(values);
      }
      if (count == 0) break;
    }
    connection.run("ROLLBACK");
  }

 private:
  std::string address_, shown_;
};

}  // namespace

std::unique_ptr<Database> postgresql_database(const std::string& address, const std::string& place) {
  char* problem = nullptr;
  PQconninfoOption* options = ::PQconninfoParse(address.c_str(), &problem);
  if (options == nullptr) {
    ::PQfreemem(problem);  // it may repeat the address
    throw Error(place, std::string(tr("this is no address of a database", "데이터베이스 주소가 아닙니다")),
                std::string(tr("write postgresql://USER@HOST:PORT/DATABASE",
                               "postgresql://사용자@호스트:포트/데이터베이스 꼴로 적으세요")));
  }
  std::map<std::string, std::string> given;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option)
    if (option->val != nullptr) given[option->keyword] = option->val;
  ::PQconninfoFree(options);
  if (given.contains("password") || given.contains("sslpassword"))
    throw Error(place, std::string(tr("a recipe holds no password", "레시피에는 비밀번호를 적지 않습니다")),
                std::string(tr("take it out; give it as PGPASSWORD, in ~/.pgpass or in a \"password_file\"",
                               "비밀번호를 빼고 PGPASSWORD, ~/.pgpass, \"password_file\"로 주세요")));
  std::string shown = "postgresql://" + percent_encoded(given.contains("host") ? given["host"] : "localhost");
  if (given.contains("port") && given["port"] != "5432") shown += ":" + given["port"];
  shown += "/" + percent_encoded(given.contains("dbname") ? given["dbname"] : given["user"]);
  return std::make_unique<Postgresql>(address, shown);
}

}  // namespace moru::collect
