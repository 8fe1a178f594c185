// A language model as serving and evaluating see it. Training sees the same forward pass through model/family headers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "model/config.h"

namespace moru::model {

/// Keys and values of the tokens that a model has seen, in numbered slots, one sequence a slot.
class KvCache {
 public:
  virtual ~KvCache() = default;
  virtual size_t slots() const = 0;
  /// Most tokens a slot holds.
  virtual size_t context() const = 0;
  /// Tokens held now.
  virtual size_t length(size_t slot) const = 0;
  /// Forgets all but the first `length` tokens. Always works for zero, and for a last batch no longer than a window;
  /// going back further throws Error where layers with a window have forgotten what comes before.
  virtual void truncate(size_t slot, size_t length) = 0;
};

/// A ragged batch: the tokens of several sequences one after another. Packed training sequences, prefill chunks and
/// decode steps are all this.
struct Batch {
  std::span<const int32_t> tokens;     ///< [T]
  std::span<const int32_t> positions;  ///< [T]; within a sequence they rise by one.
  std::span<const int32_t> starts;     ///< [S+1]: sequence s is rows starts[s] … starts[s+1]-1.
  KvCache* cache = nullptr;        ///< With it, sequence s continues slot slots[s], whose length is its first position.
  std::span<const int32_t> slots;  ///< [S] if there is a cache.
};

/// Immutable after loading; calls from several threads must not share a cache.
class Model {
 public:
  /// Reads a model folder in the Hugging Face layout; float weights or quantized ones (compressed-tensors). Throws
  /// Error naming the file.
  static std::unique_ptr<Model> load(const std::filesystem::path& folder);

  virtual ~Model() = default;
  virtual const ModelConfig& config() const = 0;
  virtual std::unique_ptr<KvCache> make_cache(size_t slots, size_t context) const = 0;
  /// Logits after the given rows of the batch. `rows`: [R] row numbers; `logits`: [R, vocabulary], float. Appends the
  /// batch's keys and values to the cache if there is one.
  virtual void logits(const Batch& batch, std::span<const int32_t> rows, std::span<float> logits) const = 0;
  /// Bytes of all weights as they are held.
  virtual uint64_t weight_bytes() const = 0;
};

/// A model with random weights (normal, initializer_range), for tests and as the untrained yardstick.
std::unique_ptr<Model> make_random_model(const ModelConfig& config, uint64_t seed);

}  // namespace moru::model
