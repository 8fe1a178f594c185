#include "collect/files.h"

#include <sys/stat.h>

#include <ctime>

#include "collect/glob.h"
#include "core/error.h"
#include "core/language.h"

namespace moru::collect {
namespace fs = std::filesystem;
namespace {

FileIdentity identity_from(const struct stat& info) {
  const auto ns = [](const timespec& t) { return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; };
  return {static_cast<uint64_t>(info.st_size), ns(info.st_mtim), ns(info.st_ctim), info.st_dev, info.st_ino};
}

void describe(FoundFile& file, const struct stat& info) {
  file.size = static_cast<uint64_t>(info.st_size);
  file.modified = iso_time(info.st_mtime);
  file.identity = identity_from(info);
}

bool lies_in(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

class Walk {
 public:
  Walk(const Source& source, fs::path root) : root_(std::move(root)) {
    for (const std::string& pattern : source.include) include_.emplace_back(pattern);
    for (const std::string& pattern : source.exclude) exclude_.emplace_back(pattern);
  }

  void folder(const fs::path& path, const std::string& prefix, int depth) {
    std::error_code code;
    fs::directory_iterator entries(path, code);
    if (code && prefix.empty())
      throw system_error(path.string(), std::string(tr("cannot list the folder", "폴더를 열 수 없습니다")),
                         code.value());
    // Deeper than any path the kernel takes in one piece: a loop of mounts, or a trap.
    if (code || depth > 200) {
      FoundFile& folder_itself = found_.emplace_back();
      folder_itself.path = prefix;
      reject(folder_itself, "unreadable", code ? code.message() : "folders nest too deep");
      return;
    }
    for (; entries != fs::directory_iterator(); entries.increment(code)) {
      if (code) break;
      entry(*entries,
            prefix.empty() ? entries->path().filename().string() : prefix + "/" + entries->path().filename().string(),
            depth);
    }
  }

  std::vector<FoundFile> take() {
    std::ranges::sort(found_, {}, &FoundFile::path);
    return std::move(found_);
  }

 private:
  bool chosen(std::string_view path) const {
    const auto matches = [&](const Glob& glob) { return glob.matches(path); };
    return std::ranges::any_of(include_, matches) && std::ranges::none_of(exclude_, matches);
  }

  void entry(const fs::directory_entry& item, std::string path, int depth) {
    struct stat info {};
    if (::lstat(item.path().c_str(), &info) != 0) return;  // gone since the folder was listed
    if (S_ISDIR(info.st_mode)) {
      folder(item.path(), path, depth + 1);
      return;
    }
    if (!chosen(path)) return;
    FoundFile& file = found_.emplace_back();
    file.path = std::move(path);
    file.real = item.path();
    if (S_ISLNK(info.st_mode)) {
      std::error_code code;
      file.real = fs::canonical(item.path(), code);
      if (code) {
        reject(file, "unreadable", "the link leads nowhere");
        return;
      }
      if (!lies_in(file.real, root_)) {
        reject(file, "leaves-folder", "a link to " + file.real.string());
        return;
      }
      if (::stat(file.real.c_str(), &info) != 0) info.st_mode = 0;
    }
    if (!S_ISREG(info.st_mode)) {
      reject(file, "not-a-file", S_ISDIR(info.st_mode) ? "a link to a folder" : "neither a file nor a folder");
      return;
    }
    describe(file, info);
  }

  static void reject(FoundFile& file, std::string_view problem, std::string detail) {
    file.problem = problem;
    file.detail = std::move(detail);
    file.real.clear();
  }

  fs::path root_;
  std::vector<Glob> include_, exclude_;
  std::vector<FoundFile> found_;
};

}  // namespace

std::string iso_time(int64_t seconds) {
  const time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void look_at_file(FoundFile& file) {
  struct stat info {};
  if (::stat(file.real.c_str(), &info) != 0) {
    file.problem = errno == ENOENT || errno == ENOTDIR ? "missing" : "unreadable";
    file.detail = std::strerror(errno);
  } else if (!S_ISREG(info.st_mode)) {
    file.problem = "not-a-file";
    file.detail = S_ISDIR(info.st_mode) ? "a folder" : "neither a file nor a folder";
  } else {
    describe(file, info);
    return;
  }
  file.real.clear();
}

std::optional<FileIdentity> identity_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return identity_from(info);
}

bool is_licence_file(std::string_view name) {
  std::string upper(name.substr(0, name.find('.')));
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const std::string_view extension = name.find('.') == std::string_view::npos ? "" : name.substr(name.find('.'));
  if (!extension.empty() && extension != ".txt" && extension != ".md") return false;
  for (const std::string_view known : {"LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "UNLICENSE"})
    if (upper == known || (upper.starts_with(known) && upper.size() > known.size() && upper[known.size()] == '-'))
      return true;
  return false;
}

std::vector<FoundFile> find_files(const Source& source) {
  std::error_code code;
  const fs::path root = fs::canonical(source.folder, code);
  if (code)
    throw system_error(source.folder.string(), std::string(tr("cannot open the folder", "폴더를 열 수 없습니다")),
                       code.value());
  Walk walk(source, root);
  walk.folder(root, "", 0);
  return walk.take();
}

}  // namespace moru::collect
