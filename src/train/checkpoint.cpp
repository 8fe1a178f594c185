#include "train/checkpoint.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/language.h"

namespace moru::train {
namespace {

constexpr size_t kKept = 2;  // the newest, and one more should it turn out damaged

fs::path tensors_of(const fs::path& facts) {
  return fs::path(facts).replace_extension(".safetensors");
}

}  // namespace

CheckpointFolder::CheckpointFolder(fs::path folder, std::string run_key)
    : folder_(std::move(folder)), run_key_(std::move(run_key)) {
  make_directories(folder_);
}

std::vector<fs::path> CheckpointFolder::newest_first() const {
  std::vector<fs::path> found;
  for (const fs::path& file : list_files(folder_))
    if (file.extension() == ".json" && file.string().starts_with("checkpoint-")) found.push_back(folder_ / file);
  std::ranges::reverse(found);
  return found;
}

void CheckpointFolder::save(const Optimizer& optimizer, const RunState& state) const {
  // The facts are written last: a checkpoint without them is not there.
  const fs::path facts = folder_ / fmt::format("checkpoint-{:08}.json", state.step);
  model::write_safetensors(tensors_of(facts), optimizer.state());
  const Json json = {{"run", run_key_},        {"step", state.step},     {"optimizer_steps", optimizer.steps()},
                     {"tokens", state.tokens}, {"losses", state.losses}, {"sha256", sha256_file(tensors_of(facts))}};
  write_file_atomic(facts, dump_json(json) + "\n");
  const std::vector<fs::path> all = newest_first();
  for (size_t i = kKept; i < all.size(); ++i) {
    fs::remove(all[i]);
    fs::remove(tensors_of(all[i]));
  }
}

std::optional<RunState> CheckpointFolder::restore(Optimizer& optimizer, ProgressSink& progress) const {
  for (const fs::path& facts : newest_first()) {
    try {
      const Json json = read_json_file(facts);
      if (json_text(json, "run", facts.string()) != run_key_) {
        fs::remove(facts);
        fs::remove(tensors_of(facts));
        continue;
      }
      if (sha256_file(tensors_of(facts)) != json_text(json, "sha256", facts.string()))
        throw Error(tensors_of(facts).string(),
                    std::string(tr("its bytes are not those that were written", "기록된 내용과 다릅니다")), "");
      RunState state;
      state.step = static_cast<uint64_t>(json_integer(json, "step", facts.string()));
      state.tokens = static_cast<uint64_t>(json_integer(json, "tokens", facts.string()));
      state.losses = json.at("losses").get<std::vector<double>>();
      optimizer.restore(model::SafetensorsFile(tensors_of(facts)),
                        static_cast<uint64_t>(json_integer(json, "optimizer_steps", facts.string())));
      return state;
    } catch (const std::exception& error) {
      progress.say(fmt::format(
          fmt::runtime(tr("checkpoint {} is damaged ({}); it is set aside, and training goes on from the one before it",
                          "체크포인트 {}이(가) 손상되었습니다({}). 따로 두고 그 전 체크포인트에서 이어 갑니다")),
          facts.filename().string(), error.what()));
      std::error_code ignored;
      fs::rename(facts, fs::path(facts) += ".damaged", ignored);
    }
  }
  return std::nullopt;
}

}  // namespace moru::train
