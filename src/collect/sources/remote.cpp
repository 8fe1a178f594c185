#include "collect/sources/remote.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "collect/http_client.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"

namespace moru::collect {
namespace {

/// Hours since "2026-01-31T09:15:00Z"; negative if that is no time.
double hours_since(const std::string& time) {
  std::tm parts{};
  if (::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr) return -1;
  return std::difftime(std::time(nullptr), ::timegm(&parts)) / 3600;
}

}  // namespace

RefreshOptions read_refresh(const Config& section, double hours) {
  return {section.flag("refresh", true), section.number("fresh_hours", hours, 0, 1e6)};
}

fs::path read_ca_file(const Config& section, const fs::path& base) {
  const std::string text = section.text("ca_file", "");
  if (text.empty()) return {};
  const fs::path path = fs::path(text).is_relative() ? base / text : fs::path(text);
  std::error_code code;
  if (!fs::is_regular_file(path, code))
    throw Error(section.place("ca_file"),
                fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")), path.string()),
                std::string(tr("\"ca_file\" names certificates to trust, in PEM form",
                               "\"ca_file\"에는 믿을 인증서(PEM 형식) 파일을 지정하세요")));
  return path;
}

void RemoteOrigin::fetch(const Source& source, const fs::path& store, ProgressSink& sink) const {
  const fs::path folder = remote_folder(store, source.name);
  Json settings = parameters(source);
  settings["include"] = source.include;
  settings["exclude"] = source.exclude;
  const std::string hash = sha256(dump_json(settings));
  const FetchStore::Index index = FetchStore::read_index(folder);
  if (!index.finished.empty() && index.settings == hash) {
    const double hours = hours_since(index.finished);
    if (!refresh_.refresh || (hours >= 0 && hours < refresh_.fresh_hours)) {
      sink.say(fmt::format(fmt::runtime(tr("      {}: as it was fetched at {}", "      {}: {}에 가져온 그대로")),
                           source.name, index.finished));
      return;
    }
  }
  FetchStore fetching(folder, hash);
  fetch_into(source, fetching, sink);
}

std::vector<FoundFile> RemoteOrigin::files(const Source& source, const fs::path& store) const {
  return store.empty() ? std::vector<FoundFile>() : fetched_files(remote_folder(store, source.name));
}

void RemoteOrigin::nothing_found(const Source& source) const {
  throw Error(
      source.place,
      fmt::format(fmt::runtime(tr("nothing was fetched from \"{}\" yet", "\"{}\"에서 아직 가져온 것이 없습니다")),
                  source.name),
      std::string(tr("build once without --offline", "--offline 없이 한 번 실행하세요")));
}

}  // namespace moru::collect
