#include "data/held_out.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/language.h"

namespace moru::data {

bool is_held_out(std::string_view uri, double share, uint64_t seed) {
  return static_cast<double>(hash64(uri, seed) >> 11U) * 0x1p-53 < share;  // the hash as a number in [0, 1)
}

void check_some_are_left(uint64_t held_out, uint64_t documents, const std::string& place) {
  if (held_out == 0 || held_out < documents) return;
  throw Error(place,
              fmt::format(fmt::runtime(tr("all documents ({}) are held out: nothing is left to learn from",
                                          "문서 {}개가 모두 평가용으로 빠져 학습할 것이 없습니다")),
                          documents),
              std::string(tr("lower held_out_documents, choose another seed, or collect more documents",
                             "held_out_documents를 낮추거나 seed를 바꾸거나 문서를 더 모으세요")));
}

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
