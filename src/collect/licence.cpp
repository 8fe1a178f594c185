#include "collect/licence.h"

#include "collect/files.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

constexpr uint64_t kMaxLicenceBytes = uint64_t{4} << 20;  // a larger file is no licence text

std::string parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

}  // namespace

Licences::Licences(const FolderSource& source) : source_(source) {
  // Patterns in a file that lies elsewhere are of the package's source, whose paths are not these: only "*" fits.
  if (!source.licence_file.empty()) given_ = read(source.licence_file, source.licence_file, "\n");
}

Licences::Evidence Licences::read(const fs::path& file, std::string place, std::string root) {
  Evidence evidence{std::move(place), {}, {}, std::move(root)};
  std::error_code code;
  if (fs::file_size(file, code) > kMaxLicenceBytes && !code) return evidence;
  const std::string text = read_file(file);
  evidence.debian = DebianCopyright::parse(text);
  if (!evidence.debian) evidence.recognised = recognise_licence(text);
  return evidence;
}

std::optional<data::Licence> Licences::apply(const Evidence& evidence, std::string_view path) {
  std::optional<Recognised> found = evidence.recognised;
  if (evidence.debian) {
    const bool below = path.starts_with(evidence.root);
    found = evidence.debian->for_path(below ? path.substr(evidence.root.size()) : "\n");
  }
  if (!found) return std::nullopt;
  return data::Licence{found->id, fmt::format("{}:{}", evidence.place, found->line)};
}

const std::optional<Licences::Evidence>& Licences::beside(const std::string& folder) {
  const auto known = folders_.find(folder);
  if (known != folders_.end()) return known->second;
  std::optional<Evidence>& slot = folders_[folder];
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator it(source_.folder / folder, code); !code && it != fs::directory_iterator();
       it.increment(code)) {
    std::error_code ignored;
    const std::string name = it->path().filename().string();
    if (is_licence_file(name) && it->is_regular_file(ignored) && !it->is_symlink(ignored)) names.push_back(name);
  }
  std::ranges::sort(names);
  const std::string prefix = folder.empty() ? "" : folder + "/";
  for (const std::string& name : names) {
    try {
      Evidence evidence = read(source_.folder / folder / name, source_.name + "/" + prefix + name, prefix);
      if (!evidence.debian && !evidence.recognised) continue;
      slot = std::move(evidence);
      break;
    } catch (const Error&) {  // one that cannot be read says nothing
    }
  }
  return slot;
}

std::optional<data::Licence> Licences::of_package(std::string_view path) {
  std::error_code code;
  const std::string root = fs::canonical(source_.folder, code).string() + "/";
  if (!packages_read_) {
    packages_read_ = true;
    static const fs::path kLists = "/var/lib/dpkg/info";
    // What the user writes is never a package's: only folders that packages install into are looked up.
    const bool installed = root.starts_with("/usr/") && !root.starts_with("/usr/local/");
    std::vector<fs::path> lists;
    if (installed && fs::is_directory(kLists, code)) {
      for (const auto& entry : fs::directory_iterator(kLists, code))
        if (entry.path().extension() == ".list") lists.push_back(entry.path());
    }
    std::ranges::sort(lists);
    for (const fs::path& list : lists) {
      const MappedFile file(list);
      const std::string_view text = file.text();
      for (size_t at = text.find("\n" + root); at != std::string_view::npos; at = text.find("\n" + root, at + 1)) {
        const size_t begin = at + 1 + root.size();
        std::string package = list.stem().string();
        package = package.substr(0, package.find(':'));  // "libgumbo1:amd64"
        owner_.emplace(text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin), package);
      }
    }
  }
  const auto owner = owner_.find(path);
  if (owner == owner_.end()) return std::nullopt;
  const auto [slot, fresh] = packages_.try_emplace(owner->second);
  if (fresh) {
    const fs::path file = fs::path("/usr/share/doc") / owner->second / "copyright";
    if (fs::exists(file, code)) slot->second = read(file, file.string(), "\n");
  }
  return slot->second ? apply(*slot->second, path) : std::nullopt;
}

data::Licence Licences::of(std::string_view path) {
  if (!source_.licence.empty()) return {source_.licence, "recipe"};
  if (given_) {
    if (auto licence = apply(*given_, path)) return *licence;
    return {"unknown", given_->place};
  }
  if (source_.folder.empty()) return {"unknown", ""};
  for (std::string folder = parent_of(path);; folder = parent_of(folder)) {
    if (const auto& evidence = beside(folder))
      if (auto licence = apply(*evidence, path)) return *licence;
    if (folder.empty()) break;
  }
  if (auto licence = of_package(path)) return *licence;
  return {"unknown", ""};
}

}  // namespace moru::collect
