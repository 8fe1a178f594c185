#include "model/config.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "model/family.h"

namespace moru::model {

std::vector<double> Rope::frequencies(int head_dim) const {
  std::vector<double> all;
  for (int i = 0; i < head_dim / 2; ++i) {
    double f = std::pow(theta, -2.0 * i / head_dim);
    switch (scaling) {
      case Scaling::none:
        break;
      case Scaling::linear:
        f /= factor;
        break;
      case Scaling::factors:
        f /= static_cast<double>(factors.at(static_cast<size_t>(i)));
        break;
      case Scaling::llama3: {
        // How many wavelengths the first training's context held: few, many, or in between.
        const double waves = original_positions * f / (2 * std::numbers::pi);
        const double smooth =
            std::clamp((waves - low_frequency_factor) / (high_frequency_factor - low_frequency_factor), 0.0, 1.0);
        f *= (1 - smooth) / factor + smooth;
        break;
      }
    }
    all.push_back(f);
  }
  return all;
}

bool ModelConfig::has_sliding_layers() const {
  return std::ranges::find(sliding, true) != sliding.end();
}

LayerConfig ModelConfig::layer(size_t index) const {
  const bool mtp = index >= static_cast<size_t>(layers);
  LayerConfig l;
  l.sliding = mtp ? mtp_sliding : sliding[index];
  l.sparse = !mtp && sparse[index];
  if (l.sliding) l.window = mtp && mtp_window > 0 ? mtp_window : sliding_window;
  if (!mtp && l.sliding && !sliding_windows.empty()) l.window = sliding_windows[index];
  if (!mtp && !swiglu_limits.empty()) l.swiglu_limit = swiglu_limits[index];
  if (l.sliding && local_rope) {
    l.positions = LayerConfig::Positions::local_rotary;
  } else if (!l.sliding && !full_layers_rotate && has_sliding_layers()) {
    l.positions = LayerConfig::Positions::none;
  }
  return l;
}

uint64_t ModelConfig::parameters() const {
  uint64_t total = 0;
  for_each_tensor(*this, [&](const TensorSpec& t) { total += static_cast<uint64_t>(t.copies) * t.elements(); });
  return total;
}

uint64_t ModelConfig::active_parameters() const {
  uint64_t total = 0;
  for_each_tensor(*this, [&](const TensorSpec& t) {
    if (t.layer == layers || t.role == TensorRole::router_bias || (t.role == TensorRole::embedding && !tied)) return;
    total += t.elements() * static_cast<uint64_t>(is_expert(t.role) ? experts_per_token : 1);
  });
  return total;
}

void check_config(const ModelConfig& c, std::string_view place) {
  const auto wrong = [&](std::string_view problem) {
    throw Error(std::string(place), std::string(problem),
                std::string(tr("correct the sizes in config.json", "config.json의 크기를 고치세요")));
  };
  const auto layers = static_cast<size_t>(c.layers);
  const auto fits = [&](size_t size) { return size == 0 || size == layers; };
  if (c.heads % c.kv_heads != 0)
    wrong(tr("num_attention_heads is not a multiple of num_key_value_heads",
             "num_attention_heads가 num_key_value_heads의 배수가 아닙니다"));
  // The rotary tables are made at once, at eight bytes for each position and pair.
  if (static_cast<int64_t>(c.max_positions) * c.head_dim > int64_t{1} << 30)
    wrong(tr("max_position_embeddings is out of range", "max_position_embeddings가 너무 큽니다"));
  if (c.head_dim % 2 != 0) wrong(tr("head_dim must be even", "head_dim은 짝수여야 합니다"));
  if (c.sliding.size() != layers || c.sparse.size() != layers || !fits(c.sliding_windows.size()) ||
      !fits(c.swiglu_limits.size()))
    wrong(tr("the lists of layer types do not have num_hidden_layers members",
             "레이어 종류 목록의 길이가 num_hidden_layers와 다릅니다"));
  for (size_t i = 0; i < layers; ++i) {
    if (c.sliding[i] && c.layer(i).window <= 0)
      wrong(tr("there are sliding layers, but \"sliding_window\" is missing",
               "슬라이딩 레이어가 있는데 \"sliding_window\"가 없습니다"));
  }
  if (std::ranges::find(c.sparse, true) != c.sparse.end() &&
      (c.experts % c.groups != 0 || c.top_groups > c.groups ||
       c.experts_per_token > c.experts / c.groups * c.top_groups))
    wrong(tr("the numbers of experts and groups do not fit each other", "전문가 수와 그룹 수가 서로 맞지 않습니다"));
}

ModelConfig config_from_json(const Json& json, std::string_view place) {
  const std::string type = json_text(json, "model_type", place);
  const Family* family = find_family(type);
  if (family == nullptr)
    throw Error(
        std::string(place),
        fmt::format(fmt::runtime(tr("the model type \"{}\" is not known", "모델 종류 \"{}\"을(를) 알지 못합니다")),
                    type),
        known_families());
  ModelConfig config;
  config.model_type = family->model_type;
  ConfigReader reader(json, place);
  try {
    family->read(reader, config);
    reader.finish();
  } catch (const Json::exception& e) {
    reader.wrong(e.what());
  }
  const auto layers = static_cast<size_t>(config.layers);
  if (config.sliding.empty()) config.sliding.assign(layers, false);
  if (config.sparse.empty()) config.sparse.assign(layers, false);
  check_config(config, place);
  return config;
}

Json to_json(const ModelConfig& config) {
  Json json = common_json(config);
  family_of(config).write(config, json);
  return json;
}

ModelConfig load_config(const fs::path& model_folder) {
  const fs::path path = model_folder / "config.json";
  if (!fs::exists(path))
    throw Error(model_folder.string(),
                std::string(tr("this is not a model folder: it has no config.json",
                               "모델 폴더가 아닙니다. config.json이 없습니다")),
                std::string(tr("give the folder that \"moru build\" made (…/model)",
                               "\"moru build\"가 만든 폴더(…/model)를 주세요")));
  return config_from_json(read_json_file(path), path.string());
}

}  // namespace moru::model
