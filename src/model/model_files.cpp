#include "model/model_files.h"

#include <algorithm>
#include <unordered_map>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "model/family.h"
#include "model/ggml_blocks.h"
#include "model/gguf_config.h"
#include "model/gguf_tokenizer.h"
#include "text/model_chat.h"

namespace moru::model {
namespace {

using Shape = std::vector<int64_t>;

[[noreturn]] void unlike(const std::string& place, const Shape& is, const Shape& expected) {
  throw Error(place,
              fmt::format(fmt::runtime(tr("a tensor of shape [{}] where the model has [{}]",
                                          "텐서 모양이 [{}]인데 모델은 [{}]입니다")),
                          fmt::join(is, ", "), fmt::join(expected, ", ")),
              std::string(tr("the file is damaged or its metadata is of another model; get or make it again",
                             "파일이 손상되었거나 메타데이터가 다른 모델의 것입니다. 다시 받거나 만드세요")));
}

Shape shape_of(const TensorSpec& spec) {
  return spec.rows == 0 ? Shape{spec.cols} : Shape{spec.rows, spec.cols};
}

/// How many heads' rows are interleaved in GGUF.
int64_t interleaved_heads(const ModelConfig& config, TensorRole role) {
  if (!family_of(config).gguf_interleaved) return 0;
  return role == TensorRole::query ? config.heads : role == TensorRole::key ? config.kv_heads : 0;
}

std::string type_for(TensorRole role, const TensorSpec& spec, const ModelConfig& config, const std::string& type) {
  if (spec.rows == 0 || is_norm(role) || role == TensorRole::router) return "F32";
  std::string chosen = type;
  const bool output = role == TensorRole::head || (role == TensorRole::embedding && config.tied);
  if (output && (type == "Q4_0" || type == "Q4_K")) chosen = "Q8_0";
  const auto fits = [&](const char* name) { return spec.cols % block_format(name)->elements == 0; };
  if (fits(chosen.c_str())) return chosen;
  return chosen == "Q4_K" && fits("Q5_0") ? "Q5_0" : "F16";
}

}  // namespace

namespace {

WeightSource from_gguf(WeightSource gguf, const ModelConfig& config) {
  std::map<std::string, TensorEntry, std::less<>> tensors;
  for (const NamedSpec& named : named_tensors(config)) {
    const Shape expected = shape_of(named.spec);
    TensorEntry entry = gguf.at(named.gguf_name);
    if (named.expert >= 0) {
      Shape stack = {config.experts};
      stack.insert(stack.end(), expected.begin(), expected.end());
      if (entry.shape != stack) unlike(gguf.place_of(named.gguf_name), entry.shape, stack);
      entry = entry.expert(named.expert);
    }
    if (entry.shape != expected) unlike(gguf.place_of(named.gguf_name), entry.shape, expected);
    entry.interleaved_heads = interleaved_heads(config, named.spec.role);
    if (is_norm(named.spec.role)) entry.shift = -static_cast<float>(config.norm_offset);
    tensors.emplace(named.name, std::move(entry));
  }
  return std::move(gguf).renamed(std::move(tensors));
}

}  // namespace

WeightSource hugging_face_weights(WeightSource weights, const ModelConfig& config) {
  if (weights.gguf() != nullptr) return from_gguf(std::move(weights), config);
  std::map<std::string, TensorEntry, std::less<>> tensors = weights.tensors();
  for (const NamedSpec& named : named_tensors(config)) {
    if (tensors.contains(named.name)) continue;
    for (const std::string& other : other_tensor_names(config, named.name)) {
      const auto it = tensors.find(other);
      if (it == tensors.end()) continue;
      auto node = tensors.extract(it);
      node.key() = named.name;
      tensors.insert(std::move(node));
      break;
    }
  }
  return std::move(weights).renamed(std::move(tensors));
}

bool is_gguf_file(const fs::path& path) {
  std::error_code error;
  return path.extension() == ".gguf" && fs::is_regular_file(path, error);
}

std::string hash_of(const fs::path& model) {
  return fs::is_directory(model) ? sha256_tree(model) : sha256_file(model);
}

void write_text_files(const fs::path& model, const fs::path& folder) {
  if (!is_gguf_file(model)) return text::copy_text_files(model, folder);
  const ModelFiles files = open_model_files(model);
  const auto texts = tokenizer_files_of(*files.weights.gguf(), files.config);
  if (std::ranges::none_of(texts, [](const auto& text) { return text.first == "tokenizer.json"; }))
    throw Error(model.string(), std::string(tr("it has no tokenizer", "토크나이저가 없습니다")),
                std::string(tr("get a file with one, or convert the model's folder again",
                               "토크나이저가 있는 파일을 쓰거나 모델 폴더를 다시 변환하세요")));
  make_directories(folder);
  for (const auto& [name, text] : texts) write_file_atomic(folder / name, text);
}

ModelFiles open_model_files(const fs::path& path) {
  if (path.extension() != ".gguf") {
    const ModelConfig config = load_config(path);
    return {config, hugging_face_weights(WeightSource::open(path), config)};
  }
  WeightSource source = WeightSource::open(path);
  const ModelConfig config = config_from_gguf(source);
  return {config, hugging_face_weights(std::move(source), config)};
}

std::vector<GgufTensor> gguf_tensors(const ModelConfig& config, const std::string& type) {
  std::vector<GgufTensor> tensors;
  std::unordered_map<std::string, size_t> index;
  for (const NamedSpec& named : named_tensors(config)) {
    const auto [it, fresh] = index.emplace(named.gguf_name, tensors.size());
    if (fresh) {
      GgufTensor tensor;
      tensor.plan = {named.gguf_name, type_for(named.spec.role, named.spec, config, type), shape_of(named.spec)};
      if (named.expert >= 0) tensor.plan.shape.insert(tensor.plan.shape.begin(), config.experts);
      tensor.role = named.spec.role;
      tensor.interleaved_heads = interleaved_heads(config, named.spec.role);
      if (is_norm(named.spec.role)) tensor.shift = static_cast<float>(config.norm_offset);
      tensors.push_back(std::move(tensor));
    }
    tensors[it->second].sources.push_back(named.name);
  }
  return tensors;
}

std::string writable_type(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  for (const char* known : {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_K"})
    if (upper == known) return upper;
  throw Error(
      std::string(name), std::string(tr("not a type that can be written", "쓸 수 없는 형식입니다")),
      std::string(tr("choose f32, f16, bf16, q8_0, q4_0 or q4_k", "f32, f16, bf16, q8_0, q4_0, q4_k 중에서 고르세요")));
}

}  // namespace moru::model
