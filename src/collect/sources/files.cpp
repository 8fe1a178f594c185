// files: single files, and what globs choose. list: a text file with one path a line.
#include <nlohmann/json.hpp>

#include "collect/origin.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

bool is_glob(std::string_view path) {
  return path.find_first_of("*?") != std::string_view::npos;
}

/// The path in `folder`, or all of an absolute path where it lies elsewhere.
std::string address_of(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  if (!relative.empty() && *relative.begin() != ".." && relative != ".") return relative.generic_string();
  return path.relative_path().generic_string();
}

class Files : public Origin {
 public:
  Files(std::vector<std::string> paths, fs::path base, fs::path list)
      : paths_(std::move(paths)), base_(std::move(base)), list_(std::move(list)) {}

  std::string about(const Source&) const override {
    if (!list_.empty()) return list_.string();
    return paths_.size() == 1 ? paths_.front() : fmt::format(fmt::runtime(tr("{} files", "파일 {}개")), paths_.size());
  }
  Json parameters(const Source&) const override { return {{"files", paths_}, {"list", !list_.empty()}}; }

  std::vector<FoundFile> files(const Source&, const fs::path&) const override {
    std::map<std::string, FoundFile> found;  // a file named twice is read once
    const auto add = [&](FoundFile file) {
      const std::string path = file.path;
      found.emplace(path, std::move(file));
    };
    for (const std::string& text : list_.empty() ? paths_ : lines()) {
      const fs::path path = (base_ / text).lexically_normal();
      if (list_.empty() && is_glob(text)) {
        for (FoundFile& file : globbed(path)) add(std::move(file));
        continue;
      }
      FoundFile file;
      file.path = address_of(path, base_);
      file.real = path;
      look_at_file(file);
      add(std::move(file));
    }
    std::vector<FoundFile> out;
    for (auto& [path, file] : found) out.push_back(std::move(file));
    if (std::ranges::all_of(out, [](const FoundFile& file) { return file.problem == "missing"; })) out.clear();
    return out;
  }

  [[noreturn]] void nothing_found(const Source& source) const override {
    throw Error(
        source.place,
        list_.empty() ? std::string(tr("none of these files is there", "이 파일들이 하나도 없습니다"))
                      : fmt::format(fmt::runtime(tr("none of the files that \"{}\" lists is there",
                                                    "\"{}\"에 적힌 파일이 하나도 없습니다")),
                                    list_.string()),
        fmt::format(fmt::runtime(tr("paths are relative to \"{}\"", "경로는 \"{}\" 기준입니다")), base_.string()));
  }

 private:
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    const std::string text = read_file(list_);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      std::string line = text.substr(begin, end - begin);
      begin = end + 1;
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty() && line.find('\0') == std::string::npos) out.push_back(std::move(line));
    }
    return out;
  }

  std::vector<FoundFile> globbed(const fs::path& pattern) const {
    Source source;
    fs::path rest;
    for (const fs::path& component : pattern) {
      if (rest.empty() && !is_glob(component.native())) {
        source.folder /= component;
      } else {
        rest /= component;
      }
    }
    std::error_code code;
    if (!fs::is_directory(source.folder, code)) return {};
    source.include = {rest.generic_string()};
    std::vector<FoundFile> files = find_files(source);
    for (FoundFile& file : files) file.path = address_of(source.folder / file.path, base_);
    return files;
  }

  std::vector<std::string> paths_;
  fs::path base_, list_;
};

fs::path absolute_of(const fs::path& base, const fs::path& path) {
  return fs::absolute(path.is_relative() ? base / path : path).lexically_normal();
}

}  // namespace

void read_file_source(const Config& section, const fs::path& base, Source& source) {
  std::vector<std::string> paths = section.texts("files");
  const fs::path folder = fs::absolute(base).lexically_normal() / "";
  for (const std::string& path : paths) {
    std::error_code code;
    if (!is_glob(path) && !fs::exists(absolute_of(base, path), code))
      throw Error(
          source.place,
          fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")),
                      absolute_of(base, path).string()),
          std::string(tr("correct \"files\", or take it out of the list", "\"files\" 값을 고치거나 목록에서 빼세요")));
  }
  source.name = "files";
  source.folder = folder.parent_path();
  source.origin = std::make_shared<Files>(std::move(paths), source.folder, fs::path());
}

void read_list_source(const Config& section, const fs::path& base, Source& source) {
  const fs::path list = absolute_of(base, section.text("list"));
  std::error_code code;
  if (!fs::is_regular_file(list, code))
    throw Error(source.place,
                fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")), list.string()),
                std::string(tr("\"list\" names a text file with one path a line",
                               "\"list\"에는 한 줄에 경로 하나씩 적은 텍스트 파일을 지정하세요")));
  source.name = list.stem().string();
  source.folder = list.parent_path();
  source.origin = std::make_shared<Files>(std::vector<std::string>(), source.folder, list);
}

}  // namespace moru::collect
