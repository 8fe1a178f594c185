#include "model/config_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "model/family.h"

namespace moru::model {
namespace {

/// Keys that every writer may add and that change no logit.
constexpr std::array kHarmless = {
    "_attn_implementation",   "_attn_implementation_autoset", "attn_implementation", "_experts_implementation",
    "experts_implementation", "add_cross_attention",          "output_attentions",   "output_router_logits",
    "router_aux_loss_coef",   "router_jitter_noise",          "router_z_loss_coef",
};

/// Parts of names that speak of the forward pass. A key that nobody knows and that is named with one of these may
/// change the maths; any other is a writer's note.
constexpr std::array kMaths = {
    "act",        "alibi", "attention", "attn",     "bias",     "cap",      "clip",   "conv",   "embed", "expert",
    "ffn",        "gate",  "head",      "layer",    "limit",    "logit",    "mlp",    "moe",    "mtp",   "mup",
    "multiplier", "norm",  "nextn",     "parallel", "position", "residual", "rope",   "rotary", "rout",  "scal",
    "share",      "sink",  "sparse",    "ssm",      "swiglu",   "theta",    "window",
};

/// A value by which a key says that what it names is not there.
bool is_off(const Json& value) {
  return value.is_null() || value == false || value == 0 || value == 1.0 || value == "" ||
         ((value.is_array() || value.is_object()) && value.empty());
}

std::string out_of_range(std::string_view key, const std::string& min, const std::string& max,
                         const std::string& value) {
  return fmt::format(fmt::runtime(tr("\"{}\" must be from {} to {}, not {}",
                                     "\"{}\" 값은 {}에서 {} 사이여야 합니다. 지금은 {}입니다")),
                     key, min, max, value);
}

bool there(const Json& object, std::string_view key) {
  const auto it = object.find(key);
  return it != object.end() && !it->is_null();
}

double number_in(ConfigReader& reader, const Json& object, std::string_view key, double min, double max,
                 double fallback) {
  if (!there(object, key)) return fallback;
  const double value = json_number(object, key, reader.place());
  if (!(value >= min && value <= max))
    reader.wrong(out_of_range(key, fmt::format("{}", min), fmt::format("{}", max), fmt::format("{}", value)));
  return value;
}

int integer_in(ConfigReader& reader, const Json& object, std::string_view key, int64_t min, int64_t max) {
  const int64_t value = json_integer(object, key, reader.place());
  if (value < min || value > max)
    reader.wrong(out_of_range(key, std::to_string(min), std::to_string(max), std::to_string(value)));
  return static_cast<int>(value);
}

}  // namespace

ConfigReader::ConfigReader(const Json& json, std::string_view place) : json_(json), place_(place) {}

void ConfigReader::wrong(const std::string& problem) const {
  throw Error(place_, problem,
              std::string(tr("correct config.json", "config.json을 고치세요")) + "; " + known_families());
}

bool ConfigReader::has(std::string_view key) {
  known_.emplace(key);
  return there(json_, key);
}

const Json& ConfigReader::value(std::string_view key) {
  if (!has(key)) wrong(fmt::format(fmt::runtime(tr("\"{}\" is missing", "\"{}\" 키가 없습니다")), key));
  return *json_.find(key);
}

int ConfigReader::integer(std::string_view key, int64_t min, int64_t max) {
  known_.emplace(key);
  return integer_in(*this, json_, key, min, max);
}

int ConfigReader::integer_or(std::string_view key, int64_t min, int64_t max, int fallback) {
  return has(key) ? integer(key, min, max) : fallback;
}

double ConfigReader::number_or(std::string_view key, double min, double max, double fallback) {
  known_.emplace(key);
  return number_in(*this, json_, key, min, max, fallback);
}

bool ConfigReader::flag_or(std::string_view key, bool fallback) {
  return has(key) ? value(key).get<bool>() : fallback;
}

std::vector<int> ConfigReader::integers(std::string_view key, int64_t min, int64_t max) {
  std::vector<int> list;
  for (const Json& item : value(key)) {
    if (!item.is_number_integer() || item.get<int64_t>() < min || item.get<int64_t>() > max)
      wrong(out_of_range(key, std::to_string(min), std::to_string(max), dump_json(item)));
    list.push_back(item.get<int>());
  }
  return list;
}

std::vector<double> ConfigReader::numbers(std::string_view key, double min, double max) {
  std::vector<double> list;
  for (const Json& item : value(key)) {
    if (!item.is_number() || !(item.get<double>() >= min && item.get<double>() <= max))
      wrong(out_of_range(key, fmt::format("{}", min), fmt::format("{}", max), dump_json(item)));
    list.push_back(item.get<double>());
  }
  return list;
}

std::vector<bool> ConfigReader::words(std::string_view key, std::string_view yes, std::string_view no) {
  std::vector<bool> list;
  for (const Json& type : value(key)) {
    if (type != yes && type != no)
      wrong(fmt::format(fmt::runtime(tr("\"{}\" holds {}, which is neither \"{}\" nor \"{}\"",
                                        "\"{}\"에 {}이(가) 있습니다. \"{}\"나 \"{}\"여야 합니다")),
                        key, dump_json(type), yes, no));
    list.push_back(type == yes);
  }
  return list;
}

void ConfigReader::refuse(std::string_view key) {
  wrong(fmt::format(fmt::runtime(tr("\"{}\": {} is not supported", "\"{}\": {}은(는) 지원하지 않습니다")), key,
                    dump_json(value(key))));
}

void ConfigReader::expect(std::string_view key, const Json& expected) {
  if (has(key) && value(key) != expected) refuse(key);
}

void ConfigReader::ignore(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) known_.emplace(key);
}

void ConfigReader::finish() {
  for (const auto& [key, value] : json_.items()) {
    if (known_.contains(key) || is_off(value)) continue;
    if (std::ranges::find(kHarmless, key) != kHarmless.end() || key.ends_with("dropout") || key.ends_with("pdrop") ||
        key.ends_with("token_id") || key.find("loss") != std::string::npos)
      continue;
    const std::string& name = key;
    if (std::ranges::any_of(kMaths, [&](const char* part) { return name.find(part) != std::string::npos; }))
      refuse(key);
  }
}

Rope read_rope_object(ConfigReader& reader, std::string_view key, const Json& object, double default_theta) {
  Rope rope;
  rope.theta = number_in(reader, object, "rope_theta", 1, 1e12, default_theta);
  const Json type = there(object, "rope_type") ? object.at("rope_type") : object.value("type", Json("default"));
  if (number_in(reader, object, "partial_rotary_factor", 0, 1, 1) != 1) reader.refuse(key);
  if (type == "default") return rope;
  if (type == "factors") {  // what a GGUF file's rope_freqs said, in our own words
    rope.scaling = Rope::Scaling::factors;
    for (const Json& factor : object.at("factors")) {
      rope.factors.push_back(factor.get<float>());
      if (!(rope.factors.back() > 0 && std::isfinite(rope.factors.back()))) reader.refuse(key);
    }
    return rope;
  }
  if (type != "linear" && type != "llama3") reader.refuse(key);
  rope.factor = number_in(reader, object, "factor", 1, 1e6, 1);
  rope.scaling = Rope::Scaling::linear;
  if (type == "linear") return rope;
  rope.scaling = Rope::Scaling::llama3;
  rope.low_frequency_factor = number_in(reader, object, "low_freq_factor", 1e-3, 1e6, 1);
  rope.high_frequency_factor = number_in(reader, object, "high_freq_factor", 1e-3, 1e6, 4);
  rope.original_positions = integer_in(reader, object, "original_max_position_embeddings", 1, 1 << 26);
  if (rope.high_frequency_factor <= rope.low_frequency_factor) reader.refuse(key);
  return rope;
}

Rope read_rope(ConfigReader& reader, double default_theta) {
  const double theta = reader.number_or("rope_theta", 1, 1e12, 0);
  const bool older = reader.has("rope_scaling");
  // Newer files of other tools have all of it in "rope_parameters".
  Rope rope;
  rope.theta = default_theta;
  if (reader.has("rope_parameters")) {
    rope = read_rope_object(reader, "rope_parameters", reader.value("rope_parameters"), default_theta);
  } else if (older) {
    rope = read_rope_object(reader, "rope_scaling", reader.value("rope_scaling"), default_theta);
  }
  if (theta > 0) rope.theta = theta;
  return rope;
}

Json rope_scaling_json(const Rope& rope) {
  switch (rope.scaling) {
    case Rope::Scaling::none:
      return {{"rope_type", "default"}};
    case Rope::Scaling::linear:
      return {{"rope_type", "linear"}, {"factor", rope.factor}};
    case Rope::Scaling::factors:
      return {{"rope_type", "factors"}, {"factors", rope.factors}};
    case Rope::Scaling::llama3:
      break;
  }
  return {{"rope_type", "llama3"},
          {"factor", rope.factor},
          {"low_freq_factor", rope.low_frequency_factor},
          {"high_freq_factor", rope.high_frequency_factor},
          {"original_max_position_embeddings", rope.original_positions}};
}

void write_rope(const Rope& rope, Json& json) {
  json["rope_theta"] = rope.theta;
  if (rope.scaling != Rope::Scaling::none) json["rope_scaling"] = rope_scaling_json(rope);
}

}  // namespace moru::model
