#include "pipeline/workspace.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::pipeline {
namespace {

void rename_folder(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    throw system_error(to.string(), std::string(tr("cannot rename into place", "제자리로 옮길 수 없습니다")), errno);
}

void remove_tree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) throw system_error(path.string(), std::string(tr("cannot delete", "지울 수 없습니다")), code.value());
}

}  // namespace

Workspace::Workspace(fs::path folder) : folder_(std::move(folder)) {
  if (folder_.empty()) folder_ = ".";
}

Workspace Workspace::find(const fs::path& from) {
  std::error_code code;
  const fs::path start = fs::absolute(from, code).lexically_normal();
  for (fs::path folder = start;; folder = folder.parent_path()) {
    if (fs::is_directory(folder / ".moru", code)) return Workspace(folder);
    if (folder == folder.parent_path()) break;
  }
  throw Error(start.string(),
              std::string(tr("no workspace here or above (a folder with .moru in it)",
                             "여기와 위쪽에 작업 공간(.moru가 있는 폴더)이 없습니다")),
              std::string(tr("give one with --workspace, or run \"moru build RECIPE\" first",
                             "--workspace로 지정하거나 먼저 \"moru build 레시피\"를 실행하세요")));
}

std::vector<Artefact> Workspace::artefacts() const {
  std::vector<Artefact> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(moru() / "artefacts", code)) {
    try {
      found.push_back(load_artefact(entry.path()));
    } catch (const Error&) {
      // A damaged one is made again when a step asks for it; it says nothing about what exists.
    }
  }
  const auto order = [](const Artefact& a) { return std::pair(a.made.value("finished", ""), a.key); };
  std::ranges::sort(found, {}, order);
  return found;
}

void Workspace::prepare() const {
  remove_tree(moru() / "partial");
  for (const auto* name : {"artefacts", "partial", "work"}) make_directories(moru() / name);
  // Killed after its artefact stood, before its checkpoints went.
  std::vector<fs::path> finished;
  for (const auto& entry : fs::directory_iterator(moru() / "work"))
    if (fs::exists(artefact(entry.path().filename().string()))) finished.push_back(entry.path());
  for (const fs::path& path : finished) remove_tree(path);
}

Artefact Workspace::publish(Artefact artefact) const {
  const fs::path place = this->artefact(artefact.key);
  if (fs::exists(place)) remove_artefact(artefact.key);
  rename_folder(artefact.folder, place);
  sync_directory(place.parent_path());
  artefact.folder = place;
  return artefact;
}

void Workspace::remove_artefact(const std::string& key) const {
  // Renamed first: a kill in the middle of deleting must not leave half an artefact under its key.
  const fs::path aside = partial(key + ".old");
  remove_tree(aside);
  rename_folder(artefact(key), aside);
  remove_tree(aside);
}

void Workspace::remove_work() const {
  remove_tree(moru() / "work");
  make_directories(moru() / "work");
}

WorkspaceLock::WorkspaceLock(const Workspace& workspace) {
  make_directories(workspace.moru());
  const fs::path path = workspace.moru() / "lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw system_error(path.string(), std::string(tr("cannot lock", "잠글 수 없습니다")), errno);
  // A record lock, not flock: children that parse documents must not keep it when the build is killed.
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(descriptor_, F_SETLK, &lock) == 0) return;
  const int code = errno;
  lock.l_type = F_WRLCK;
  const bool known = ::fcntl(descriptor_, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  ::close(std::exchange(descriptor_, -1));
  if (code != EACCES && code != EAGAIN)
    throw system_error(path.string(), std::string(tr("cannot lock", "잠글 수 없습니다")), code);
  const std::string who = known ? fmt::format(" ({} {})", tr("process", "프로세스"), lock.l_pid) : "";
  throw Error(
      workspace.folder().string(),
      fmt::format("{}{}",
                  tr("another build is running in this workspace", "이 작업 공간에서 다른 빌드가 실행 중입니다"), who),
      std::string(tr("wait until it ends, or give this build its own folder with --workspace",
                     "끝날 때까지 기다리거나 --workspace로 다른 폴더를 주세요")));
}

WorkspaceLock::~WorkspaceLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace moru::pipeline
