#include "serve/service.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"

namespace moru::serve {
namespace {

/// The newest weight file's time, in seconds since 1970.
int64_t time_of_weights(const fs::path& folder) {
  int64_t newest = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".safetensors") continue;
    const auto time = std::chrono::file_clock::to_sys(entry.last_write_time(error));
    newest =
        std::max<int64_t>(newest, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  }
  return newest;
}

}  // namespace

ModelCard read_card(const fs::path& model_folder, std::string id) {
  ModelCard card;
  card.id = std::move(id);
  card.created = time_of_weights(model_folder);
  const fs::path bom = model_folder / "bom.json";
  if (!fs::exists(bom)) return card;
  const Json json = read_json_file(bom);
  const auto sources = json.is_object() ? json.find("sources") : json.end();
  if (sources == json.end() || !sources->is_object()) return card;
  if (const auto count = sources->find("count"); count != sources->end() && count->is_number_unsigned()) {
    card.documents = count->get<uint64_t>();
  }
  if (const auto licences = sources->find("licences"); licences != sources->end() && licences->is_object()) {
    for (const auto& [licence, count] : licences->items()) {
      if (!card.licences.empty()) card.licences += ", ";
      card.licences += licence;
    }
  }
  return card;
}

}  // namespace moru::serve
