#include "model/lora.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/language.h"
#include "core/random.h"
#include "model/checkpoint.h"
#include "model/model_files.h"

namespace moru::model {
namespace {

using tensor::Adapter;
using tensor::DType;
using tensor::Parameter;
using tensor::Tensor;

constexpr std::string_view kPrefix = "base_model.model.", kWeight = ".weight";

std::string module_of(const Part& part) {
  return part.name.ends_with(kWeight) ? part.name.substr(0, part.name.size() - kWeight.size()) : part.name;
}
std::string last_name(const std::string& module) {
  return module.substr(module.rfind('.') + 1);
}

/// Matrices of the layers that linear() multiplies by: routed experts have products of their own.
bool can_adapt(const Part& part) {
  const std::string module = module_of(part), last = last_name(module);
  return part.kind == Part::Kind::matrix && part.name.ends_with(kWeight) &&
         (module.starts_with("model.layers.") || module.starts_with("transformer.h.")) &&
         module.find(".experts.") == std::string::npos && last != "gate" && last != "router";
}

Tensor filled(DType type, int64_t rows, int64_t cols, const std::function<float()>& next) {
  Tensor wide(DType::f32, {rows, cols});
  for (float& x : wide.span<float>()) x = next();
  if (type == DType::f32) return wide;
  const Tensor narrow(type, {rows, cols});
  convert(wide, narrow);
  return narrow;
}

Adapter& put_on(const Part& part, float scale) {
  for (const Adapter& other : part.parameter->adapters)
    if (other.begin < part.end && part.begin < other.end)
      throw Error(part.name, std::string(tr("the weight has an adapter already", "가중치에 이미 어댑터가 있습니다")),
                  std::string(tr("merge it first", "먼저 병합하세요")));
  Adapter adapter;
  adapter.begin = part.begin;
  adapter.end = part.end;
  adapter.scale = scale;
  adapter.a.name = module_of(part) + ".lora_A";
  adapter.b.name = module_of(part) + ".lora_B";
  part.parameter->adapters.push_back(std::move(adapter));
  return part.parameter->adapters.back();
}

Error unable(const fs::path& place, std::string_view what) {
  return Error(
      place.string(), std::string(what),
      std::string(tr("merge the adapter with PEFT, and use the merged model", "PEFT로 어댑터를 병합한 모델을 쓰세요")));
}

/// The scale that adapter_config.json gives all adapters of a rank.
struct PeftConfig {
  explicit PeftConfig(const fs::path& file) {
    const Json json = read_json_file(file);
    if (!json.is_object() || json.value("peft_type", "") != "LORA")
      throw unable(file, tr("this is no LoRA adapter", "LoRA 어댑터가 아닙니다"));
    const auto set = [&](const char* key) {
      const auto it = json.find(key);
      return it != json.end() && !it->is_null() && *it != false && !(it->is_structured() && it->empty());
    };
    if (set("use_dora") || set("modules_to_save") || set("alpha_pattern") || set("fan_in_fan_out") ||
        json.value("bias", "none") != "none")
      throw unable(file, tr("it uses DoRA, biases, further modules or alphas by module, which Moru does not read",
                            "DoRA, 편향, 추가 모듈, 모듈별 alpha를 쓰는 어댑터는 읽지 않습니다"));
    alpha = json_number(json, "lora_alpha", file.string());
    rooted = set("use_rslora");
  }
  float scale(int64_t rank) const {
    const auto r = static_cast<double>(rank);
    return static_cast<float>(alpha / (rooted ? std::sqrt(r) : r));
  }
  double alpha = 0;
  bool rooted = false;
};

}  // namespace

void attach_adapters(const std::vector<Part>& parts, const LoraOptions& options, DType type, uint64_t seed) {
  std::set<std::string> found;
  for (const Part& part : parts) {
    if (!can_adapt(part)) continue;
    const std::string last = last_name(module_of(part));
    if (!options.targets.empty() && std::ranges::find(options.targets, last) == options.targets.end()) continue;
    found.insert(last);
    Adapter& adapter = put_on(part, static_cast<float>(options.alpha / options.rank));
    adapter.dropout = static_cast<float>(options.dropout);
    const int64_t in = part.parameter->cols();
    Random random(hash64(adapter.a.name) ^ seed);
    const double deviation = 1 / std::sqrt(3.0 * static_cast<double>(in));
    adapter.a.value = filled(type, options.rank, in, [&] { return static_cast<float>(random.normal() * deviation); });
    adapter.b.value = filled(type, part.end - part.begin, options.rank, [] { return 0.0F; });
  }
  for (const std::string& target : options.targets)
    if (!found.contains(target))
      throw Error(
          target,
          std::string(tr("no weight of the model's layers has this name", "이 이름의 가중치가 모델 층에 없습니다")),
          std::string(tr("name them as the model's files do, such as q_proj or down_proj",
                         "q_proj, down_proj처럼 모델 파일의 이름을 쓰세요")));
}

std::vector<NamedAdapter> adapters_of(const std::vector<Part>& parts) {
  std::vector<NamedAdapter> found;
  for (const Part& part : parts)
    for (Adapter& adapter : part.parameter->adapters)
      if (adapter.begin == part.begin && adapter.end == part.end) found.push_back({module_of(part), &adapter});
  return found;
}

void merge_adapters(const std::vector<Part>& parts) {
  for (const Part& part : parts) tensor::merge_adapters(*part.parameter);
}

void save_adapters(const std::vector<Part>& parts, const LoraOptions& options, const std::string& base,
                   const fs::path& folder) {
  make_directories(folder);
  std::vector<NamedTensor> tensors;
  std::set<std::string> targets;
  for (const NamedAdapter& one : adapters_of(parts)) {
    const std::string name = std::string(kPrefix) + one.module;
    tensors.push_back({name + ".lora_A.weight", tensor::to_f32(one.adapter->a.value)});
    tensors.push_back({name + ".lora_B.weight", tensor::to_f32(one.adapter->b.value)});
    targets.insert(last_name(one.module));
  }
  write_safetensors(folder / "adapter_model.safetensors", tensors, {{"format", "pt"}});
  const Json config = {{"peft_type", "LORA"},
                       {"task_type", "CAUSAL_LM"},
                       {"base_model_name_or_path", base},
                       {"r", options.rank},
                       {"lora_alpha", options.alpha},
                       {"lora_dropout", options.dropout},
                       {"target_modules", targets},
                       {"bias", "none"},
                       {"fan_in_fan_out", false},
                       {"inference_mode", true},
                       {"init_lora_weights", true},
                       {"modules_to_save", nullptr},
                       {"use_dora", false},
                       {"use_rslora", false}};
  write_file_atomic(folder / "adapter_config.json", dump_json(config, 2) + "\n");
}

void load_adapters(const std::vector<Part>& parts, const fs::path& folder, DType type) {
  const PeftConfig config(folder / "adapter_config.json");
  const fs::path path = folder / "adapter_model.safetensors";
  const SafetensorsFile file(path);
  std::map<std::string, const Part*> modules;
  for (const Part& part : parts)
    if (can_adapt(part)) modules[module_of(part)] = &part;
  const auto read = [&](const std::string& name, int64_t rows, int64_t cols) {
    const Tensor value(type, {rows, cols});
    copy_into(file.at(name), value, path.string() + ": " + name);
    return value;
  };
  for (const auto& [name, entry] : file.tensors()) {
    static constexpr std::string_view kA = ".lora_A.weight", kB = ".lora_B.weight";
    const bool a = name.ends_with(kA);
    const std::string module =
        name.starts_with(kPrefix) && (a || name.ends_with(kB))
            ? name.substr(kPrefix.size(), name.size() - kPrefix.size() - (a ? kA.size() : kB.size()))
            : std::string();
    const auto it = modules.find(module);
    if (it == modules.end())
      throw Error(path.string() + ": " + name,
                  std::string(tr("the base model has no weight that this adapter could stand on",
                                 "기반 모델에 이 어댑터가 놓일 가중치가 없습니다")),
                  std::string(tr("use the model that the adapter was trained on", "어댑터를 학습한 모델을 쓰세요")));
    if (!a) {
      file.at(std::string(kPrefix) + module + std::string(kA));  // its other half, which must be there
      continue;
    }
    const Part& part = *it->second;
    const int64_t rank = entry.shape.empty() ? 0 : entry.shape.front(), in = part.parameter->cols();
    if (rank < 1 || rank > std::max(in, part.end - part.begin))
      throw Error(path.string() + ": " + name, std::string(tr("no such rank", "잘못된 랭크입니다")),
                  std::string(tr("get or make the adapter again", "어댑터를 다시 받거나 만드세요")));
    Adapter& adapter = put_on(part, config.scale(rank));
    adapter.a.value = read(name, rank, in);
    adapter.b.value = read(std::string(kPrefix) + module + std::string(kB), part.end - part.begin, rank);
  }
}

bool is_adapter_folder(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "adapter_config.json", error) && !fs::exists(folder / "config.json", error);
}

fs::path adapter_base(const fs::path& folder) {
  const fs::path file = folder / "adapter_config.json";
  const std::string named = json_text(read_json_file(file), "base_model_name_or_path", file.string());
  for (const fs::path& base : {fs::path(named), folder / named})
    if (!named.empty() && (fs::exists(base / "config.json") || is_gguf_file(base))) return base;
  throw Error(file.string(),
              fmt::format(fmt::runtime(tr("there is no base model \"{}\"", "기반 모델 \"{}\"이(가) 없습니다")), named),
              std::string(tr("write the base model's folder or .gguf file into base_model_name_or_path",
                             "base_model_name_or_path에 기반 모델의 폴더나 .gguf 파일을 적으세요")));
}

}  // namespace moru::model
