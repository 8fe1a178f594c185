#include "pipeline/publish.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "ledger/bom.h"

namespace moru::pipeline {
namespace {

void copy_files(const fs::path& from, const fs::path& to) {
  for (const fs::path& file : list_files(from)) {
    make_directories((to / file).parent_path());
    std::error_code code;
    fs::copy_file(from / file, to / file, fs::copy_options::overwrite_existing, code);
    if (code) throw system_error((to / file).string(), std::string(tr("cannot write", "쓸 수 없습니다")), code.value());
  }
}

/// Whether the folder holds this very model, whatever else lies in it.
bool holds(const fs::path& folder, const std::string& bom_text, const Json& bom) {
  std::error_code code;
  if (!fs::is_regular_file(folder / "bom.json", code) || read_file(folder / "bom.json") != bom_text) return false;
  for (const std::string& name : ledger::changed_files(folder, bom))
    if (bom.at("files").contains(name)) return false;
  return true;
}

/// Whether files of a published model were changed or added since.
bool was_touched(const fs::path& folder) {
  try {
    return !ledger::changed_files(folder, read_json_file(folder / "bom.json")).empty();
  } catch (const Error&) {
    return true;
  }
}

void swap_into_place(const fs::path& fresh, const fs::path& folder, ProgressSink& progress) {
  const auto move = [](const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
      throw system_error(to.string(), std::string(tr("cannot rename into place", "제자리로 옮길 수 없습니다")), errno);
  };
  std::error_code code;
  if (!fs::exists(folder) || (fs::is_directory(folder) && fs::is_empty(folder, code))) {
    move(fresh, folder);  // rename(2) replaces an empty folder
  } else if (was_touched(folder)) {
    std::string time = utc_now();
    std::erase(time, ':');
    const fs::path aside = folder.string() + ".before-" + time;
    move(folder, aside);
    move(fresh, folder);
    progress.say(fmt::format(fmt::runtime(tr("files in {} had been changed; they are kept in {}",
                                             "{}의 파일이 바뀌어 있어 {}에 남겨 두었습니다")),
                             folder.string(), aside.string()));
  } else if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) {
    // Both names changed at once, so that a reader finds the old model or the new one.
    fs::remove_all(fresh, code);
  } else {
    const fs::path old = fresh.string() + ".old";
    fs::remove_all(old, code);
    move(folder, old);
    move(fresh, folder);
    fs::remove_all(old, code);
  }
  sync_directory(folder.parent_path());
}

}  // namespace

Published publish_model(const Recipe& recipe, const Workspace& workspace,
                        const std::map<std::string, Artefact>& artefacts, ledger::Ledger& ledger,
                        ProgressSink& progress) {
  const Artefact& package = artefacts.at("package");
  const Artefact& weights = artefacts.at(json_text(package.facts, "weights", package.folder.string()));
  Published published;
  published.id = json_text(package.facts, "model_id", package.folder.string());
  const fs::path folder = fs::absolute(workspace.folder() / recipe.output.folder).lexically_normal();
  published.folder = folder.has_filename() ? folder : folder.parent_path();

  const std::string bom_text = read_file(package.folder / "files" / "bom.json");
  const Json bom = parse_json(bom_text, "bom.json");
  if (!holds(published.folder, bom_text, bom)) {
    std::error_code code;
    if (fs::exists(published.folder) && !fs::exists(published.folder / "bom.json") &&
        !fs::is_empty(published.folder, code))
      throw Error(
          published.folder.string(),
          std::string(tr("this is to hold the model, but holds something else", "모델을 둘 자리에 다른 것이 있습니다")),
          std::string(tr("move it away, or name another folder in the recipe (output: folder:)",
                         "옮기거나 레시피에서 다른 폴더를 지정하세요 (output: folder:)")));
    make_directories(published.folder.parent_path());
    // Beside its place, since a rename cannot cross file systems.
    const fs::path fresh = published.folder.parent_path() / ("." + published.folder.filename().string() + ".partial");
    fs::remove_all(fresh, code);
    try {
      copy_files(weights.folder / "model", fresh);
      copy_files(package.folder / "files", fresh);
      sync_tree(fresh);
    } catch (...) {
      fs::remove_all(fresh, code);
      throw;
    }
    swap_into_place(fresh, published.folder, progress);
    published.written = true;
  }
  ledger::Ledger::Transaction transaction(ledger);
  const Json facts = {
      {"folder", published.folder.string()}, {"recipe_sha256", recipe.sha256}, {"package", package.key}};
  ledger.put(ledger::Node{published.id, ledger::Kind::model, recipe.name, dump_json(facts)});
  ledger.put(ledger::Edge{published.id, weights.key, std::string(ledger::kWeights), {}});
  transaction.commit();
  return published;
}

}  // namespace moru::pipeline
