#include "text/model_chat.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "text/jinja.h"

namespace moru::text {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Larger files are not what these names stand for.
constexpr uint64_t kMostBytes = uint64_t{16} << 20;

OrderedJson parse(std::string_view text, const std::string& place) {
  OrderedJson json = OrderedJson::parse(text, nullptr, false);
  if (!json.is_discarded()) return json;
  throw Error(place, std::string(tr("this is not JSON", "JSON이 아닙니다")),
              std::string(tr("take the model's file again", "모델의 파일을 다시 받으세요")));
}

std::string read_small(const fs::path& path) {
  if (fs::file_size(path) > kMostBytes)
    throw Error(path.string(), std::string(tr("the file is too large", "파일이 너무 큽니다")),
                std::string(tr("take the model's file again", "모델의 파일을 다시 받으세요")));
  return read_file(path);
}

/// The special tokens that a file names, as the Hugging Face library gives them to templates.
void add_special_tokens(const OrderedJson& json, OrderedJson& settings) {
  if (!json.is_object()) return;
  for (const char* name :
       {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
    const auto it = json.find(name);
    if (it == json.end()) continue;
    if (it->is_string()) settings[name] = *it;
    if (it->is_object() && it->contains("content") && it->at("content").is_string()) settings[name] = it->at("content");
  }
}

/// Text of a message's further members, tools and arguments, which come as JSON from whoever calls.
OrderedJson given(std::string_view text, const char* what) {
  return text.empty() ? OrderedJson() : parse(text, what);
}

OrderedJson message_json(const ChatMessage& message) {
  OrderedJson json = {{"role", message.role}, {"content", message.content}};
  if (message.more.empty()) return json;
  const OrderedJson more = given(message.more, "message");
  if (more.is_object())
    for (const auto& [key, value] : more.items()) json[key] = value;
  return json;
}

}  // namespace

struct ModelChat::Data {
  bool native = false;  ///< K-EXAONE's format.
  std::vector<std::pair<std::string, JinjaTemplate>> templates;
  OrderedJson settings = OrderedJson::object();

  const JinjaTemplate& choose(bool tools) const {
    for (const std::string_view wanted :
         {std::string_view(tools ? "tool_use" : "default"), std::string_view("default")})
      for (const auto& [name, one] : templates)
        if (name == wanted) return one;
    if (templates.size() == 1) return templates.front().second;
    const std::string mend(tr("add a chat_template.jinja to the folder, in the format that the model was trained with",
                              "모델이 학습한 형식의 chat_template.jinja를 폴더에 넣으세요"));
    if (!templates.empty())
      throw Error("tokenizer_config.json",
                  std::string(tr("none of the model's chat templates is named \"default\"",
                                 "모델의 대화 템플릿 가운데 \"default\"가 없습니다")),
                  mend);
    throw Error("chat_template.jinja",
                std::string(tr("the model has no chat template: it continues texts, but was not taught conversations",
                               "모델에 대화 템플릿이 없습니다. 글을 이어 쓰지만 대화를 배우지 않았습니다")),
                mend);
  }
};

ModelChat::ModelChat() {
  static const std::shared_ptr<const Data> exaone = [] {
    auto data = std::make_shared<Data>();
    data->native = true;
    data->templates.emplace_back("default", JinjaTemplate(chat_template_jinja(), "chat_template.jinja"));
    // As render_chat has it: the format's template itself thinks unless told otherwise.
    data->settings["enable_thinking"] = false;
    return data;
  }();
  data_ = exaone;
}

ModelChat ModelChat::from_template(std::string_view source, std::string place, std::string_view settings) {
  if (source == chat_template_jinja()) return {};
  auto data = std::make_shared<Data>();
  if (OrderedJson json = given(settings, "settings"); json.is_object()) data->settings = std::move(json);
  data->templates.emplace_back("default", JinjaTemplate(source, std::move(place)));
  ModelChat chat;
  chat.data_ = std::move(data);
  return chat;
}

ModelChat ModelChat::load(const fs::path& folder) {
  auto data = std::make_shared<Data>();
  OrderedJson found;
  const fs::path config = folder / "tokenizer_config.json", map = folder / "special_tokens_map.json";
  const fs::path file = folder / "chat_template.jinja";
  if (fs::exists(map)) add_special_tokens(parse(read_small(map), map.string()), data->settings);
  if (fs::exists(config)) {
    const OrderedJson json = parse(read_small(config), config.string());
    add_special_tokens(json, data->settings);
    if (json.is_object() && json.contains("chat_template")) found = json.at("chat_template");
  }
  std::string place = config.string();
  if (fs::exists(file)) {
    found = read_small(file);
    place = file.string();
  }
  if (found.is_string()) {
    const auto source = found.get<std::string>();
    if (source == chat_template_jinja()) return {};
    data->templates.emplace_back("default", JinjaTemplate(source, place));
  } else if (found.is_array()) {
    for (const OrderedJson& one : found) {
      if (!one.is_object() || !one.contains("name") || !one.at("name").is_string() || !one.contains("template") ||
          !one.at("template").is_string()) {
        throw Error(place,
                    std::string(tr("\"chat_template\" is a list of something other than name and template",
                                   "\"chat_template\" 목록의 항목에 name과 template이 없습니다")),
                    std::string(tr("take the model's file again", "모델의 파일을 다시 받으세요")));
      }
      const auto name = one.at("name").get<std::string>();
      data->templates.emplace_back(
          name, JinjaTemplate(one.at("template").get<std::string>(), fmt::format("{} ({})", place, name)));
    }
  }
  ModelChat chat;
  chat.data_ = std::move(data);
  return chat;
}

bool ModelChat::exists() const {
  return !data_->templates.empty();
}

MarkedText ModelChat::render(const std::vector<ChatMessage>& messages, const ChatOptions& options) const {
  OrderedJson conversation = {{"messages", OrderedJson::array()}, {"add_generation_prompt", options.generation_prompt}};
  for (const ChatMessage& message : messages) conversation["messages"].push_back(message_json(message));
  const OrderedJson tools = given(options.tools, "tools");
  const bool has_tools = tools.is_array() && !tools.empty();
  if (has_tools)
    conversation["tools"] = tools;
  else
    conversation["tools"] = nullptr;
  const OrderedJson arguments = given(options.arguments, "chat_template_kwargs");
  if (arguments.is_object()) {
    for (const auto& [key, value] : arguments.items())
      if (!conversation.contains(key) && !key.ends_with("_token")) conversation[key] = value;
  }
  return data_->choose(has_tools).render(data_->settings, conversation);
}

std::vector<Token> ModelChat::prompt(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages,
                                     const ChatOptions& options) const {
  const bool plain = options.tools.empty() && options.arguments.empty() &&
                     std::ranges::all_of(messages, [](const ChatMessage& m) { return m.more.empty(); });
  if (data_->native && plain) return encode_chat(tokenizer, messages, options.generation_prompt).tokens;
  return tokenizer.encode_with_specials(render(messages, options));
}

namespace {

/// Bytes [begin, end) that are learned.
struct Learned {
  size_t begin = 0, end = 0;
};

/// Where the turn that begins at `begin` ends: past the special token after the last of the assistant's words.
size_t end_of_turn(const MarkedText& text, size_t begin, size_t limit, const Tokenizer& tokenizer) {
  size_t end = begin;
  for (const MarkedText::Range& range : text.ranges()) {
    if (range.end <= begin) continue;
    if (range.begin >= limit || range.origin != Origin::answer) break;
    end = range.end;
  }
  size_t written = end;
  while (written < limit && text.is_written(written, written + 1)) ++written;
  const std::vector<Token> tokens =
      tokenizer.encode_with_specials(std::string_view(text.bytes()).substr(end, written - end));
  // The mark is found again by its text, since other tokens need not be as long as their text.
  for (const Token token : tokens) {
    if (!tokenizer.is_special(token)) continue;
    const std::string_view name = tokenizer.bytes(token);
    const size_t at = text.bytes().find(name, end);
    if (at != std::string::npos && at + name.size() <= written) return at + name.size();
  }
  return end;
}

}  // namespace

ChatTokens ModelChat::encode(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages) const {
  const bool plain = std::ranges::all_of(messages, [](const ChatMessage& m) { return m.more.empty(); });
  if (data_->native && plain) return encode_chat(tokenizer, messages, false);
  ChatOptions whole;
  whole.generation_prompt = false;
  const MarkedText text = render(messages, whole);

  std::vector<Learned> learned;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role != "assistant") continue;
    const size_t after = learned.empty() ? 0 : learned.back().end;
    size_t begin = text.size();
    const std::vector<ChatMessage> before(messages.begin(), messages.begin() + static_cast<ptrdiff_t>(i));
    try {
      const MarkedText prompt = render(before);
      if (text.bytes().starts_with(prompt.bytes())) begin = prompt.size();
    } catch (const TemplateError&) {
      // Some templates refuse to begin with the assistant, or to follow one: its words show where the turn begins.
    }
    if (begin == text.size() || begin < after) {
      const auto word = std::ranges::find_if(text.ranges(), [&](const MarkedText::Range& range) {
        return range.origin == Origin::answer && range.begin >= after;
      });
      if (word == text.ranges().end()) continue;
      begin = word->begin;
    }
    learned.push_back({begin, end_of_turn(text, begin, text.size(), tokenizer)});
  }

  ChatTokens out;
  const auto add = [&](size_t begin, size_t end, bool is_learned) {
    if (begin >= end) return;
    const std::vector<Token> tokens = tokenizer.encode_with_specials(text.substr(begin, end - begin));
    out.tokens.insert(out.tokens.end(), tokens.begin(), tokens.end());
    out.learned.resize(out.tokens.size(), is_learned ? 1 : 0);
  };
  size_t done = 0;
  for (const Learned& one : learned) {
    add(done, one.begin, false);
    add(one.begin, one.end, true);
    done = std::max(one.begin, one.end);
  }
  add(done, text.size(), false);
  return out;
}

void copy_text_files(const fs::path& from, const fs::path& to) {
  make_directories(to);
  write_file_atomic(to / "tokenizer.json", read_file(from / "tokenizer.json"));
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"})
    if (fs::exists(from / name)) write_file_atomic(to / name, read_file(from / name));
}

}  // namespace moru::text
