// How a model folder wants conversations written: by its own template, or in K-EXAONE's format, which Moru knows.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/chat_template.h"
#include "text/marked_text.h"
#include "text/tokenizer.h"

namespace moru::text {

/// What a prompt is made of besides the messages.
struct ChatOptions {
  std::string tools;      ///< A JSON array of tools as the OpenAI API has them; empty: none.
  std::string arguments;  ///< A JSON object of variables for the template ({"enable_thinking": false}); empty: none.
  bool generation_prompt = true;  ///< Ends where the assistant's answer begins.
};

/// A model's chat format. What messages, tools and arguments say never becomes a special token: only what the template
/// itself wrote does. Immutable; copies share the parsed templates.
class ModelChat {
 public:
  /// K-EXAONE's format.
  ModelChat();
  /// A template's text; `place` names it in errors. `settings`: a JSON object of the model's own variables (bos_token,
  /// eos_token, …). Throws Error with the line of a fault.
  static ModelChat from_template(std::string_view source, std::string place, std::string_view settings);
  /// The folder's chat_template.jinja, or `chat_template` of its tokenizer_config.json (a text, or a list of named
  /// ones, of which "tool_use" is taken for tools and "default" else), with the special tokens that
  /// tokenizer_config.json and special_tokens_map.json name. A folder without one gives a format that refuses all
  /// messages.
  static ModelChat load(const std::filesystem::path& folder);

  /// False for a model that has no template.
  bool exists() const;
  /// The conversation's text. Throws Error if there is no template, or with the template's line.
  MarkedText render(const std::vector<ChatMessage>& messages, const ChatOptions& options = {}) const;
  /// The tokens that the model reads.
  std::vector<Token> prompt(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages,
                            const ChatOptions& options = {}) const;
  /// The tokens of a whole conversation, and which of them the model is to learn: of each assistant's turn what comes
  /// after the generation prompt, to the special token that ends it.
  ChatTokens encode(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages) const;

 private:
  struct Data;
  std::shared_ptr<const Data> data_;
};

/// Copies what a model folder says of text: tokenizer.json, tokenizer_config.json, special_tokens_map.json and
/// chat_template.jinja, those that are there. Throws Error if tokenizer.json is not.
void copy_text_files(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace moru::text
