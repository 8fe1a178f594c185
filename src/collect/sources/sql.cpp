// sql: rows of a query to PostgreSQL or SQLite.
#include "collect/sources/sql.h"

#include <nlohmann/json.hpp>

#include "collect/origin.h"
#include "collect/sources/remote.h"
#include "collect/url.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

class Sql : public RemoteOrigin {
 public:
  Sql(std::unique_ptr<Database> database, SqlQuery query, RowColumns columns, RefreshOptions refresh)
      : RemoteOrigin(refresh), database_(std::move(database)), query_(std::move(query)), columns_(std::move(columns)) {}

  std::string about(const Source&) const override { return database_->address(); }
  Json parameters(const Source&) const override {
    return {{"sql", database_->address()},
            {"query", query_.query},
            {"columns", {columns_.id, columns_.text, columns_.title, columns_.modified}},
            {"format", columns_.format}};
  }
  void fetch_into(const Source& source, FetchStore& store, ProgressSink& sink) const override {
    Progress progress(sink, std::string(tr("fetch", "가져오기")), std::string(tr("rows", "행")), 0);
    std::optional<RowWriter> writer;
    const std::string address = fmt::format("{}?source={}", database_->address(), percent_encoded(source.name));
    database_->run(
        query_,
        [&](const std::vector<std::string>& columns) {
          writer.emplace(store, address, columns_, columns, query_.place);
          return writer->order();
        },
        [&](const std::vector<RowValue>& values) {
          writer->add(values);
          progress.advance();
        });
    progress.finish();
    const uint64_t rows = writer->rows();
    if (rows == 0) {
      store.abandon();
      throw Error(query_.place, std::string(tr("the query gives no rows", "질의 결과에 행이 없습니다")),
                  std::string(tr("look at its conditions", "질의의 조건을 확인하세요")));
    }
    store.finish(writer->finish());
    sink.say(fmt::format(fmt::runtime(tr("      {}: {} rows", "      {}: 행 {}개")), source.name, rows));
  }

 private:
  std::unique_ptr<Database> database_;
  SqlQuery query_;
  RowColumns columns_;
};

/// Without blanks and semicolons at its end: it becomes part of a larger one.
std::string query_of(std::string text) {
  while (!text.empty() && std::string_view(" \t\r\n;").find(text.back()) != std::string_view::npos) text.pop_back();
  return text;
}

}  // namespace

void read_sql_source(const Config& section, const fs::path& base, Source& source) {
  const std::string address = section.text("sql");
  SqlQuery query;
  query.query = query_of(section.text("query"));
  query.place = section.place("query");
  query.database_place = source.place;
  if (const std::string file = section.text("password_file", ""); !file.empty()) {
    query.password_file = fs::path(file).is_relative() ? base / file : fs::path(file);
    std::error_code code;
    if (!fs::is_regular_file(query.password_file, code))
      throw Error(section.place("password_file"),
                  fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")),
                              query.password_file.string()),
                  std::string(tr("it holds the password in its first line; keep it readable for you alone",
                                 "첫 줄에 비밀번호를 적은 파일입니다. 본인만 읽을 수 있게 두세요")));
  }
  RowColumns columns;
  columns.id = section.text("id", "");
  columns.text = section.text("text", "");
  columns.title = section.text("title", "");
  columns.modified = section.text("modified", "");
  columns.format = section.choice("format", "text", {"text", "html", "markdown"});
  std::unique_ptr<Database> database;
  if (address.starts_with("postgresql://") || address.starts_with("postgres://")) {
    database = postgresql_database(address, source.place);
    source.name = "postgresql";
  } else if (address.starts_with("sqlite:")) {
    const fs::path path = address.substr(7);
    database = sqlite_database(path.is_relative() ? base / path : path, address);
    source.name = path.stem().string();
  } else {
    throw Error(source.place,
                fmt::format(fmt::runtime(tr("\"{}\" names no database", "\"{}\" 값은 데이터베이스가 아닙니다")),
                            address.substr(0, address.find(':'))),
                std::string(tr("write postgresql://USER@HOST/DATABASE or sqlite:FILE",
                               "postgresql://사용자@호스트/데이터베이스 또는 sqlite:파일 꼴로 적으세요")));
  }
  source.origin =
      std::make_shared<Sql>(std::move(database), std::move(query), std::move(columns), read_refresh(section, 0));
}

}  // namespace moru::collect
