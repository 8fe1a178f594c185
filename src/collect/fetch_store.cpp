#include "collect/fetch_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

constexpr std::string_view kSchema = "moru-fetch/1";

/// Lines of JSON; stops at the first that is none (a kill cut it).
std::vector<Json> read_lines(const fs::path& file) {
  std::vector<Json> lines;
  std::error_code code;
  if (!fs::exists(file, code)) return lines;
  const std::string text = read_file(file);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    try {
      lines.push_back(parse_json(std::string_view(text).substr(begin, end - begin), file.string()));
    } catch (const Error&) {
      break;
    }
    begin = end + 1;
  }
  return lines;
}

Json head_json(const std::string& settings, const std::string& finished) {
  return {{"schema", kSchema}, {"settings", settings}, {"finished", finished}};
}

bool is_head(const Json& json) {
  return json.is_object() && json.value("schema", "") == kSchema;
}

void write_all(int file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw system_error(path.string(), std::string(tr("cannot write", "쓸 수 없습니다")), errno);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

Json to_json(const Fetched& f) {
  Json json = {{"kind", f.kind}, {"address", f.address}, {"fetched", f.fetched}};
  const auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
  };
  put("name", f.name);
  put("problem", f.problem);
  put("detail", f.detail);
  put("sha256", f.sha256);
  put("media_type", f.media_type);
  put("etag", f.etag);
  put("last_modified", f.last_modified);
  put("modified", f.modified);
  put("location", f.location);
  if (!f.sha256.empty()) json["size"] = f.size;
  if (!f.metadata.empty()) json["metadata"] = f.metadata;
  if (f.transient) json["transient"] = true;
  return json;
}

Fetched fetched_from_json(const Json& json) {
  try {
    Fetched f;
    json.at("kind").get_to(f.kind);
    json.at("address").get_to(f.address);
    f.fetched = json.value("fetched", "");
    f.name = json.value("name", "");
    f.problem = json.value("problem", "");
    f.detail = json.value("detail", "");
    f.sha256 = json.value("sha256", "");
    f.size = json.value("size", uint64_t{0});
    f.media_type = json.value("media_type", "");
    f.etag = json.value("etag", "");
    f.last_modified = json.value("last_modified", "");
    f.modified = json.value("modified", "");
    f.location = json.value("location", "");
    if (json.contains("metadata")) json.at("metadata").get_to(f.metadata);
    f.transient = json.value("transient", false);
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (!f.sha256.empty() && (f.sha256.size() != 64 || !std::ranges::all_of(f.sha256, is_hex)))
      throw Error("", "\"sha256\" is no hash", "");
    return f;
  } catch (const Json::exception& error) {
    throw Error("", error.what(), "");
  }
}

FetchStore::FetchStore(fs::path folder, std::string settings)
    : folder_(std::move(folder)), settings_(std::move(settings)) {
  make_directories(folder_ / "blobs");
  std::error_code code;
  for (fs::directory_iterator it(folder_ / "blobs", code); !code && it != fs::directory_iterator(); it.increment(code))
    if (it->path().extension() == ".partial") fs::remove(it->path(), code);
  const auto is_whole = [&](const Fetched& f) {
    std::error_code ignored;
    return f.sha256.empty() || fs::file_size(blob(f.sha256), ignored) == f.size;
  };
  for (Fetched& f : read_index(folder_).entries)
    if (is_whole(f)) before_.insert_or_assign(f.address, std::move(f));
  const fs::path journal = folder_ / "journal.jsonl";
  const std::vector<Json> lines = read_lines(journal);
  const bool goes_on = !lines.empty() && is_head(lines[0]) && lines[0].value("settings", "") == settings_;
  std::string kept = dump_json(head_json(settings_, "")) + "\n";
  for (size_t i = 1; goes_on && i < lines.size(); ++i) {
    try {
      Fetched f = fetched_from_json(lines[i]);
      // After a power cut a body may be there in part.
      if (!is_whole(f) || (!f.sha256.empty() && sha256_file(blob(f.sha256)) != f.sha256)) continue;
      kept += dump_json(lines[i]) + "\n";
      now_.insert_or_assign(f.address, std::move(f));
    } catch (const Error&) {
      break;
    }
  }
  write_file_atomic(journal, kept);
  journal_ = ::open(journal.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (journal_ < 0) throw system_error(journal.string(), std::string(tr("cannot write", "쓸 수 없습니다")), errno);
}

FetchStore::~FetchStore() {
  if (journal_ >= 0) ::close(journal_);
}

const Fetched* FetchStore::before(const std::string& address) const {
  const auto found = before_.find(address);
  return found == before_.end() ? nullptr : &found->second;
}

const Fetched* FetchStore::now(const std::string& address) const {
  const std::lock_guard lock(mutex_);
  const auto found = now_.find(address);
  return found == now_.end() ? nullptr : &found->second;
}

std::vector<Fetched> FetchStore::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Fetched> out;
  for (const auto& [address, fetched] : now_) out.push_back(fetched);
  return out;
}

void FetchStore::add(Fetched fetched) {
  const std::lock_guard lock(mutex_);
  if (!fetched.transient) write_all(journal_, dump_json(to_json(fetched)) + "\n", folder_ / "journal.jsonl");
  std::string address = fetched.address;
  now_.insert_or_assign(std::move(address), std::move(fetched));
}

FetchStore::Blob::Blob(FetchStore& store)
    : store_(store), path_(store.folder_ / "blobs" / fmt::format("{}-{}.partial", ::getpid(), ++store.number_)) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) throw system_error(path_.string(), std::string(tr("cannot write", "쓸 수 없습니다")), errno);
}

FetchStore::Blob::~Blob() {
  if (file_ >= 0) ::close(file_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

void FetchStore::Blob::restart() {
  if (::ftruncate(file_, 0) != 0 || ::lseek(file_, 0, SEEK_SET) != 0)
    throw system_error(path_.string(), std::string(tr("cannot write", "쓸 수 없습니다")), errno);
  hash_ = Sha256();
  size_ = 0;
}

void FetchStore::Blob::write(std::string_view bytes) {
  write_all(file_, bytes, path_);
  hash_.update(bytes);
  size_ += bytes.size();
}

void FetchStore::Blob::commit(Fetched& fetched) {
  fetched.sha256 = hash_.hex();
  fetched.size = size_;
  const fs::path final_path = store_.blob(fetched.sha256);
  make_directories(final_path.parent_path());
  if (::close(std::exchange(file_, -1)) != 0 || ::rename(path_.c_str(), final_path.c_str()) != 0)
    throw system_error(final_path.string(), std::string(tr("cannot write", "쓸 수 없습니다")), errno);
  path_.clear();
}

fs::path FetchStore::blob(std::string_view sha256) const {
  return folder_ / "blobs" / sha256.substr(0, 2) / sha256;
}

void FetchStore::finish(std::vector<Fetched> entries) {
  std::ranges::sort(entries, {}, &Fetched::address);
  std::string text = dump_json(head_json(settings_, utc_now())) + "\n";
  std::set<std::string> used;
  for (const Fetched& f : entries) {
    text += dump_json(to_json(f)) + "\n";
    if (!f.sha256.empty()) used.insert(f.sha256);
  }
  // The bodies must be on the disk before the index says so.
  if (const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::syncfs(folder);
    ::close(folder);
  }
  write_file_atomic(folder_ / "index.jsonl", text);
  abandon();
  for (const fs::path& path : list_files(folder_ / "blobs"))
    if (!used.contains(path.filename().string())) {
      std::error_code code;
      fs::remove(folder_ / "blobs" / path, code);
    }
}

void FetchStore::abandon() {
  if (journal_ >= 0) ::close(std::exchange(journal_, -1));
  std::error_code code;
  fs::remove(folder_ / "journal.jsonl", code);
}

FetchStore::Index FetchStore::read_index(const fs::path& folder) {
  Index index;
  const std::vector<Json> lines = read_lines(folder / "index.jsonl");
  if (lines.empty() || !is_head(lines[0])) return index;
  index.settings = lines[0].value("settings", "");
  index.finished = lines[0].value("finished", "");
  for (size_t i = 1; i < lines.size(); ++i) {
    try {
      index.entries.push_back(fetched_from_json(lines[i]));
    } catch (const Error&) {  // a line of another version
    }
  }
  return index;
}

fs::path remote_folder(const fs::path& store, std::string_view source) {
  std::string name(source);
  if (name.starts_with('.')) name.insert(0, 1, '_');
  return store / "remote" / name;
}

std::vector<FoundFile> fetched_files(const fs::path& folder) {
  std::vector<FoundFile> files;
  for (const Fetched& f : FetchStore::read_index(folder).entries) {
    const bool is_document = f.kind == "page" || f.kind == "object" || f.kind == "rows";
    if (!is_document || (f.problem.empty() && f.sha256.empty())) continue;
    FoundFile& file = files.emplace_back();
    file.path = f.name;
    file.uri = f.address.substr(0, f.address.find('\n'));  // a number of a chunk of rows follows
    file.modified = f.modified;
    file.problem = f.problem;
    file.detail = f.detail;
    file.size = f.size;
    if (!f.problem.empty()) continue;
    file.real = folder / "blobs" / f.sha256.substr(0, 2) / f.sha256;
    file.media_type = f.media_type;
    file.hash = f.sha256;
    file.metadata = f.metadata;
  }
  return files;
}

}  // namespace moru::collect
