// Workspace: the folder of a recipe with its .moru/ beside it. One build at a time.
//
//   .moru/artefacts/KEY/   finished artefacts, whole or not there
//   .moru/partial/KEY/     what a step is writing now
//   .moru/work/KEY/        checkpoints of a training; survive kills
//   .moru/store/STEP/      what a step remembers between builds: fetched files, hashes; may be deleted
//   .moru/ledger.db        the ledger
//   .moru/progress.json    what the build is doing now, for watchers
//   .moru/lock             held by the running build
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/artefact.h"

namespace moru::pipeline {

class Workspace {
 public:
  /// Names the folder; creates nothing.
  explicit Workspace(std::filesystem::path folder);
  /// The folder itself or the nearest above it that holds .moru/. Throws Error if there is none.
  static Workspace find(const std::filesystem::path& from);

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path artefact(const std::string& key) const { return moru() / "artefacts" / key; }
  std::filesystem::path partial(const std::string& key) const { return moru() / "partial" / key; }
  std::filesystem::path work(const std::string& key) const { return moru() / "work" / key; }
  std::filesystem::path store() const { return moru() / "store"; }
  std::filesystem::path ledger() const { return moru() / "ledger.db"; }
  std::filesystem::path progress() const { return moru() / "progress.json"; }
  std::filesystem::path moru() const { return folder_ / ".moru"; }

  /// All artefacts whose description can be read, in order of the time at which they were finished.
  std::vector<Artefact> artefacts() const;

  /// Makes the folders and throws away what a killed build left half-made (never `work`). Only with the lock.
  void prepare() const;
  /// Moves a sealed folder to artefacts/KEY, whole. A damaged one that is there is taken away first.
  Artefact publish(Artefact artefact) const;
  void remove_artefact(const std::string& key) const;
  /// Throws away all checkpoints.
  void remove_work() const;

 private:
  std::filesystem::path folder_;
};

/// The right to build in a workspace. The system takes it back when the process ends, however it ends.
class WorkspaceLock {
 public:
  /// Throws Error naming the process that holds it.
  explicit WorkspaceLock(const Workspace& workspace);
  WorkspaceLock(const WorkspaceLock&) = delete;
  WorkspaceLock& operator=(const WorkspaceLock&) = delete;
  ~WorkspaceLock();

 private:
  int descriptor_ = -1;
};

}  // namespace moru::pipeline
