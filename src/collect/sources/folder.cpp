// folder: the files in a folder that globs choose.
#include <nlohmann/json.hpp>

#include "collect/origin.h"
#include "core/error.h"
#include "core/language.h"

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

class Folder : public Origin {
 public:
  std::string about(const Source& source) const override { return source.folder.string(); }
  Json parameters(const Source&) const override { return nullptr; }
  std::vector<FoundFile> files(const Source& source, const fs::path&) const override { return find_files(source); }
  [[noreturn]] void nothing_found(const Source& source) const override {
    throw Error(source.place,
                fmt::format(fmt::runtime(tr("no file in \"{}\" matches", "\"{}\"에 맞는 파일이 없습니다")),
                            source.folder.string()),
                std::string(tr("look at \"include\" and \"exclude\": \"**/*.html\" is every page in every folder, "
                               "\"*.html\" those right in it",
                               "\"include\"와 \"exclude\"를 확인하세요. \"**/*.html\"은 모든 폴더의 페이지, "
                               "\"*.html\"은 바로 그 폴더의 페이지입니다")));
  }
};

}  // namespace

const std::shared_ptr<const Origin>& folder_origin() {
  static const std::shared_ptr<const Origin> folder = std::make_shared<Folder>();
  return folder;
}

void read_folder_source(const Config& section, const fs::path& base, Source& source) {
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
  source.name = source.folder.filename().string();
  source.origin = folder_origin();
  source.include = section.texts("include", {"**"});
  source.exclude = section.texts("exclude");
}

}  // namespace moru::collect
