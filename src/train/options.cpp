#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/language.h"
#include "model/model_files.h"
#include "train/train.h"

namespace moru::train {
namespace {

PhaseOptions read_phase(const Config& section, PhaseOptions o) {
  o.epochs = section.number("epochs", o.epochs, 0, 1000);
  o.learning_rate = section.number("learning_rate", o.learning_rate, 0, 1);
  o.warmup = section.number("warmup", o.warmup, 0, 1);
  o.decay = section.number("decay", o.decay, 0, 1);
  return o;
}

Json phase_json(const PhaseOptions& o) {
  return {{"epochs", o.epochs}, {"learning_rate", o.learning_rate}, {"warmup", o.warmup}, {"decay", o.decay}};
}

int count(const Config& section, std::string_view key, int fallback, int min, int max) {
  return static_cast<int>(section.integer(key, fallback, min, max));
}

/// The layer pattern of K-EXAONE, repeated: L for sliding, G for full.
void read_layers(const Config& section, model::ModelConfig& m) {
  m.layers = count(section, "layers", m.layers, 1, 512);
  const std::string pattern = section.text("layer_pattern", "LLLG");
  if (pattern.empty() || pattern.find_first_not_of("LG") != std::string::npos)
    throw Error(section.place("layer_pattern"),
                std::string(tr("\"layer_pattern\" is made of L (sliding) and G (full)",
                               "\"layer_pattern\"은 L(슬라이딩)과 G(전체)로 적습니다")),
                std::string(tr("write it as in LLLG", "LLLG처럼 적으세요")));
  const int dense = count(section, "dense_layers", 1, 0, m.layers);
  m.sliding.clear();
  m.sparse.clear();
  for (int i = 0; i < m.layers; ++i) {
    m.sliding.push_back(pattern[static_cast<size_t>(i) % pattern.size()] == 'L');
    m.sparse.push_back(i >= dense);
  }
}

model::ModelConfig read_model(const Config& section) {
  model::ModelConfig m;
  m.hidden = count(section, "hidden", m.hidden, 16, 65536);
  m.heads = count(section, "heads", m.heads, 1, 1024);
  m.kv_heads = count(section, "kv_heads", m.kv_heads, 1, 1024);
  m.head_dim = count(section, "head_dim", m.head_dim, 2, 1024);
  m.intermediate = count(section, "intermediate", m.intermediate, 16, 1 << 20);
  m.moe_intermediate = count(section, "moe_intermediate", m.moe_intermediate, 16, 1 << 20);
  m.experts = count(section, "experts", m.experts, 1, 1024);
  m.experts_per_token = count(section, "experts_per_token", m.experts_per_token, 1, 64);
  m.shared_experts = count(section, "shared_experts", m.shared_experts, 1, 16);
  m.sliding_window = count(section, "sliding_window", m.sliding_window, 1, 1 << 20);
  m.max_positions = count(section, "max_positions", m.max_positions, 16, 1 << 22);
  m.mtp_layers = count(section, "mtp_layers", m.mtp_layers, 0, 1);
  m.initializer_range = section.number("initializer_range", m.initializer_range, 1e-6, 10);
  read_layers(section, m);
  if (m.heads % m.kv_heads != 0 || m.head_dim % 2 != 0 || m.experts_per_token > m.experts)
    throw Error(
        section.place(), std::string(tr("the model's sizes do not fit each other", "모델 크기가 서로 맞지 않습니다")),
        std::string(tr("heads must be a multiple of kv_heads, head_dim even, and experts_per_token at most experts",
                       "heads는 kv_heads의 배수, head_dim은 짝수, experts_per_token은 experts 이하여야 합니다")));
  return m;
}

/// Told before hours of other steps, with the recipe's line: the same is found out when the adapters are put on.
void check_targets(const Config& lora, const model::LoraOptions& options, const model::ModelConfig& config) {
  std::set<std::string> names;
  for (const model::NamedSpec& tensor : model::named_tensors(config)) {
    if (tensor.expert >= 0 || tensor.spec.rows == 0 ||
        !(tensor.name.starts_with("model.layers.") || tensor.name.starts_with("transformer.h.")))
      continue;
    const std::string module = tensor.name.substr(0, tensor.name.rfind('.'));
    const std::string last = module.substr(module.rfind('.') + 1);
    if (last != "gate" && last != "router") names.insert(last);
  }
  for (const std::string& target : options.targets)
    if (!names.contains(target))
      throw Error(lora.place("targets"),
                  fmt::format(fmt::runtime(tr("no weight of the base's layers is called \"{}\"",
                                              "바탕 모델의 층에 \"{}\"라는 가중치가 없습니다")),
                              target),
                  fmt::format("{}: {}", tr("use some of", "다음에서 고르세요"), fmt::join(names, ", ")));
}

BaseOptions read_base(const Config& section) {
  BaseOptions base;
  const std::string named = section.text("base", "");
  if (named.empty()) return base;
  base.path = (section.folder() / named).lexically_normal();
  std::error_code error;
  if (!model::is_gguf_file(base.path) &&
      (!fs::exists(base.path / "config.json", error) || !fs::exists(base.path / "tokenizer.json", error)))
    throw Error(
        section.place("base"),
        fmt::format(fmt::runtime(tr("{} is no model folder with config.json and tokenizer.json, and no .gguf file",
                                    "{}은(는) config.json과 tokenizer.json이 있는 모델 폴더도, .gguf 파일도 "
                                    "아닙니다")),
                    base.path.string()),
        std::string(
            tr("correct the path; it is relative to the recipe", "경로를 고치세요. 레시피 기준 상대 경로입니다")));
  if (!section.has("lora")) return base;
  const Config lora = section.section("lora");
  base.lora.emplace();
  base.lora->rank = count(lora, "rank", base.lora->rank, 1, 4096);
  base.lora->alpha = lora.number("alpha", 2.0 * base.lora->rank, 1e-6, 1e6);
  base.lora->targets = lora.texts("targets");
  base.lora->dropout = lora.number("dropout", 0, 0, 0.95);
  base.merge = lora.flag("merge", true);
  base.bits = static_cast<int>(lora.integer("base_bits", 0, 0, 8));
  base.group = count(lora, "base_group", base.group, 8, 1024);
  if (base.bits != 0 && base.bits != 4 && base.bits != 8)
    throw Error(lora.place("base_bits"), std::string(tr("\"base_bits\" is 0, 4 or 8", "\"base_bits\"는 0, 4, 8입니다")),
                std::string(tr("0 keeps the base as it is", "0이면 그대로 둡니다")));
  return base;
}

}  // namespace

Options read_options(const Config& section) {
  Options o;
  o.base = read_base(section);
  if (o.base.path.empty()) {
    o.model = read_model(section.section("model"));
  } else {
    o.model = model::is_gguf_file(o.base.path) ? model::open_model_files(o.base.path).config
                                               : model::load_config(o.base.path);
    if (o.base.lora) check_targets(section.section("lora"), *o.base.lora, o.model);
    // A trained model is moved a little: small steps, every weight's or only the adapters'.
    o.optimizer = "adamw";
    const double rate = o.base.lora ? 2e-4 : 2e-5;
    o.pretrain = {1, rate, 0.05, 0.0};
    o.supervise = {3, rate, 0.05, 0.5};
  }
  o.pretrain = read_phase(section.section("pretrain"), o.pretrain);
  o.supervise = read_phase(section.section("supervise"), o.supervise);
  o.optimizer = section.choice("optimizer", o.optimizer, {"muon", "adamw"});
  o.compute = section.choice("compute", o.compute, {"bf16", "fp32"});
  o.batch_tokens = count(section, "batch_tokens", o.batch_tokens, 16, 1 << 24);
  o.sequence_tokens = count(section, "sequence_tokens", o.sequence_tokens, 8, 1 << 20);
  o.weight_decay = section.number("weight_decay", o.weight_decay, 0, 1);
  o.clip = section.number("clip", o.clip, 0, 1e6);
  o.balance_loss = section.number("balance_loss", o.balance_loss, 0, 1);
  o.bias_step = section.number("bias_step", o.bias_step, 0, 1);
  o.mtp_loss = section.number("mtp_loss", o.mtp_loss, 0, 10);
  o.seed = static_cast<uint64_t>(section.integer("seed", static_cast<int64_t>(o.seed)));
  o.checkpoint_steps = count(section, "checkpoint_steps", o.checkpoint_steps, 1, 1 << 30);
  if (o.sequence_tokens > o.model.max_positions)
    throw Error(section.place("sequence_tokens"),
                std::string(tr("\"sequence_tokens\" is more than the model's \"max_positions\"",
                               "\"sequence_tokens\"가 모델의 \"max_positions\"보다 큽니다")),
                std::string(tr("lower it, or raise model.max_positions", "낮추거나 model.max_positions를 올리세요")));
  return o;
}

Json to_json(const Options& o) {
  Json json = {{"model", model::to_json(o.model)},
               {"pretrain", phase_json(o.pretrain)},
               {"supervise", phase_json(o.supervise)},
               {"optimizer", o.optimizer},
               {"compute", o.compute},
               {"batch_tokens", o.batch_tokens},
               {"sequence_tokens", o.sequence_tokens},
               {"weight_decay", o.weight_decay},
               {"clip", o.clip},
               {"balance_loss", o.balance_loss},
               {"bias_step", o.bias_step},
               {"mtp_loss", o.mtp_loss},
               {"seed", o.seed}};
  if (o.base.path.empty()) return json;
  json["base"] = {{"tuning", o.base.lora ? "lora" : "full"}};
  if (o.base.lora) {
    json["base"]["lora"] = {{"rank", o.base.lora->rank},       {"alpha", o.base.lora->alpha},
                            {"targets", o.base.lora->targets}, {"dropout", o.base.lora->dropout},
                            {"merge", o.base.merge},           {"base_bits", o.base.bits},
                            {"base_group", o.base.group}};
  }
  return json;
}

}  // namespace moru::train
