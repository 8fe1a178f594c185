// What the routes serve: one model behind one engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "infer/engine.h"
#include "infer/model_folder.h"

namespace moru::serve {

/// What clients are told about the model.
struct ModelCard {
  std::string id;          ///< The name that requests give.
  int64_t created = 0;     ///< Unix time of the weights.
  std::string licences;    ///< Of the documents it was trained on ("MPL-2.0"); empty if bom.json does not say.
  uint64_t documents = 0;  ///< How many documents stand behind it, by bom.json; 0 if it does not say.
  uint64_t weight_bytes = 0;
  std::string base = {};  ///< Of an adapter that is served with its base: the base's name; else empty.
};

/// Reads a model folder's card: the time of its weights, and from bom.json, if there, the licences and documents.
ModelCard read_card(const std::filesystem::path& model_folder, std::string id);

/// Shared by all requests; immutable, the engine does its own locking.
class Service {
 public:
  /// The engine must outlive the service. `waiting`: most requests that may wait for a slot; further ones get 503.
  Service(infer::Engine& engine, ModelCard card, infer::GenerationDefaults defaults, size_t waiting = 4096)
      : engine_(engine), card_(std::move(card)), defaults_(defaults), waiting_(waiting) {}

  infer::Engine& engine() const { return engine_; }
  const ModelCard& card() const { return card_; }
  const infer::GenerationDefaults& defaults() const { return defaults_; }
  size_t waiting() const { return waiting_; }

 private:
  infer::Engine& engine_;
  ModelCard card_;
  infer::GenerationDefaults defaults_;
  size_t waiting_;
};

}  // namespace moru::serve
