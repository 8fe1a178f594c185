// Training checkpoints: written whole, checked by hash when read, the last two kept.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/progress.h"
#include "train/optimizer.h"

namespace moru::train {

/// What a run knows besides the optimizer's state.
struct RunState {
  uint64_t step = 0;           ///< Steps done, over both phases.
  uint64_t tokens = 0;         ///< Rows run through the model.
  std::vector<double> losses;  ///< Mean loss of each step done.
};

class CheckpointFolder {
 public:
  /// `run_key`: a hash of all that decides the run; checkpoints of another run are deleted.
  CheckpointFolder(std::filesystem::path folder, std::string run_key);
  void save(const Optimizer& optimizer, const RunState& state) const;
  /// Restores the newest checkpoint that is whole. A damaged one is said, set aside and passed over.
  std::optional<RunState> restore(Optimizer& optimizer, ProgressSink& progress) const;

 private:
  std::vector<std::filesystem::path> newest_first() const;
  std::filesystem::path folder_;
  std::string run_key_;
};

}  // namespace moru::train
