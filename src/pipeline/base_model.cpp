#include "pipeline/base_model.h"

#include <nlohmann/json.hpp>

#include "collect/licence.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "model/gguf.h"
#include "model/model_files.h"

namespace moru::pipeline {
namespace {

/// Hubs write ids in lower case, and names of their own for licences that SPDX has no id for ("gemma"); "other" says
/// nothing.
std::optional<std::string> licence_of_hub(std::string_view name) {
  for (const std::string_view nothing : {"", "other", "unknown", "none"})
    if (name == nothing) return std::nullopt;
  const auto expression = collect::spdx_expression(name);
  if (!expression || *expression != name || name.find(' ') != std::string_view::npos) return expression;
  const bool lower = std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
  return lower ? "LicenseRef-" + *expression : *expression;
}

std::optional<data::Licence> of_bill(const Json& bill, const std::string& place) {
  if (!bill.is_object() || !bill.contains("sources")) return std::nullopt;
  std::string all;
  const Json licences = bill.at("sources").value("licences", Json::object());
  for (const auto& [licence, count] : licences.items()) {
    if (licence == "unknown") return std::nullopt;
    const bool joined = licence.find(" OR ") != std::string::npos;
    all += fmt::format("{}{}", all.empty() ? "" : " AND ", joined ? "(" + licence + ")" : licence);
  }
  if (all.empty()) return std::nullopt;
  return data::Licence{all, place};
}

std::optional<data::Licence> of_gguf(const fs::path& path) {
  if (!model::is_gguf_file(path)) return std::nullopt;
  const model::GgufFile file(path);
  const std::string name = path.filename().string();
  if (const auto id = licence_of_hub(file.text_or("general.license", "")))
    return data::Licence{*id, name + ": general.license"};
  if (!file.has("moru.bom")) return std::nullopt;
  return of_bill(parse_json(file.text("moru.bom"), name + ": moru.bom"), name + ": moru.bom");
}

/// `license:` between the "---" lines at the top.
std::optional<data::Licence> of_readme(const fs::path& file) {
  std::error_code code;
  if (!fs::is_regular_file(file, code) || fs::file_size(file, code) > (uint64_t{16} << 20)) return std::nullopt;
  const std::string text = read_file(file);
  const size_t end = text.find("\n---", 3);
  if (!text.starts_with("---\n") || end == std::string::npos) return std::nullopt;
  try {
    const auto id = licence_of_hub(Config::parse(text.substr(4, end - 3), file.string()).text("license", ""));
    if (id) return data::Licence{*id, "README.md: license"};
  } catch (const Error&) {
    // Front matter of another shape states no licence.
  }
  return std::nullopt;
}

std::optional<data::Licence> of_files_beside(const fs::path& path, const std::string& licence_file) {
  collect::Source source;
  const bool folder = fs::is_directory(path);
  source.folder = folder ? path : path.parent_path();
  source.licence_file = licence_file;
  const fs::path file = folder ? fs::path("config.json") : path.filename();
  data::Licence licence = collect::Licences(source).of(file.string());
  if (licence.id == "unknown") return std::nullopt;
  return licence;
}

data::Licence licence_of(const Config& train, const fs::path& path, const Json& bill) {
  const std::string mend(tr(
      "look at what its makers allow, then write it under \"base:\", such as \"base_licence: Apache-2.0\", or name "
      "the file that states it: \"base_licence_file: LICENSE\"",
      "만든 곳이 무엇을 허락하는지 확인한 뒤 \"base:\" 아래에 \"base_licence: Apache-2.0\"처럼 적거나, 라이선스가 적힌 "
      "파일을 \"base_licence_file: LICENSE\"처럼 지정하세요"));
  if (const std::string stated = train.text("base_licence", ""); !stated.empty()) {
    const auto expression = collect::spdx_expression(stated);
    if (expression) return {*expression, "recipe"};
    throw Error(
        train.place("base_licence"),
        fmt::format(fmt::runtime(tr("\"{}\" is not an SPDX expression", "\"{}\" 값은 SPDX 표현식이 아닙니다")), stated),
        std::string(tr("write an id of https://spdx.org/licenses/ such as Apache-2.0, or LicenseRef-NAME",
                       "https://spdx.org/licenses/의 식별자(예: Apache-2.0)나 LicenseRef-이름을 적으세요")));
  }
  std::string file = train.text("base_licence_file", "");
  if (!file.empty()) {
    file = (train.folder() / file).lexically_normal().string();
    if (!fs::is_regular_file(file))
      throw Error(train.place("base_licence_file"),
                  fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")), file), mend);
    if (const auto licence = of_files_beside(path, file)) return *licence;
    throw Error(
        train.place("base_licence_file"),
        fmt::format(fmt::runtime(tr("no licence is recognised in \"{}\"", "\"{}\"에서 라이선스를 알아보지 못했습니다")),
                    file),
        std::string(tr("write the licence itself: \"base_licence: ID\"",
                       "라이선스를 직접 적으세요: \"base_licence: 식별자\"")));
  }
  for (const std::optional<data::Licence>& found :
       {of_gguf(path), of_bill(bill, "bom.json"), of_readme(path / "README.md"), of_files_beside(path, "")})
    if (found) return *found;
  throw Error(train.place("base"),
              fmt::format(fmt::runtime(tr("the licence of the base {} is not stated anywhere",
                                          "바탕 모델 {}의 라이선스가 어디에도 적혀 있지 않습니다")),
                          path.filename().string()),
              mend);
}

}  // namespace

std::optional<BaseModel> read_base_model(const Config& train) {
  const std::string named = train.text("base", "");
  if (named.empty()) return std::nullopt;
  BaseModel base;
  base.path = (train.folder() / named).lexically_normal();
  if (!base.path.has_filename()) base.path = base.path.parent_path();
  base.name = (model::is_gguf_file(base.path) ? base.path.stem() : base.path.filename()).string();
  Json bill;
  if (fs::exists(base.path / "bom.json")) {
    bill = read_json_file(base.path / "bom.json");
    if (bill.is_object() && bill.contains("model") && bill["model"].is_object())
      base.name = bill["model"].value("name", base.name);
  }
  base.licence = licence_of(train, base.path, bill);
  return base;
}

Json base_facts(const BaseModel& base) {
  uint64_t bytes = 0;
  if (fs::is_directory(base.path)) {
    for (const fs::path& file : list_files(base.path)) bytes += fs::file_size(base.path / file);
  } else {
    bytes = fs::file_size(base.path);
  }
  return {{"name", base.name},
          {"sha256", model::hash_of(base.path)},
          {"bytes", bytes},
          {"licence", base.licence.id},
          {"evidence", base.licence.evidence}};
}

ledger::Source base_source(const Json& facts) {
  return {"base/" + facts.at("name").get<std::string>(),
          facts.at("sha256").get<std::string>(),
          facts.value("bytes", uint64_t{0}),
          "",
          facts.value("licence", "unknown"),
          facts.value("evidence", "")};
}

}  // namespace moru::pipeline
