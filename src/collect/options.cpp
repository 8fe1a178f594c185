// The recipe's `collect:` list.
#include <nlohmann/json.hpp>
#include <set>

#include "collect/collect.h"
#include "collect/licence.h"
#include "core/error.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::collect {
namespace fs = std::filesystem;
namespace {

/// What a user can do about a folder that is not there.
std::string mend_for_missing(const fs::path& folder) {
  static const std::string kHelp = "/usr/share/libreoffice/help/", kDoc = "/usr/share/doc/";
  const std::string path = folder.lexically_normal().string() + "/";
  const auto first_below = [&](const std::string& root) {
    const std::string rest = path.substr(root.size());
    return rest.substr(0, rest.find('/'));
  };
  std::string package;
  if (path.starts_with(kHelp) && !first_below(kHelp).empty()) {
    package = "libreoffice-help-" + first_below(kHelp);
    for (char& c : package) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  } else if (path.starts_with(kDoc)) {
    package = first_below(kDoc);
  }
  if (!package.empty())
    return fmt::format(fmt::runtime(tr("install the Debian package that holds it: apt-get install {}",
                                       "그 폴더가 든 Debian 패키지를 설치하세요: apt-get install {}")),
                       package);
  return std::string(
      tr("correct \"folder\", or put the documents there", "\"folder\" 값을 고치거나 그 자리에 문서를 두세요"));
}

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

FolderSource read_source(const Config& section, const fs::path& base) {
  FolderSource source;
  source.place = section.place("folder");
  source.folder = fs::path(section.text("folder"));
  if (source.folder.is_relative()) source.folder = base / source.folder;
  source.folder = source.folder.lexically_normal();
  if (!source.folder.has_filename()) source.folder = source.folder.parent_path();
  std::error_code code;
  if (!fs::is_directory(source.folder, code))
    throw Error(source.place,
                fmt::format(fmt::runtime(tr("the folder \"{}\" is not there", "\"{}\" 폴더가 없습니다")),
                            source.folder.string()),
                mend_for_missing(source.folder));
  source.name = section.text("name", source.folder.filename().string());
  if (source.name.empty() || source.name.find('/') != std::string::npos || !text::is_valid_utf8(source.name))
    throw Error(
        section.place("name"),
        std::string(tr("\"name\" must be a word without \"/\"", "\"name\" 값은 \"/\"가 없는 낱말이어야 합니다")),
        std::string(tr("give the source a short name; it begins the address of each document",
                       "짧은 이름을 주세요. 각 문서 주소의 첫머리가 됩니다")));
  source.include = section.texts("include", {"**"});
  source.exclude = section.texts("exclude");
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

Options read_options(const Config& recipe, const fs::path& base) {
  Options options;
  std::set<std::string> names;
  for (const Config& section : recipe.sections("collect")) {
    options.sources.push_back(read_source(section, base));
    if (!names.insert(options.sources.back().name).second)
      throw Error(
          section.place("name"),
          fmt::format(fmt::runtime(tr("two sources are called \"{}\"", "\"{}\"(이)라는 이름의 출처가 둘입니다")),
                      options.sources.back().name),
          std::string(tr("give each its own \"name\"", "\"name\"을 서로 다르게 주세요")));
  }
  if (options.sources.empty())
    throw Error(recipe.place("collect"), std::string(tr("nothing to collect", "모을 것이 없습니다")),
                std::string(tr("add \"collect:\" with at least one \"folder\"",
                               "\"collect:\"에 \"folder\"를 하나 이상 적으세요")));
  std::ranges::sort(options.sources, {}, &FolderSource::name);
  const Config limits = recipe.section("collect_limits");
  options.max_file_bytes =
      static_cast<uint64_t>(limits.integer("max_file_bytes", static_cast<int64_t>(options.max_file_bytes), 1));
  options.seconds_per_file = limits.number("seconds_per_file", options.seconds_per_file, 0.1, 86400);
  options.memory_per_worker = static_cast<uint64_t>(limits.integer(
      "memory_per_worker", static_cast<int64_t>(options.memory_per_worker), int64_t{64} << 20, int64_t{1} << 46));
  for (FolderSource& source : options.sources) {
    source.extract.member_bytes = options.max_file_bytes;
    source.extract.seconds = options.seconds_per_file;
  }
  return options;
}

Json to_json(const Options& options) {
  Json sources = Json::array();
  for (const FolderSource& s : options.sources) {
    sources.push_back({{"name", s.name},
                       {"include", s.include},
                       {"exclude", s.exclude},
                       {"licence", s.licence},
                       {"licence_file", s.licence_file},
                       {"extract",
                        {{"hwp_distribution", s.extract.hwp_distribution},
                         {"ocr", s.extract.ocr},
                         {"ocr_languages", s.extract.ocr_languages},
                         {"archive_entries", s.extract.archive_entries},
                         {"archive_bytes", s.extract.archive_bytes},
                         {"archive_ratio", s.extract.archive_ratio},
                         {"archive_depth", s.extract.archive_depth},
                         {"members", s.extract.members}}},
                       {"fields", {s.text_field, s.title_field, s.id_field}}});
  }
  return {{"sources", std::move(sources)},
          {"max_file_bytes", options.max_file_bytes},
          {"seconds_per_file", options.seconds_per_file},
          {"memory_per_worker", options.memory_per_worker}};
}

}  // namespace moru::collect
