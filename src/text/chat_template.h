// The chat format of K-EXAONE, the same bytes in training and in serving.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru::text {

struct ChatMessage {
  std::string role;
  std::string content;
};

/// The text of a conversation. With `generation_prompt` it ends where the assistant's answer begins (thinking off:
/// "<|assistant|>\n<think>\n\n</think>\n\n"). Throws Error for an unknown role.
std::string render_chat(const std::vector<ChatMessage>& messages, bool generation_prompt);

/// A piece of a rendered conversation; `learned` if the model is to write it (the assistant's answer and its end mark).
struct ChatPiece {
  std::string text;
  bool learned = false;
};

/// The same text as render_chat(messages, false), cut where the loss begins and ends.
std::vector<ChatPiece> render_chat_pieces(const std::vector<ChatMessage>& messages);

/// The text of chat_template.jinja that other tools run; renders what render_chat renders.
std::string_view chat_template_jinja();

}  // namespace moru::text
