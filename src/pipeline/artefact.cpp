#include "pipeline/artefact.h"

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::pipeline {
namespace {

constexpr std::string_view kSchema = "artefact/1";
constexpr std::string_view kFileName = "artefact.json";

Error damaged(const std::string& place, const std::string& problem) {
  return Error(place, problem,
               std::string(tr("run the same build again: the artefact is made anew",
                              "같은 빌드를 다시 실행하세요. 산출물을 새로 만듭니다")));
}

std::string content_of(const Json& files) {
  Sha256 hash;
  for (const auto& [name, facts] : files.items())
    hash.update(name).update(std::string_view("\0", 1)).update(facts.at("sha256").get<std::string>()).update("\n");
  return hash.hex();
}

/// Hashes on all cores; in order of name.
Json hash_files(const fs::path& folder, const std::vector<fs::path>& paths) {
  std::vector<std::string> hashes(paths.size());
  parallel_for(paths.size(), [&](size_t i) { hashes[i] = sha256_file(folder / paths[i]); });
  Json files = Json::object();
  for (size_t i = 0; i < paths.size(); ++i)
    files[paths[i].generic_string()] = {{"sha256", hashes[i]}, {"bytes", fs::file_size(folder / paths[i])}};
  return files;
}

}  // namespace

std::string Identity::key() const {
  Json contents = Json::object();
  for (const auto& [name, input] : inputs) contents[name] = input.content;
  const Json all = {{"step", step},         {"version", version}, {"code", code}, {"parameters", parameters},
                    {"external", external}, {"inputs", contents}};
  return sha256(dump_json(all));
}

uint64_t Artefact::bytes() const {
  uint64_t sum = 0;
  for (const auto& [name, file] : files.items()) sum += file.at("bytes").get<uint64_t>();
  return sum;
}

Artefact seal(const fs::path& folder, const Identity& identity, Json facts, Json made) {
  Artefact artefact;
  artefact.identity = identity;
  artefact.key = identity.key();
  artefact.files = hash_files(folder, list_files(folder));
  artefact.content = content_of(artefact.files);
  artefact.facts = std::move(facts);
  artefact.made = std::move(made);
  artefact.folder = folder;
  Json inputs = Json::object();
  for (const auto& [name, input] : identity.inputs) inputs[name] = {{"key", input.key}, {"content", input.content}};
  const Json json = {{"schema", kSchema},
                     {"key", artefact.key},
                     {"step", identity.step},
                     {"version", identity.version},
                     {"code", identity.code},
                     {"parameters", identity.parameters},
                     {"external", identity.external},
                     {"inputs", std::move(inputs)},
                     {"files", artefact.files},
                     {"content", artefact.content},
                     {"facts", artefact.facts},
                     {"facts_sha256", sha256(dump_json(artefact.facts))},
                     {"made", artefact.made}};
  write_file_atomic(folder / kFileName, dump_json(json, 1) + "\n");
  sync_tree(folder);
  return artefact;
}

Artefact load_artefact(const fs::path& folder) {
  const std::string place = (folder / kFileName).string();
  const Json json = read_json_file(place);
  Artefact artefact;
  artefact.folder = folder;
  try {
    Identity& id = artefact.identity;
    json.at("step").get_to(id.step);
    json.at("version").get_to(id.version);
    json.at("code").get_to(id.code);
    id.parameters = json.at("parameters");
    id.external = json.at("external");
    for (const auto& [name, input] : json.at("inputs").items())
      id.inputs[name] = {input.at("key").get<std::string>(), input.at("content").get<std::string>()};
    json.at("key").get_to(artefact.key);
    json.at("content").get_to(artefact.content);
    artefact.files = json.at("files");
    artefact.facts = json.at("facts");
    artefact.made = json.at("made");
    if (json.at("schema") != kSchema || id.key() != artefact.key || content_of(artefact.files) != artefact.content ||
        sha256(dump_json(artefact.facts)) != json.at("facts_sha256").get<std::string>())
      throw damaged(place, std::string(tr("its hashes do not fit its content", "해시가 내용과 맞지 않습니다")));
  } catch (const Json::exception& e) {
    throw damaged(place,
                  fmt::format("{}: {}", tr("not an artefact's description", "산출물 설명이 아닙니다"), e.what()));
  }
  return artefact;
}

std::string damage(const Artefact& artefact) {
  std::vector<fs::path> paths;
  for (const auto& [name, file] : artefact.files.items()) {
    const fs::path path = name;
    std::error_code code;
    if (!fs::is_regular_file(artefact.folder / path, code)) return fmt::format("{}: {}", name, tr("missing", "없음"));
    if (fs::file_size(artefact.folder / path, code) != file.at("bytes").get<uint64_t>())
      return fmt::format("{}: {}", name, tr("its size changed", "크기가 바뀌었습니다"));
    paths.push_back(path);
  }
  const Json now = hash_files(artefact.folder, paths);
  for (const auto& [name, file] : artefact.files.items())
    if (now.at(name).at("sha256") != file.at("sha256"))
      return fmt::format("{}: {}", name, tr("its bytes changed", "내용이 바뀌었습니다"));
  return {};
}

std::string difference(const Identity& before, const Identity& now) {
  if (before.version != now.version)
    return fmt::format(
        fmt::runtime(tr("the step's code changed (version {} -> {})", "단계의 코드가 바뀌었습니다 (버전 {} -> {})")),
        before.version, now.version);
  if (before.code != now.code)
    return fmt::format(fmt::runtime(tr("moru {} made it, this is {}", "moru {}이(가) 만든 것이고 지금은 {}입니다")),
                       before.code, now.code);
  const Json old_values = before.parameters.flatten(), new_values = now.parameters.flatten();
  for (const auto& [pointer, value] : new_values.items()) {
    std::string name = pointer.substr(std::min<size_t>(1, pointer.size()));
    std::ranges::replace(name, '/', '.');
    if (!old_values.contains(pointer))
      return fmt::format(fmt::runtime(tr("new in the recipe: {}", "레시피에 새로 생김: {}")), name);
    if (old_values.at(pointer) != value)
      return fmt::format("{}: {} -> {}", name, dump_json(old_values.at(pointer)), dump_json(value));
  }
  if (old_values != new_values)
    return std::string(tr("a part of the recipe was taken out", "레시피의 일부가 빠졌습니다"));
  for (const auto& [name, hash] : now.external.items())
    if (!before.external.contains(name) || before.external.at(name) != hash)
      return fmt::format(fmt::runtime(tr("changed on disk: {}", "디스크에서 바뀜: {}")), name);
  for (const auto& [name, input] : now.inputs) {
    const auto it = before.inputs.find(name);
    if (it == before.inputs.end() || it->second.content != input.content)
      return fmt::format(fmt::runtime(tr("its input \"{}\" changed", "입력 \"{}\"이(가) 바뀌었습니다")), name);
  }
  return std::string(tr("its inputs changed", "입력이 바뀌었습니다"));
}

}  // namespace moru::pipeline
