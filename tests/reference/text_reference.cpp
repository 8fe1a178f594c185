// What Moru makes of texts and conversations, as JSON for the scripts of this folder to compare with other tools.
// Reads from standard input {"corpus": [text], "vocabulary_size": n, "texts": [text], "chats": [[{"role",
// "content"}]]}, trains a tokenizer on the corpus and writes {"tokenizer_json", "plain", "marked", "rendered",
// "prompts", "chat_template"}.
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "text/bpe_trainer.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

int main() {
  try {
    const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
    const moru::Json request = moru::parse_json(input, "standard input");
    moru::text::BpeOptions options;
    options.vocabulary_size = request.at("vocabulary_size").get<size_t>();
    options.special_tokens = moru::text::exaone_special_tokens();
    moru::SilentProgress progress;
    const std::string json = moru::text::train_bpe(
        options,
        [&](const std::function<void(std::string_view)>& use) {
          for (const moru::Json& text : request.at("corpus")) use(text.get_ref<const std::string&>());
        },
        progress);
    const auto tokenizer = moru::text::Tokenizer::from_json(json, "trained");
    moru::Json answer = {{"tokenizer_json", json}, {"chat_template", moru::text::chat_template_jinja()}};
    for (const moru::Json& text : request.at("texts")) {
      answer["plain"].push_back(tokenizer.encode(text.get_ref<const std::string&>()));
      answer["marked"].push_back(tokenizer.encode_with_specials(text.get_ref<const std::string&>()));
    }
    for (const moru::Json& chat : request.at("chats")) {
      std::vector<moru::text::ChatMessage> messages;
      for (const moru::Json& message : chat) messages.push_back({message.at("role"), message.at("content")});
      answer["rendered"].push_back(moru::text::render_chat(messages, false));
      answer["prompts"].push_back(moru::text::render_chat(messages, true));
    }
    std::cout << moru::dump_json(answer) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
