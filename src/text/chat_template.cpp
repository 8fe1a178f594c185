#include "text/chat_template.h"

#include "core/error.h"
#include "core/language.h"

namespace moru::text {
namespace {

/// A part of a conversation in the order of its text.
struct Segment {
  std::string text;
  bool mark = false;  ///< One of the format's own marks.
  bool learned = false;
};

/// What Python's str.strip takes away, since other tools run the Jinja text with it.
std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view kSpaces[] = {
      "\t",     "\n",     "\v",     "\f",     "\r",     "\x1c",   "\x1d",   "\x1e",   "\x1f",   " ",
      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
      "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      } else if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

class Renderer {
 public:
  std::vector<Segment> render(const std::vector<ChatMessage>& messages, bool generation_prompt) {
    size_t after_last_user = 0;
    for (size_t i = 0; i < messages.size(); ++i) {
      if (messages[i].role == "user") after_last_user = i + 1;
    }
    for (size_t i = 0; i < messages.size(); ++i) {
      const ChatMessage& message = messages[i];
      if (message.role == "system" || message.role == "user") {
        mark("<|" + message.role + "|>");
        text("\n" + message.content);
      } else if (message.role == "assistant") {
        assistant(message.content, i >= after_last_user);
      } else if (message.role == "tool") {
        const bool first = i == 0 || messages[i - 1].role != "tool";
        const bool last = i + 1 == messages.size() || messages[i + 1].role != "tool";
        if (first) mark("<|tool|>");
        text("\n");
        mark("<tool_result>");
        text(message.content);
        mark("</tool_result>");
        if (!last) continue;
      } else {
        throw Error(
            fmt::format(fmt::runtime(tr("message {}", "메시지 {}")), i + 1),
            fmt::format(fmt::runtime(tr("unknown role \"{}\"", "알 수 없는 역할 \"{}\"")), message.role),
            std::string(tr("use system, user, assistant or tool", "system, user, assistant, tool 중 하나를 쓰세요")));
      }
      mark("<|endofturn|>", message.role == "assistant");
      text("\n");
    }
    if (generation_prompt) begin_answer();
    return std::move(segments_);
  }

 private:
  void text(std::string_view text, bool learned = false) {
    if (text.empty()) return;
    if (segments_.empty() || segments_.back().mark || segments_.back().learned != learned)
      segments_.push_back({{}, false, learned});
    segments_.back().text += text;
  }
  void mark(std::string text, bool learned = false) { segments_.push_back({std::move(text), true, learned}); }

  void begin_answer(bool thinks = false) {
    mark("<|assistant|>");
    text("\n");
    mark("<think>");
    text("\n");
    if (!thinks) end_thinking(false);
  }
  void end_thinking(bool learned) {
    text("\n", learned);
    mark("</think>", learned);
    text("\n\n", learned);
  }

  void assistant(std::string_view content, bool keeps_reasoning) {
    static constexpr std::string_view kEnd = "</think>", kBegin = "<think>";
    std::string_view reasoning;
    if (const size_t first = content.find(kEnd); first != std::string_view::npos) {
      reasoning = content.substr(0, first);
      if (const size_t begin = reasoning.rfind(kBegin); begin != std::string_view::npos)
        reasoning.remove_prefix(begin + kBegin.size());
      reasoning = keeps_reasoning ? trimmed(reasoning) : std::string_view();
      content.remove_prefix(content.rfind(kEnd) + kEnd.size());
    }
    begin_answer(!reasoning.empty());
    if (!reasoning.empty()) {
      text(reasoning, true);
      end_thinking(true);
    }
    text(trimmed(content), true);
  }

  std::vector<Segment> segments_;
};

}  // namespace

std::string render_chat(const std::vector<ChatMessage>& messages, bool generation_prompt) {
  std::string out;
  for (const Segment& segment : Renderer().render(messages, generation_prompt)) out += segment.text;
  return out;
}

std::vector<ChatPiece> render_chat_pieces(const std::vector<ChatMessage>& messages) {
  std::vector<ChatPiece> pieces;
  for (const Segment& segment : Renderer().render(messages, false)) {
    if (pieces.empty() || pieces.back().learned != segment.learned) pieces.push_back({{}, segment.learned});
    pieces.back().text += segment.text;
  }
  return pieces;
}

ChatTokens encode_chat(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, bool generation_prompt) {
  ChatTokens out;
  for (const Segment& segment : Renderer().render(messages, generation_prompt)) {
    if (segment.mark) {
      const Token token = tokenizer.special(segment.text);
      if (token < 0) {
        throw Error(
            "tokenizer.json",
            fmt::format(fmt::runtime(tr("the token {} is missing", "{} 토큰이 없습니다")), segment.text),
            std::string(tr("use a tokenizer of K-EXAONE's chat format", "K-EXAONE 대화 형식의 토크나이저를 쓰세요")));
      }
      out.tokens.push_back(token);
    } else {
      const std::vector<Token> tokens = tokenizer.encode(segment.text);
      out.tokens.insert(out.tokens.end(), tokens.begin(), tokens.end());
    }
    out.learned.resize(out.tokens.size(), segment.learned);
  }
  return out;
}

}  // namespace moru::text
