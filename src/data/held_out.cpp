#include "data/held_out.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"

namespace moru::data {

void write_held_out(const std::filesystem::path& file, const std::set<std::string>& documents) {
  write_file_atomic(file, dump_json(Json(documents), 1) + "\n");
}

std::set<std::string> read_held_out(const std::filesystem::path& file) {
  std::set<std::string> documents;
  if (file.empty() || !fs::exists(file)) return documents;
  const Json list = read_json_file(file);
  const bool texts = list.is_array() && std::ranges::all_of(list, [](const Json& id) { return id.is_string(); });
  if (!texts)
    throw Error(file.string(), std::string(tr("this is no list of documents' ids", "문서 id의 목록이 아닙니다")),
                std::string(tr("delete the file's artefact folder and build again",
                               "이 파일의 산출물 폴더를 지우고 다시 빌드하세요")));
  for (const Json& id : list) documents.insert(id.get<std::string>());
  return documents;
}

}  // namespace moru::data
