// Databases that a query can be sent to.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collect/rows.h"

namespace moru::collect {

struct SqlQuery {
  std::string query;
  std::string place;                    ///< "recipe.yaml:LINE" of the query.
  std::string database_place;           ///< And of the database.
  std::filesystem::path password_file;  ///< Its first line; empty: PGPASSWORD or ~/.pgpass.
};

class Database {
 public:
  virtual ~Database() = default;
  /// Of its documents, without a password.
  virtual std::string address() const = 0;
  /// Sends the query. `columns` is called once with its columns' names and returns those to order by; `row` for each
  /// row in that order, as the database streams them. Throws Error.
  virtual void run(const SqlQuery& query,
                   const std::function<std::vector<std::string>(const std::vector<std::string>&)>& columns,
                   const std::function<void(const std::vector<RowValue>&)>& row) const = 0;
};

/// "postgresql://USER@HOST:PORT/DATABASE?…" (libpq). Throws Error if it is none or has a password in it.
std::unique_ptr<Database> postgresql_database(const std::string& address, const std::string& place);
/// The file of "sqlite:FILE".
std::unique_ptr<Database> sqlite_database(const std::filesystem::path& file, const std::string& shown);

}  // namespace moru::collect
