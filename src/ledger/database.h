// SQLite, as far as the ledger needs it: RAII, and errors that name the file and the mend.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace moru::ledger {

/// The database file is not one, or its pages do not fit each other.
class DamagedError : public Error {
 public:
  using Error::Error;
};

/// A prepared statement. Bind parameters from 1, step through rows, read columns from 0.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& place, std::string_view sql);
  Statement(Statement&&) noexcept = default;

  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, int64_t value);
  Statement& bind(int index, double value);
  /// True if there is a row. Throws Error.
  bool step();
  /// Runs a statement that gives no rows, and makes it ready for the next parameters.
  void run();
  void reset();
  std::string text(int column) const;
  int64_t integer(int column) const;
  double number(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* database_;
  std::string place_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An open database.
class Database {
 public:
  /// With `read_only` the file must be there. Throws Error, DamagedError if it is not a database.
  Database(const std::filesystem::path& path, bool read_only);

  Statement prepare(std::string_view sql) const;
  /// Runs statements that give no rows.
  void run(std::string_view sql) const;
  const std::string& place() const { return place_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string place_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace moru::ledger
