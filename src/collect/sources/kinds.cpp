#include "collect/origin.h"

namespace moru::collect {

std::span<const SourceKind> source_kinds() {
  static const std::vector<SourceKind> all = {
      {"folder", read_folder_source}, {"files", read_file_source}, {"list", read_list_source},
      {"http", read_http_source},     {"s3", read_s3_source},      {"sql", read_sql_source},
  };
  return all;
}

}  // namespace moru::collect
