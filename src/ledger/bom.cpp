#include "ledger/bom.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"

namespace moru::ledger {
namespace {

constexpr std::string_view kBomName = "bom.json";

bool is_part_of_model(std::string_view name) {
  return name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json") || name.ends_with(".jinja") ||
         (name.ends_with("config.json")) || name == "tokenizer.json";
}

}  // namespace

std::string merkle_root(const std::vector<Source>& sources) {
  std::vector<std::string> level;
  for (const Source& s : sources) level.push_back(fmt::format("{}\n{}\n{}", s.uri, s.sha256, s.licence));
  std::ranges::sort(level);
  for (std::string& leaf : level) leaf = sha256(leaf);
  if (level.empty()) return sha256("");
  while (level.size() > 1) {
    std::vector<std::string> above;
    for (size_t i = 0; i + 1 < level.size(); i += 2) above.push_back(sha256(level[i] + level[i + 1]));
    if (level.size() % 2 == 1) above.push_back(level.back());
    level = std::move(above);
  }
  return level.front();
}

Json sources_json(const std::vector<Source>& sources) {
  Json files = Json::array();
  std::map<std::string, uint64_t> licences;
  for (const Source& s : sources) {
    files.push_back(
        {{"uri", s.uri}, {"sha256", s.sha256}, {"bytes", s.bytes}, {"licence", s.licence}, {"evidence", s.evidence}});
    ++licences[s.licence];
  }
  return {{"count", sources.size()},
          {"merkle_root", merkle_root(sources)},
          {"licences", licences},
          {"files", std::move(files)}};
}

std::vector<Source> sources_from_json(const Json& json, std::string_view place) {
  try {
    std::vector<Source> sources;
    for (const Json& file : json.at("files"))
      sources.push_back({file.at("uri").get<std::string>(), file.at("sha256").get<std::string>(),
                         file.at("bytes").get<uint64_t>(), "", file.at("licence").get<std::string>(),
                         file.at("evidence").get<std::string>()});
    return sources;
  } catch (const Json::exception& e) {
    throw Error(std::string(place),
                fmt::format("{}: {}", tr("not a bill of materials", "자재 명세서가 아닙니다"), e.what()),
                std::string(tr("build the model again", "모델을 다시 빌드하세요")));
  }
}

Json files_json(const std::filesystem::path& folder) {
  Json files = Json::object();
  for (const fs::path& file : list_files(folder)) {
    if (file == kBomName) continue;
    files[file.generic_string()] = {{"sha256", sha256_file(folder / file)}, {"bytes", fs::file_size(folder / file)}};
  }
  return files;
}

std::string model_id(const Json& files) {
  Sha256 hash;
  for (const auto& [name, facts] : files.items())
    if (is_part_of_model(name))
      hash.update(name).update("\n").update(facts.at("sha256").get<std::string>()).update("\n");
  return hash.hex();
}

std::vector<std::string> changed_files(const std::filesystem::path& folder, const Json& bom) {
  const std::string place = (folder / kBomName).string();
  if (!bom.is_object() || !bom.contains("files") || !bom["files"].is_object())
    throw Error(
        place,
        std::string(tr("not a bill of materials: it lists no files", "자재 명세서가 아닙니다. 파일 목록이 없습니다")),
        std::string(tr("build the model again", "모델을 다시 빌드하세요")));
  std::vector<std::string> changed;
  for (const auto& [name, facts] : bom["files"].items()) {
    // A name with folders in it that leaves the model folder is not one that files_json wrote.
    const fs::path path = folder / fs::path(name).lexically_normal().relative_path();
    if (name.find("..") != std::string::npos || !fs::is_regular_file(path) ||
        sha256_file(path) != json_text(facts, "sha256", place))
      changed.push_back(name);
  }
  for (const fs::path& file : list_files(folder))
    if (file != kBomName && !bom["files"].contains(file.generic_string())) changed.push_back(file.generic_string());
  return changed;
}

}  // namespace moru::ledger
