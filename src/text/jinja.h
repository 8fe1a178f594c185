// Chat templates as models publish them (chat_template.jinja): an interpreter of the Jinja that they use.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/error.h"
#include "text/marked_text.h"

namespace moru::text {

/// What rendering may use: templates come with models that somebody else made.
struct JinjaLimits {
  uint64_t steps = 50'000'000;          ///< Expressions and statements run.
  uint64_t bytes = uint64_t{64} << 20;  ///< Of the output, and of any one string made on the way.
  std::chrono::milliseconds time{10'000};
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;  ///< strftime_now()
};

/// The template refuses the conversation, or fails at it; the place is its name and line.
class TemplateError : public Error {
  using Error::Error;
};

/// A template, parsed once. It is run as the Hugging Face library runs chat templates: trim_blocks, lstrip_blocks, loop
/// controls, generation blocks, tojson without escapes of HTML and with non-ASCII kept, raise_exception, strftime_now;
/// no files, no changes to what it is given. Immutable: one object serves all threads.
class JinjaTemplate {
 public:
  /// `place` names the template in errors ("chat_template.jinja"). Throws Error with the line of a fault.
  JinjaTemplate(std::string_view source, std::string place);
  JinjaTemplate(JinjaTemplate&&) noexcept;
  JinjaTemplate& operator=(JinjaTemplate&&) noexcept;
  ~JinjaTemplate();

  /// The text for these variables (a JSON object; its keys' order is kept). Throws TemplateError with the line for what
  /// the template refuses (raise_exception), does wrong, or uses too much of.
  std::string render(const nlohmann::ordered_json& variables, const JinjaLimits& limits = {}) const;

  /// The same for a conversation, and which of the text's characters came from it. `settings` are the model's own
  /// variables (bos_token); all strings of `conversation` (messages, tools, what a client chose) are `given`, those of
  /// an assistant's message `answer`. A role that chat formats know (system, developer, user, assistant, tool, …) is a
  /// choice among names, not somebody's words, and counts as `written`: templates build marks of it.
  MarkedText render(const nlohmann::ordered_json& settings, const nlohmann::ordered_json& conversation,
                    const JinjaLimits& limits = {}) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
  std::string place_;
};

}  // namespace moru::text
