#include "model/inspect.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "model/family.h"
#include "model/gguf_config.h"
#include "model/kv_cache.h"
#include "model/weights.h"

namespace moru::model {
namespace {

/// 1234567 as 1,234,567.
std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string human_bytes(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.2f} {}", value, kUnits[unit]);
}

std::string human_count(uint64_t count) {
  const auto value = static_cast<double>(count);
  return value >= 1e9   ? fmt::format("{:.2f} B", value / 1e9)
         : value >= 1e6 ? fmt::format("{:.2f} M", value / 1e6)
                        : std::to_string(count);
}

std::string layers_text(const Inspection& i) {
  const ModelConfig& c = i.config;
  const auto sparse = std::ranges::count(c.sparse, true);
  int sliding = 0;
  std::string windows;
  for (const auto& [window, count] : i.window_layers) {
    sliding += count;
    if (!windows.empty()) windows += ", ";
    windows += fmt::format(fmt::runtime(tr("{} of window {}", "창 {1} {0}개")), count, window);
  }
  std::string text = fmt::format(fmt::runtime(tr("{}: {} full", "{}: 전체 {}")), c.layers, c.layers - sliding);
  if (sliding > 0) text += fmt::format(fmt::runtime(tr(", {} sliding ({})", ", 슬라이딩 {} ({})")), sliding, windows);
  text += fmt::format(fmt::runtime(tr("; {} dense", "; 밀집 {}")), c.layers - sparse);
  if (sparse > 0)
    text += fmt::format(fmt::runtime(tr(", {} with {} experts ({} a token, {} shared)",
                                        ", 전문가 {1}개짜리 {0} (토큰마다 {2}, 공유 {3})")),
                        sparse, c.experts, c.experts_per_token, c.shared_experts);
  if (c.mtp_layers > 0)
    text += fmt::format(fmt::runtime(tr("; {} for multi-token prediction", "; 다중 토큰 예측 {}")), c.mtp_layers);
  return text;
}

std::string widths_text(const ModelConfig& c) {
  return fmt::format(fmt::runtime(tr("hidden {0}, {1} heads of {2} with {3} for keys and values, feed-forward {4}",
                                     "은닉 {0}, {2}차원 헤드 {1}개(키와 값은 {3}개), 순방향망 {4}")),
                     c.hidden, c.heads, c.head_dim, c.kv_heads, c.intermediate);
}

}  // namespace

Inspection inspect(const ModelConfig& config) {
  Inspection i;
  i.config = config;
  i.parameters = config.parameters();
  ModelConfig alone = config;
  alone.mtp_layers = 0;
  i.mtp_parameters = i.parameters - alone.parameters();
  i.active = config.active_parameters();
  i.active_with_embedding =
      i.active + (config.tied ? 0 : static_cast<uint64_t>(config.vocabulary) * static_cast<uint64_t>(config.hidden));
  const TensorTotals totals = tensor_totals(config);
  i.tensors = totals.tensors;
  i.gguf_tensors = totals.gguf_tensors;
  i.bytes = totals.bytes;
  // Keys and values, two bytes each.
  const uint64_t row = 4 * static_cast<uint64_t>(config.kv_heads) * static_cast<uint64_t>(config.head_dim);
  const auto context = static_cast<size_t>(config.max_positions);
  for (size_t layer = 0; layer < static_cast<size_t>(config.layers); ++layer) {
    const int window = config.sliding[layer] ? config.layer(layer).window : 0;
    if (window == 0) {
      i.kv_bytes_per_token += row;
      continue;
    }
    ++i.window_layers[window];
    i.window_bytes += row * LayeredKvCache::window_rows(window, context);
  }
  i.kv_bytes_at_full_context = i.kv_bytes_per_token * context + i.window_bytes;
  return i;
}

Inspection inspect(const fs::path& path) {
  if (!fs::exists(path))
    throw Error(path.string(), std::string(tr("there is no such file or folder", "그런 파일이나 폴더가 없습니다")),
                std::string(tr("name a config.json, a model folder or a .gguf file",
                               "config.json, 모델 폴더, .gguf 파일 가운데 하나를 지정하세요")));
  if (path.extension() == ".gguf") {
    const WeightSource weights = WeightSource::open(path);
    Inspection i = inspect(config_from_gguf(weights));
    i.files = Inspection::Files{weights.files().size(), weights.tensors().size(), weights.bytes()};
    return i;
  }
  if (!fs::is_directory(path)) return inspect(config_from_json(read_json_file(path), path.string()));
  Inspection i = inspect(load_config(path));
  if (!fs::exists(path / "model.safetensors") && !fs::exists(path / "model.safetensors.index.json")) return i;
  const WeightSource weights = WeightSource::open(path);
  i.files = Inspection::Files{weights.files().size(), weights.tensors().size(), weights.bytes()};
  return i;
}

Json to_json(const Inspection& i) {
  Json windows = Json::object();
  for (const auto& [window, layers] : i.window_layers) windows[std::to_string(window)] = layers;
  Json json = {{"model_type", i.config.model_type},
               {"architecture", family_of(i.config).architecture},
               {"gguf_architecture", family_of(i.config).gguf_architecture},
               {"parameters", i.parameters},
               {"mtp_parameters", i.mtp_parameters},
               {"active_parameters", i.active},
               {"active_parameters_with_embedding", i.active_with_embedding},
               {"tensors", i.tensors},
               {"gguf_tensors", i.gguf_tensors},
               {"bytes", i.bytes},
               {"kv_bytes_per_token", i.kv_bytes_per_token},
               {"window_layers", windows},
               {"window_bytes", i.window_bytes},
               {"max_positions", i.config.max_positions},
               {"kv_bytes_at_full_context", i.kv_bytes_at_full_context},
               {"config", to_json(i.config)}};
  if (i.files) json["files"] = {{"files", i.files->files}, {"tensors", i.files->tensors}, {"bytes", i.files->bytes}};
  return json;
}

std::string inspection_text(const Inspection& i) {
  const ModelConfig& c = i.config;
  std::string text;
  const auto line = [&](std::string_view label, const std::string& value) {
    // Korean letters are two columns wide.
    size_t columns = 0;
    for (const char byte : label) columns += (byte & 0xC0) == 0x80 ? 0 : (byte & 0x80) != 0 ? 2 : 1;
    text += fmt::format("{}{}{}\n", label, std::string(columns < 14 ? 14 - columns : 1, ' '), value);
  };
  const Family& family = family_of(c);
  line(tr("model", "모델"),
       fmt::format("{} ({}; GGUF {})", c.model_type, family.architecture, family.gguf_architecture));
  line(tr("layers", "레이어"), layers_text(i));
  line(tr("widths", "크기"), widths_text(c));
  line(tr("vocabulary", "어휘"),
       grouped(static_cast<uint64_t>(c.vocabulary)) +
           std::string(c.tied ? tr("; the embedding table is the head", "; 임베딩이 출력층을 겸함") : ""));
  line(tr("parameters", "매개변수"),
       grouped(i.parameters) +
           (i.mtp_parameters == 0
                ? std::string()
                : fmt::format(fmt::runtime(tr(" ({} of them for multi-token prediction)", " (그중 다중 토큰 예측 {})")),
                              grouped(i.mtp_parameters))));
  line(tr("active", "활성"),
       fmt::format(fmt::runtime(tr("{} a token; {} with the embedding table", "토큰마다 {}; 임베딩까지 {}")),
                   human_count(i.active), human_count(i.active_with_embedding)));
  line(tr("tensors", "텐서"),
       fmt::format(fmt::runtime(tr("{} in safetensors, {} in GGUF", "safetensors {}개, GGUF {}개")), grouped(i.tensors),
                   grouped(i.gguf_tensors)));
  line(tr("bytes", "바이트"), fmt::format(fmt::runtime(tr("{} ({}) in bfloat16", "{} ({}), bfloat16")),
                                          grouped(i.bytes), human_bytes(i.bytes)));
  line(tr("KV cache", "KV 캐시"),
       fmt::format(fmt::runtime(tr("{} bytes a token in full layers; windows {} a sequence; {} at {} tokens",
                                   "전체 레이어에서 토큰마다 {0}바이트; 창 {1}; 토큰 {3}개에 {2}")),
                   grouped(i.kv_bytes_per_token), human_bytes(i.window_bytes), human_bytes(i.kv_bytes_at_full_context),
                   grouped(static_cast<uint64_t>(c.max_positions))));
  if (i.files)
    line(tr("files", "파일"),
         fmt::format(fmt::runtime(tr("{}: {} tensors, {} bytes ({})", "{}개: 텐서 {}개, {}바이트 ({})")),
                     i.files->files, grouped(i.files->tensors), grouped(i.files->bytes), human_bytes(i.files->bytes)));
  return text;
}

}  // namespace moru::model
