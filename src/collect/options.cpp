// The recipe's `collect:` list.
#include <nlohmann/json.hpp>
#include <set>

#include "collect/collect.h"
#include "collect/licence.h"
#include "collect/origin.h"
#include "core/child_process.h"
#include "core/error.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::collect {
namespace fs = std::filesystem;
namespace {

ExtractSettings read_extract_settings(const Config& section) {
  ExtractSettings s;
  s.hwp_distribution = section.flag("hwp_distribution", s.hwp_distribution);
  s.ocr = section.flag("ocr", s.ocr);
  s.ocr_languages = section.text("ocr_languages", s.ocr_languages);
  s.archive_entries =
      static_cast<uint64_t>(section.integer("archive_entries", static_cast<int64_t>(s.archive_entries), 1));
  s.archive_bytes = static_cast<uint64_t>(section.integer("archive_bytes", static_cast<int64_t>(s.archive_bytes), 1));
  s.archive_ratio = section.number("archive_ratio", s.archive_ratio, 1, 1e9);
  s.archive_depth = static_cast<int>(section.integer("archive_depth", s.archive_depth, 0, 16));
  s.members = section.texts("members", s.members);
  return s;
}

/// The one kind whose key the entry has.
const SourceKind& kind_of(const Config& section) {
  std::vector<std::string_view> keys;
  const SourceKind* found = nullptr;
  for (const SourceKind& kind : source_kinds()) {
    keys.push_back(kind.key);
    if (!section.has(kind.key)) continue;
    if (found != nullptr)
      throw Error(section.place(kind.key),
                  fmt::format(fmt::runtime(tr("one entry has both \"{}\" and \"{}\"",
                                              "한 항목에 \"{}\"와(과) \"{}\"가 함께 있습니다")),
                              found->key, kind.key),
                  std::string(tr("give each source an entry of its own: \"- \" before each",
                                 "출처마다 \"- \"로 항목을 따로 만드세요")));
    found = &kind;
  }
  if (found != nullptr) return *found;
  throw Error(
      section.place(),
      std::string(tr("this entry does not say where its documents are", "문서가 어디 있는지 적혀 있지 않습니다")),
      fmt::format("{}: {}", tr("add one of", "다음 중 하나를 적으세요"), fmt::join(keys, ", ")));
}

Source read_source(const Config& section, const fs::path& base) {
  Source source;
  const SourceKind& kind = kind_of(section);
  source.place = section.place(kind.key);
  kind.read(section, base, source);
  std::error_code code;
  source.name = section.text("name", source.name);
  if (source.name.empty() || source.name.find('/') != std::string::npos || !text::is_valid_utf8(source.name))
    throw Error(
        section.place("name"),
        std::string(tr("\"name\" must be a word without \"/\"", "\"name\" 값은 \"/\"가 없는 낱말이어야 합니다")),
        std::string(tr("give the source a short name; it begins the address of each document",
                       "짧은 이름을 주세요. 각 문서 주소의 첫머리가 됩니다")));
  source.licence = section.text("licence", "");
  if (!source.licence.empty()) {
    const auto expression = spdx_expression(source.licence);
    if (!expression)
      throw Error(
          section.place("licence"),
          fmt::format(fmt::runtime(tr("\"{}\" is not an SPDX expression", "\"{}\" 값은 SPDX 표현식이 아닙니다")),
                      source.licence),
          std::string(tr(
              "write an id of https://spdx.org/licenses/ such as MPL-2.0, or LicenseRef-NAME for a licence of your own",
              "https://spdx.org/licenses/의 식별자(예: MPL-2.0)나, 자체 라이선스라면 LicenseRef-이름을 적으세요")));
    source.licence = *expression;
  }
  if (const std::string file = section.text("licence_file", ""); !file.empty()) {
    const fs::path path = fs::path(file).is_relative() ? base / file : fs::path(file);
    source.licence_file = path.lexically_normal().string();
    if (!fs::is_regular_file(path, code))
      throw Error(
          section.place("licence_file"),
          fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")), source.licence_file),
          std::string(tr("correct \"licence_file\", or write the licence itself as \"licence: ID\"",
                         "\"licence_file\" 값을 고치거나, \"licence: 식별자\"로 라이선스를 직접 적으세요")));
  }
  source.extract = read_extract_settings(section);
  source.text_field = section.text("text_field", "");
  source.title_field = section.text("title_field", "");
  source.id_field = section.text("id_field", "");
  return source;
}

}  // namespace

Options read_options(const Config& recipe, const fs::path& base, std::string_view key) {
  Options options;
  std::set<std::string> names;
  for (const Config& section : recipe.sections(key)) {
    options.sources.push_back(read_source(section, base));
    if (!names.insert(options.sources.back().name).second)
      throw Error(
          section.place("name"),
          fmt::format(fmt::runtime(tr("two sources are called \"{}\"", "\"{}\"(이)라는 이름의 출처가 둘입니다")),
                      options.sources.back().name),
          std::string(tr("give each its own \"name\"", "\"name\"을 서로 다르게 주세요")));
  }
  if (options.sources.empty())
    throw Error(recipe.place(key), std::string(tr("nothing to collect", "모을 것이 없습니다")),
                fmt::format(fmt::runtime(tr("add \"{}:\" with at least one source, such as \"folder: documents\"",
                                            "\"{}:\"에 출처를 하나 이상 적으세요. 예: \"folder: documents\"")),
                            key));
  std::ranges::sort(options.sources, {}, &Source::name);
  const Config limits = recipe.section("collect_limits");
  options.max_file_bytes =
      static_cast<uint64_t>(limits.integer("max_file_bytes", static_cast<int64_t>(options.max_file_bytes), 1));
  options.seconds_per_file = limits.number("seconds_per_file", options.seconds_per_file, 0.1, 86400);
  options.memory_per_worker = static_cast<uint64_t>(limits.integer(
      "memory_per_worker", static_cast<int64_t>(options.memory_per_worker), int64_t{64} << 20, int64_t{1} << 46));
  options.cache_bytes =
      static_cast<uint64_t>(limits.integer("cache_bytes", static_cast<int64_t>(options.cache_bytes), 0));
  for (Source& source : options.sources) {
    source.extract.member_bytes = options.max_file_bytes;
    source.extract.seconds = options.seconds_per_file;
  }
  return options;
}

Json extract_settings_json(const Source& s) {
  // A program that is installed later reads what was set aside without it.
  Json missing = Json::array();
  for (const std::string_view program : {"pdftotext", "pdftoppm", "tesseract"})
    if (!is_program(program)) missing.push_back(program);
  return {{"missing_programs", std::move(missing)},
          {"extract",
           {{"hwp_distribution", s.extract.hwp_distribution},
            {"ocr", s.extract.ocr},
            {"ocr_languages", s.extract.ocr_languages},
            {"archive_entries", s.extract.archive_entries},
            {"archive_bytes", s.extract.archive_bytes},
            {"archive_ratio", s.extract.archive_ratio},
            {"archive_depth", s.extract.archive_depth},
            {"members", s.extract.members}}},
          {"fields", {s.text_field, s.title_field, s.id_field}}};
}

Json to_json(const Options& options) {
  Json sources = Json::array();
  for (const Source& s : options.sources) {
    Json source = extract_settings_json(s);
    source["name"] = s.name;
    source["origin"] = origin_of(s).parameters(s);
    source["include"] = s.include;
    source["exclude"] = s.exclude;
    source["licence"] = s.licence;
    source["licence_file"] = s.licence_file;
    sources.push_back(std::move(source));
  }
  return {{"sources", std::move(sources)},
          {"max_file_bytes", options.max_file_bytes},
          {"seconds_per_file", options.seconds_per_file},
          {"memory_per_worker", options.memory_per_worker}};
}

}  // namespace moru::collect
