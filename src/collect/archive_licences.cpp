#include "collect/archive_licences.h"

namespace moru::collect {
namespace {

std::string_view folder_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

void ArchiveLicences::add(const std::string& path, std::string place, std::string_view text) {
  Evidence evidence{std::move(place), DebianCopyright::parse(text), {}};
  if (!evidence.debian) evidence.recognised = recognise_licence(text);
  if (!evidence.debian && !evidence.recognised) return;
  folders_[std::string(folder_of(path))].try_emplace(path, std::move(evidence));
}

std::optional<data::Licence> ArchiveLicences::of(std::string_view path) const {
  if (folders_.empty()) return std::nullopt;
  for (std::string_view folder = folder_of(path);; folder = folder_of(folder)) {
    if (const auto files = folders_.find(folder); files != folders_.end()) {
      const Evidence& evidence = files->second.begin()->second;
      std::optional<Recognised> found = evidence.recognised;
      if (evidence.debian) found = evidence.debian->for_path(folder.empty() ? path : path.substr(folder.size() + 1));
      if (found) return data::Licence{found->id, fmt::format("{}:{}", evidence.place, found->line)};
    }
    if (folder.empty()) return std::nullopt;
  }
}

}  // namespace moru::collect
