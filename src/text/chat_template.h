// The chat format of K-EXAONE, the same bytes in training and in serving.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace moru::text {

/// A turn. An assistant's content may hold "reasoning</think>answer"; the reasoning is kept only after the last user
/// turn.
struct ChatMessage {
  std::string role;  ///< system, user, assistant or tool.
  std::string content;
  /// Further members as a JSON object ({"tool_calls": […]}, {"reasoning_content": "…"}), for models with a template of
  /// their own; they may replace the content. Usually empty.
  std::string more = {};
};

/// The text of a conversation (role and content). With `generation_prompt` it ends where the assistant's answer begins
/// (thinking off:
/// "<|assistant|>\n<think>\n\n</think>\n\n"). Throws Error for an unknown role.
std::string render_chat(const std::vector<ChatMessage>& messages, bool generation_prompt);

/// A piece of a rendered conversation; `learned` if the model is to write it (the assistant's answer and its end mark).
struct ChatPiece {
  std::string text;
  bool learned = false;
};

/// The same text as render_chat(messages, false), cut where the loss begins and ends. Tokens never span a cut: encoding
/// the pieces one by one gives the tokens of the whole.
std::vector<ChatPiece> render_chat_pieces(const std::vector<ChatMessage>& messages);

/// The tokens of a conversation, and for each whether it is learned.
struct ChatTokens {
  std::vector<Token> tokens;
  std::vector<uint8_t> learned;
};

/// The tokens of render_chat(messages, generation_prompt), except that the format's own marks alone become special
/// tokens: a mark that a message contains stays text, so that no message can end its turn or speak for another role.
/// Throws Error if the tokenizer lacks a mark.
ChatTokens encode_chat(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, bool generation_prompt);

/// The text of chat_template.jinja that other tools run. Of the same messages, and with enable_thinking false, it makes
/// what render_chat makes. It also knows tools, tool_calls, reasoning_content, skip_think and enable_thinking (true
/// unless given, as K-EXAONE has it).
std::string_view chat_template_jinja();

}  // namespace moru::text
