// SQLite: a file, opened for reading.
#include <sqlite3.h>

#include "collect/sources/sql.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

using Handle = std::unique_ptr<sqlite3, decltype(&::sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&::sqlite3_finalize)>;

std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

class Sqlite : public Database {
 public:
  Sqlite(fs::path file, std::string shown) : file_(std::move(file)), shown_(std::move(shown)) {}
  std::string address() const override { return shown_; }

  void run(const SqlQuery& query,
           const std::function<std::vector<std::string>(const std::vector<std::string>&)>& columns,
           const std::function<void(const std::vector<RowValue>&)>& row) const override {
    sqlite3* opened = nullptr;
    const int code = ::sqlite3_open_v2(file_.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
    const Handle database(opened, ::sqlite3_close);
    if (code != SQLITE_OK)
      throw Error(query.database_place,
                  fmt::format("{}: {}: {}", tr("cannot open the database", "데이터베이스를 열 수 없습니다"),
                              file_.string(), ::sqlite3_errstr(code)),
                  std::string(tr("look at the path; it is relative to the recipe's folder",
                                 "경로를 확인하세요. 레시피 폴더 기준입니다")));
    ::sqlite3_busy_timeout(database.get(), 10'000);
    // The schema of a file from elsewhere may call functions and read through views what nobody asked for.
    ::sqlite3_db_config(database.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(database.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    const auto prepare = [&](const std::string& sql) {
      sqlite3_stmt* made = nullptr;
      const int result = ::sqlite3_prepare_v2(database.get(), sql.data(), static_cast<int>(sql.size()), &made, nullptr);
      Statement statement(made, ::sqlite3_finalize);
      if (result != SQLITE_OK || !statement) throw failed(query, database.get());
      return statement;
    };
    const std::string rows = fmt::format("SELECT * FROM ({}\n)", query.query);
    std::vector<std::string> names;
    {
      const Statement head = prepare(rows + " LIMIT 0");
      for (int i = 0; i < ::sqlite3_column_count(head.get()); ++i)
        names.emplace_back(::sqlite3_column_name(head.get(), i));
    }
    std::string order;
    for (const std::string& name : columns(names))
      order += fmt::format("{}CAST({} AS TEXT) COLLATE BINARY", order.empty() ? "" : ", ", quoted(name));
    const Statement statement = prepare(fmt::format("{} ORDER BY {}", rows, order));
    std::vector<RowValue> values(names.size());
    for (;;) {
      const int state = ::sqlite3_step(statement.get());
      if (state == SQLITE_DONE) break;
      if (state != SQLITE_ROW) throw failed(query, database.get());
      for (size_t c = 0; c < values.size(); ++c) {
        const int column = static_cast<int>(c);
        const auto* text = reinterpret_cast<const char*>(::sqlite3_column_text(statement.get(), column));
        const auto size = static_cast<size_t>(::sqlite3_column_bytes(statement.get(), column));
        values[c] = text == nullptr ? RowValue() : RowValue(std::string_view(text, size));
      }
      row(values);
    }
  }

 private:
  static Error failed(const SqlQuery& query, sqlite3* database) {
    return Error(query.place,
                 fmt::format("{}: {}", tr("the query fails", "질의를 실행할 수 없습니다"), ::sqlite3_errmsg(database)),
                 std::string(tr("it must be one SELECT; try it in sqlite3",
                                "SELECT 하나여야 합니다. sqlite3에서 시험해 보세요")));
  }
  fs::path file_;
  std::string shown_;
};

}  // namespace

std::unique_ptr<Database> sqlite_database(const fs::path& file, const std::string& shown) {
  return std::make_unique<Sqlite>(file, shown);
}

}  // namespace moru::collect
