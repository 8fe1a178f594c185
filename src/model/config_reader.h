// Reading a config.json: typed keys with ranges, and an error for a key that nobody read and that sounds like maths.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "model/config.h"

namespace moru::model {

class ConfigReader {
 public:
  /// The JSON must outlive it.
  ConfigReader(const Json& json, std::string_view place);

  /// There and not null. Every key asked for counts as known.
  bool has(std::string_view key);
  /// The value, which must be there.
  const Json& value(std::string_view key);
  int integer(std::string_view key, int64_t min, int64_t max);
  int integer_or(std::string_view key, int64_t min, int64_t max, int fallback);
  double number_or(std::string_view key, double min, double max, double fallback);
  bool flag_or(std::string_view key, bool fallback);
  std::vector<int> integers(std::string_view key, int64_t min, int64_t max);
  std::vector<double> numbers(std::string_view key, double min, double max);
  /// A list of two words, by which of them each is: true for `yes`.
  std::vector<bool> words(std::string_view key, std::string_view yes, std::string_view no);
  /// Error naming the key if it is there with another value: it asks for what this family's forward pass does not do.
  void expect(std::string_view key, const Json& value);
  /// The key is known and changes nothing.
  void ignore(std::initializer_list<std::string_view> keys);
  /// Error naming key and value as unsupported.
  [[noreturn]] void refuse(std::string_view key);
  [[noreturn]] void wrong(const std::string& problem) const;
  const std::string& place() const { return place_; }
  /// Error for a key nobody read, whose name sounds like the forward pass and whose value is not "off".
  void finish();

 private:
  const Json& json_;
  std::string place_;
  std::set<std::string, std::less<>> known_;
};

/// "rope_parameters" (newer files) or "rope_scaling" and "rope_theta" (older ones).
Rope read_rope(ConfigReader& reader, double default_theta);
/// One object of the above; `key` names it in errors.
Rope read_rope_object(ConfigReader& reader, std::string_view key, const Json& object, double default_theta);
/// Writes "rope_theta", and "rope_scaling" if there is any.
void write_rope(const Rope& rope, Json& json);
Json rope_scaling_json(const Rope& rope);

/// The keys that all families have under the same names: sizes, norm epsilon, positions, tokens, tied embeddings.
/// `layers_key` is num_hidden_layers in most. Checks that there are no biases.
struct CommonKeys {
  std::string_view layers = "num_hidden_layers";
  std::string_view norm_epsilon = "rms_norm_eps";
  std::string_view activation = "hidden_act";
  double default_norm_epsilon = 1e-6;
  bool tied = false;  ///< If "tie_word_embeddings" is missing.
  int bos = -1, eos = -1, pad = -1;
  bool head_dim_required = false;
};
void read_common(ConfigReader& reader, ModelConfig& config, const CommonKeys& keys);
Json common_json(const ModelConfig& config);

/// Which layers slide: "layer_types", else "sliding_window_pattern" as letters (L slides) or as a period whose last
/// layer is full. `default_pattern`: a period if neither is there; 0: none slides.
std::vector<bool> read_sliding(ConfigReader& reader, int layers, int default_pattern);
Json layer_types_json(const ModelConfig& config);
/// ["sliding_window"] of a configuration: null if no layer slides.
Json window_json(const ModelConfig& config);

}  // namespace moru::model
