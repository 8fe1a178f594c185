#include "serve/service.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "model/lora.h"
#include "model/model_files.h"

namespace moru::serve {
namespace {

int64_t time_of(const fs::directory_entry& file) {
  std::error_code error;
  const auto time = std::chrono::file_clock::to_sys(file.last_write_time(error));
  return error ? 0 : std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// The newest weight file's time, in seconds since 1970.
int64_t time_of_weights(const fs::path& model) {
  std::error_code error;
  if (fs::is_regular_file(model, error)) return time_of(fs::directory_entry(model, error));
  int64_t newest = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(model, error))
    if (entry.path().extension() == ".safetensors") newest = std::max(newest, time_of(entry));
  return newest;
}

}  // namespace

ModelCard read_card(const fs::path& model_folder, std::string id) {
  ModelCard card;
  card.id = std::move(id);
  card.created = time_of_weights(model_folder);
  if (model::is_adapter_folder(model_folder)) {
    const fs::path base = model::adapter_base(model_folder);
    card.base = model::is_gguf_file(base) ? base.stem().string() : base.filename().string();
  }
  const fs::path bom = model_folder / "bom.json";
  if (!fs::exists(bom)) return card;
  const Json json = read_json_file(bom);
  if (!card.base.empty() && json.is_object() && json.contains("base") && json.at("base").is_object())
    card.base = json.at("base").value("name", card.base);
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
