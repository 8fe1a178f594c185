#include "collect/origin.h"

namespace moru::collect {

std::span<const SourceKind> source_kinds() {
  static const std::vector<SourceKind> all = {
      {"folder", read_folder_source},
      {"files", read_file_source},
      {"list", read_list_source},
  };
  return all;
}

}  // namespace moru::collect
