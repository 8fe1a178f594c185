#include "model/gguf_tokenizer.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/file.h"
#include "core/json_whole.h"
#include "core/language.h"
#include "model/gguf_pretokenizer.h"
#include "text/tokenizer_json.h"

namespace moru::model {
namespace {

using Pairs = std::vector<std::pair<std::string, GgufValue>>;

constexpr std::string_view kWholeTokenizer = "tokenizer.huggingface.json";

/// The numbers of ggml's token types.
enum TokenType : int64_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

/// A token that stands for one byte where the vocabulary is of characters: <0x00> … <0xFF>.
bool is_byte_name(std::string_view name) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
  return name.size() == 6 && name.starts_with("<0x") && name[5] == '>' && is_digit(name[3]) && is_digit(name[4]);
}

int64_t id_of(const Json& value) {
  return whole_number(value, 0, std::numeric_limits<int64_t>::max());
}

/// A tokenizer.json taken apart into GGUF's arrays.
class Exporter {
 public:
  Exporter(const Json& root, const ModelConfig& config, std::string place)
      : root_(root), config_(config), place_(std::move(place)) {}

  Pairs metadata() {
    if (!root_.is_object() || !root_.contains("model") || root_["model"].value("type", "BPE") != "BPE" ||
        !root_["model"].contains("vocab"))
      fail(tr("not a byte-pair tokenizer", "바이트 쌍 토크나이저가 아닙니다"));
    try {
      read_tokens();
      const std::string pretokenizer = gguf_pretokenizer_name(root_, config_.model_type);
      const bool bytes = pretokenizer != kCharacters;
      if (pretokenizer.empty())
        fail(tr("GGUF has no name for its way to split text",
                "GGUF에 이 토크나이저의 분할 방식을 부르는 이름이 없습니다"));
      add("model", GgufValue::text(bytes ? "gpt2" : "llama"));
      add("pre", GgufValue::text(bytes ? pretokenizer : "default"));
      read_merges(bytes);
      add("tokens", GgufValue::texts(tokens_));
      add("token_type", GgufValue::integers(GgufType::i32, types_));
      add_special_tokens();
    } catch (const Json::exception&) {
      fail(tr("a value of another type than expected", "값의 형식이 다릅니다"));
    }
    return std::move(pairs_);
  }

 private:
  [[noreturn]] void fail(std::string_view problem) const {
    throw Error(place_, std::string(problem),
                std::string(tr("use the tokenizer.json that came with the model, or convert without it",
                               "모델과 함께 받은 tokenizer.json을 쓰거나, 없이 변환하세요")));
  }
  void add(std::string_view name, GgufValue value) {
    pairs_.emplace_back(fmt::format("tokenizer.ggml.{}", name), std::move(value));
  }

  void put(const std::string& text, int64_t id, int64_t type) {
    if (id < 0 || id >= config_.vocabulary)
      fail(fmt::format(fmt::runtime(tr("the token {} has number {}, but the model of config.json knows {}",
                                       "토큰 {}의 번호는 {}인데 config.json의 모델은 {}개만 압니다")),
                       text, id, config_.vocabulary));
    tokens_[static_cast<size_t>(id)] = text;
    types_[static_cast<size_t>(id)] = type;
  }

  void read_tokens() {
    const auto count = static_cast<size_t>(config_.vocabulary);
    tokens_.reserve(count);
    for (size_t id = 0; id < count; ++id) tokens_.push_back(fmt::format("[PAD{}]", id));
    types_.assign(count, kUnused);
    const bool fallback = root_["model"].value("byte_fallback", false);
    for (const auto& item : root_["model"]["vocab"].items())
      put(item.key(), id_of(item.value()), fallback && is_byte_name(item.key()) ? kByte : kNormal);
    if (root_.contains("added_tokens") && root_["added_tokens"].is_array())
      for (const Json& token : root_["added_tokens"])
        put(token.at("content").get<std::string>(), id_of(token.at("id")),
            token.value("special", false) ? kControl : kUserDefined);
    const Json& model = root_["model"];
    if (model.contains("unk_token") && model["unk_token"].is_string()) {
      const auto it = model["vocab"].find(model["unk_token"].get<std::string>());
      if (it != model["vocab"].end()) {
        unknown_ = id_of(*it);
        types_[static_cast<size_t>(unknown_)] = kUnknown;
      }
    }
  }

  /// As "left right"; a vocabulary of characters is merged by scores: the earlier a merge, the higher that of its
  /// result.
  void read_merges(bool bytes) {
    std::vector<std::string> merges;
    std::vector<double> scores(tokens_.size(), 0);
    const Json& vocabulary = root_["model"]["vocab"];
    double rank = 0;
    for (const Json& merge : root_["model"].at("merges")) {
      std::string left, right;
      if (merge.is_array()) {
        left = merge.at(0).get<std::string>();
        right = merge.at(1).get<std::string>();
      } else {
        const auto whole = merge.get<std::string>();
        const size_t space = whole.find(' ', 1);
        left = whole.substr(0, space);
        right = space == std::string::npos ? "" : whole.substr(space + 1);
      }
      --rank;
      if (bytes) {
        merges.push_back(left + " " + right);
      } else if (const auto it = vocabulary.find(left + right); it != vocabulary.end()) {
        double& score = scores[static_cast<size_t>(id_of(*it))];
        if (score == 0) score = rank;
      }
    }
    if (bytes) {
      add("merges", GgufValue::texts(std::move(merges)));
    } else {
      add("scores", GgufValue::floats(std::move(scores)));
      add("add_space_prefix",
          GgufValue::boolean(dump_json(root_.value("normalizer", Json())).find("\"Prepend\"") != std::string::npos));
    }
  }

  /// The tokens that the post-processor puts around a text.
  std::set<std::string> template_tokens() const {
    std::set<std::string> found;
    std::vector<const Json*> steps = {&root_};
    if (root_.contains("post_processor")) steps = {&root_["post_processor"]};
    while (!steps.empty()) {
      const Json& step = *steps.back();
      steps.pop_back();
      if (!step.is_object()) continue;
      if (step.contains("processors"))
        for (const Json& inner : step["processors"]) steps.push_back(&inner);
      if (step.value("type", "") != "TemplateProcessing" || !step.contains("single")) continue;
      for (const Json& piece : step["single"])
        if (piece.contains("SpecialToken")) found.insert(piece["SpecialToken"].at("id").get<std::string>());
    }
    return found;
  }

  void add_special_tokens() {
    const std::set<std::string> around = template_tokens();
    const auto is_around = [&](int token) {
      return token >= 0 && static_cast<size_t>(token) < tokens_.size() &&
             around.contains(tokens_[static_cast<size_t>(token)]);
    };
    if (unknown_ >= 0) add("unknown_token_id", GgufValue::u32(static_cast<uint32_t>(unknown_)));
    add("add_bos_token", GgufValue::boolean(is_around(config_.bos)));
    add("add_eos_token", GgufValue::boolean(is_around(config_.eos)));
  }

  const Json& root_;
  const ModelConfig& config_;
  std::string place_;
  Pairs pairs_;
  std::vector<std::string> tokens_;
  std::vector<int64_t> types_;
  int64_t unknown_ = -1;
};

/// The chat template of a folder: a file of its own, or a member of tokenizer_config.json.
std::string template_of(const fs::path& folder) {
  if (fs::exists(folder / "chat_template.jinja")) return read_file(folder / "chat_template.jinja");
  if (!fs::exists(folder / "tokenizer_config.json")) return {};
  const Json config = read_json_file(folder / "tokenizer_config.json");
  if (!config.is_object() || !config.contains("chat_template")) return {};
  const Json& value = config["chat_template"];
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return {};
  for (const Json& one : value)  // several by name: the usual one
    if (one.is_object() && one.contains("template") && one["template"].is_string() &&
        one.value("name", "") == "default")
      return one["template"].get<std::string>();
  return {};
}

void add_model_tokens(const ModelConfig& config, Pairs& pairs) {
  const auto add = [&](const char* name, int token) {
    if (token >= 0)
      pairs.emplace_back(fmt::format("tokenizer.ggml.{}", name), GgufValue::u32(static_cast<uint32_t>(token)));
  };
  add("bos_token_id", config.bos);
  add("eos_token_id", config.eos);
  if (!config.more_eos.empty()) add("eot_token_id", config.more_eos.front());
  add("padding_token_id", config.pad);
}

}  // namespace

Pairs tokenizer_metadata_of(const GgufFile& gguf) {
  Pairs pairs;
  for (const auto& [key, value] : gguf.metadata())
    if (key.starts_with("tokenizer.")) pairs.emplace_back(key, value);
  return pairs;
}

Pairs tokenizer_metadata_of(const fs::path& folder, const ModelConfig& config) {
  Pairs pairs;
  const fs::path file = folder / "tokenizer.json";
  if (fs::exists(file)) {
    const std::string text = read_file(file);
    const Json json = parse_json(text, file.string());
    pairs = Exporter(json, config, file.string()).metadata();
    // The whole of it too, as the format's specification has a key for: what GGUF's own keys cannot say is not lost.
    pairs.emplace_back(kWholeTokenizer, GgufValue::text(text));
  } else {
    pairs.emplace_back("tokenizer.ggml.model", GgufValue::text("none"));
  }
  add_model_tokens(config, pairs);
  if (const std::string chat = template_of(folder); !chat.empty())
    pairs.emplace_back("tokenizer.chat_template", GgufValue::text(chat));
  return pairs;
}

std::string tokenizer_json_of(const GgufFile& gguf) {
  if (gguf.has(kWholeTokenizer)) return gguf.text(kWholeTokenizer);
  if (!gguf.has("tokenizer.ggml.tokens")) return {};
  return tokenizer_json_from_gguf(gguf);
}

std::optional<text::TokenizerParts> tokenizer_parts_of(const GgufFile& gguf) {
  if (gguf.has(kWholeTokenizer)) return text::read_tokenizer_json(gguf.text(kWholeTokenizer), gguf.place());
  if (!gguf.has("tokenizer.ggml.tokens")) return std::nullopt;
  return tokenizer_parts_from_gguf(gguf);
}

std::vector<std::pair<std::string, std::string>> tokenizer_files_of(const GgufFile& gguf, const ModelConfig& config) {
  std::vector<std::pair<std::string, std::string>> files;
  const std::string chat = gguf.text_or("tokenizer.chat_template", ""), json = tokenizer_json_of(gguf);
  if (!chat.empty()) files.emplace_back("chat_template.jinja", chat);
  if (json.empty()) return files;
  files.emplace_back("tokenizer.json", json);
  Json settings = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                   {"model_max_length", config.max_positions},
                   {"clean_up_tokenization_spaces", false}};
  const std::vector<std::string>& tokens = gguf.texts("tokenizer.ggml.tokens");
  for (const auto& [key, token] :
       {std::pair{"bos_token", config.bos}, {"eos_token", config.eos}, {"pad_token", config.pad}})
    if (token >= 0 && static_cast<size_t>(token) < tokens.size()) settings[key] = tokens[static_cast<size_t>(token)];
  files.emplace_back("tokenizer_config.json", dump_json(settings, 2) + "\n");
  return files;
}

}  // namespace moru::model
