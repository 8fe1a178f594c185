#include "infer/model_folder.h"

#include <future>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"
#include "model/checkpoint.h"
#include "model/gguf_tokenizer.h"
#include "model/lora.h"
#include "model/model_files.h"
#include "text/tokenizer_parts.h"

namespace moru::infer {
namespace {

double number_between(const Json& json, const char* key, double fallback, double low, double high,
                      const std::string& place) {
  const auto it = json.find(key);
  if (it == json.end() || it->is_null()) return fallback;
  const double value = json_number(json, key, place);
  if (value >= low && value <= high) return value;
  throw Error(place,
              fmt::format(fmt::runtime(tr("\"{}\" is {}, not between {} and {}",
                                          "\"{}\" 값 {}이(가) {}에서 {} 사이가 아닙니다")),
                          key, value, low, high),
              std::string(tr("correct the value, or remove the key", "값을 고치거나 키를 지우세요")));
}

void check_is_model(const fs::path& path) {
  const std::string mend(
      tr("name the folder that holds config.json, model.safetensors and tokenizer.json, such as a run's model folder, "
         "or a .gguf file",
         "config.json, model.safetensors, tokenizer.json이 들어 있는 모델 폴더나 .gguf 파일을 지정하세요"));
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Error(path.string(), std::string(tr("there is no such folder", "그런 폴더가 없습니다")), mend);
  }
  if (!fs::is_directory(path, error)) {
    throw Error(path.string(), std::string(tr("this is a file, not a model folder", "모델 폴더가 아니라 파일입니다")),
                mend);
  }
  // An adapter is opened with its base, which has the configuration and, unless the adapter brings its own, the tokens.
  if (model::is_adapter_folder(path)) return;
  for (const char* name : {"config.json", "tokenizer.json"}) {
    if (fs::exists(path / name, error)) continue;
    throw Error(
        path.string(),
        fmt::format(fmt::runtime(tr("not a model folder: {} is missing", "모델 폴더가 아닙니다: {} 파일이 없습니다")),
                    name),
        mend);
  }
}

/// A model that Moru built lies in a folder called "model" as often as not; its bill of materials knows what it is.
std::string model_name(const fs::path& folder) {
  const fs::path bill = folder / "bom.json";
  if (fs::exists(bill)) {
    const Json json = read_json_file(bill);
    if (json.is_object() && json.contains("model") && json.at("model").is_object()) {
      const std::string name = json.at("model").value("name", "");
      if (!name.empty()) return name;
    }
  }
  return folder.filename().string();
}

/// The special tokens' texts, by which templates call them.
std::string template_settings(const model::GgufFile& gguf) {
  Json settings = Json::object();
  const std::vector<std::string>& tokens = gguf.texts("tokenizer.ggml.tokens");
  for (const auto& [name, key] : {std::pair{"bos_token", "bos"}, {"eos_token", "eos"}, {"pad_token", "padding"}}) {
    const int64_t id = gguf.integer_or(fmt::format("tokenizer.ggml.{}_token_id", key), -1);
    if (id >= 0 && static_cast<size_t>(id) < tokens.size()) settings[name] = tokens[static_cast<size_t>(id)];
  }
  return dump_json(settings);
}

/// The tokenizer is made while the weights are read.
ModelFolder open_parts(const fs::path& path, std::string name, const std::function<text::Tokenizer()>& tokenizer,
                       const std::function<std::unique_ptr<model::Model>()>& load, text::ModelChat chat,
                       const GenerationDefaults& defaults) {
  auto made = std::async(std::launch::async, tokenizer);
  std::unique_ptr<model::Model> model = load();
  return {path, std::move(name), std::move(model), made.get(), std::move(chat), defaults};
}

fs::path whole_path(const fs::path& path) {
  std::error_code error;
  fs::path whole = fs::canonical(path, error);
  return error ? path : whole;
}

/// The file's tokenizer and template, with its weights or those of an adapter on it.
ModelFolder open_gguf(const fs::path& path, const std::optional<fs::path>& adapter) {
  const model::ModelFiles files = model::open_model_files(path);
  const model::GgufFile& gguf = *files.weights.gguf();
  const auto tokenizer = [&] {
    std::optional<text::TokenizerParts> parts = model::tokenizer_parts_of(gguf);
    if (!parts)
      throw Error(path.string(), std::string(tr("it has no tokenizer", "토크나이저가 없습니다")),
                  std::string(tr("get a file with one, or convert the model's folder again",
                                 "토크나이저가 있는 파일을 쓰거나 모델 폴더를 다시 변환하세요")));
    return text::Tokenizer::from_parts(*std::move(parts));
  };
  const std::string chat = gguf.text_or("tokenizer.chat_template", "");
  return open_parts(
      whole_path(path), gguf.text_or("general.name", path.stem().string()), tokenizer,
      [&]() -> std::unique_ptr<model::Model> {
        if (adapter) return model::Model::load(*adapter);
        return model::load_model(files);
      },
      chat.empty() ? text::ModelChat::load(path)
                   : text::ModelChat::from_template(chat, path.string() + ": chat_template", template_settings(gguf)),
      {});
}

/// The folder's tokenizer and template, with its weights or those of an adapter on it.
ModelFolder open_folder(const fs::path& path, const std::optional<fs::path>& adapter) {
  check_is_model(path);
  const fs::path whole = whole_path(path);
  return open_parts(
      whole, model_name(whole), [&] { return text::Tokenizer::load(path); },
      [&] { return model::Model::load(adapter.value_or(path)); }, text::ModelChat::load(path),
      load_generation_defaults(path));
}

/// What PEFT writes has no tokenizer: the base's is taken then, with its template and its way of sampling.
ModelFolder open_bare_adapter(const fs::path& path) {
  const fs::path base = model::adapter_base(path);
  ModelFolder folder = model::is_gguf_file(base) ? open_gguf(base, path) : open_folder(base, path);
  folder.path = whole_path(path);
  folder.name = model_name(folder.path);
  return folder;
}

}  // namespace

GenerationDefaults load_generation_defaults(const fs::path& model_folder) {
  GenerationDefaults defaults;
  const fs::path file = model_folder / "generation_config.json";
  if (!fs::exists(file)) return defaults;
  const Json json = read_json_file(file);
  const std::string place = file.string();
  const auto sample = json.is_object() ? json.find("do_sample") : json.end();
  if (sample != json.end() && sample->is_boolean() && sample->get<bool>()) {
    defaults.temperature = number_between(json, "temperature", 1, 0, 100, place);
    defaults.top_p = number_between(json, "top_p", 1, 0, 1, place);
  }
  if (json.is_object() && json.contains("max_new_tokens")) {
    defaults.max_tokens = static_cast<int>(number_between(json, "max_new_tokens", 256, 1, 1 << 30, place));
  }
  return defaults;
}

ModelFolder open_model_folder(const fs::path& path) {
  const bool gguf = model::is_gguf_file(path);
  const bool bare_adapter = model::is_adapter_folder(path) && !fs::exists(path / "tokenizer.json");
  ModelFolder folder = gguf ? open_gguf(path, {}) : bare_adapter ? open_bare_adapter(path) : open_folder(path, {});
  const auto vocabulary = static_cast<size_t>(folder.model->config().vocabulary);
  if (folder.tokenizer.vocabulary_size() > vocabulary) {
    throw Error(gguf || bare_adapter ? path.string() : (path / "tokenizer.json").string(),
                fmt::format(fmt::runtime(tr("it has {} tokens, but the model of config.json knows {}",
                                            "토큰이 {}개인데 config.json의 모델은 {}개만 압니다")),
                            folder.tokenizer.vocabulary_size(), vocabulary),
                std::string(tr("use the tokenizer that the model was trained with",
                               "모델을 학습할 때 쓴 토크나이저를 쓰세요")));
  }
  return folder;
}

}  // namespace moru::infer
