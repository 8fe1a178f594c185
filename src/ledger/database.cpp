#include "ledger/database.h"

#include <sqlite3.h>

#include <cerrno>

#include "core/language.h"

namespace moru::ledger {
namespace {

constexpr int kBusyMilliseconds = 5000;

[[noreturn]] void fail(sqlite3* database, const std::string& place, int code) {
  const std::string message = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw DamagedError(
          place, fmt::format("{}: {}", tr("the ledger is damaged", "원장이 손상되었습니다"), message),
          std::string(tr("run \"moru build RECIPE\" in this workspace: it makes the ledger again from the artefacts",
                         "이 작업 공간에서 \"moru build 레시피\"를 실행하세요. 산출물에서 원장을 다시 만듭니다")));
    case SQLITE_FULL:
      throw system_error(place, std::string(tr("cannot write", "쓸 수 없습니다")), ENOSPC);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(place,
                  std::string(tr("another process is writing to the ledger", "다른 프로세스가 원장에 쓰고 있습니다")),
                  std::string(tr("wait until it ends, then run the same command again",
                                 "끝난 뒤 같은 명령을 다시 실행하세요")));
    default: {
      const int system_code = database != nullptr ? sqlite3_system_errno(database) : 0;
      if (system_code != 0) throw system_error(place, message, system_code);
      throw Error(place, message,
                  std::string(tr("look at the disk and the rights to the file, then run the same command again",
                                 "디스크와 파일 권한을 확인한 뒤 같은 명령을 다시 실행하세요")));
    }
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Statement::Statement(sqlite3* database, const std::string& place, std::string_view sql)
    : database_(database), place_(place) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) fail(database_, place_, code);
}

Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL, which equals nothing.
  const int code = sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(database_, place_, code);
  return *this;
}

Statement& Statement::bind(int index, int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), index, value);
  if (code != SQLITE_OK) fail(database_, place_, code);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  const int code = sqlite3_bind_double(statement_.get(), index, value);
  if (code != SQLITE_OK) fail(database_, place_, code);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(database_, place_, sqlite3_extended_errcode(database_));
  return false;
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Database::Database(const std::filesystem::path& path, bool read_only) : place_(path.string()) {
  const auto open = [&](const std::string& name, int flags) {
    sqlite3* database = nullptr;
    const int code =
        sqlite3_open_v2(name.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    database_.reset(database);
    if (code != SQLITE_OK) fail(database, place_, code);
    sqlite3_busy_timeout(database, kBusyMilliseconds);
  };
  if (!read_only) {
    open(place_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    return;
  }
  try {
    open(place_, SQLITE_OPEN_READONLY);
    prepare("SELECT count(*) FROM sqlite_schema").step();
  } catch (const DamagedError&) {
    throw;
  } catch (const Error&) {
    // A WAL database in a folder that cannot be written has no room for its -shm file; nobody else writes there either.
    if (!std::filesystem::exists(path)) throw;
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(path).string())
      uri +=
          c == '?' || c == '#' || c == '%' ? fmt::format("%{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
    open(uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
}

Statement Database::prepare(std::string_view sql) const {
  return Statement(database_.get(), place_, sql);
}

void Database::run(std::string_view sql) const {
  const int code = sqlite3_exec(database_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(database_.get(), place_, sqlite3_extended_errcode(database_.get()));
}

}  // namespace moru::ledger
