#include "text/jinja.h"

#include <nlohmann/json.hpp>

#include "core/language.h"
#include "text/jinja/interpreter.h"
#include "text/unicode.h"

namespace moru::text {

struct JinjaTemplate::Parsed {
  jinja::NodePointer root;
};

JinjaTemplate::JinjaTemplate(std::string_view source, std::string place)
    : parsed_(std::make_unique<Parsed>()), place_(std::move(place)) {
  const std::string mend(tr("correct the template; it is Jinja as the Hugging Face library runs chat templates",
                            "템플릿을 고치세요. 허깅페이스 라이브러리가 대화 템플릿을 실행하는 방식의 Jinja입니다"));
  if (!is_valid_utf8(source))
    throw Error(place_, std::string(tr("the template is not UTF-8", "템플릿이 UTF-8이 아닙니다")), mend);
  try {
    parsed_->root = jinja::parse(source);
  } catch (const jinja::SyntaxFault& fault) {
    throw Error(fmt::format("{}:{}", place_, fault.line()), fault.what(), mend);
  }
}

JinjaTemplate::JinjaTemplate(JinjaTemplate&&) noexcept = default;
JinjaTemplate& JinjaTemplate::operator=(JinjaTemplate&&) noexcept = default;
JinjaTemplate::~JinjaTemplate() = default;

namespace {

/// What `make` returns; faults of the template become errors that name its line.
template <class Make>
auto within_template(const std::string& place, const jinja::Interpreter& interpreter, Make make) {
  try {
    return make();
  } catch (const jinja::Refusal& refusal) {
    throw TemplateError(fmt::format("{}:{}", place, interpreter.line()), refusal.what(),
                        std::string(tr("the model's template refuses this conversation; change the messages",
                                       "모델의 템플릿이 이 대화를 받지 않습니다. 메시지를 바꾸세요")));
  } catch (const jinja::Failure& failure) {
    throw TemplateError(
        fmt::format("{}:{}", place, interpreter.line()), failure.what(),
        std::string(tr("correct the template, or what it is given", "템플릿이나 거기에 주는 값을 고치세요")));
  }
}

jinja::Value message_value(const nlohmann::ordered_json& message) {
  static constexpr std::string_view kRoles[] = {"system", "developer", "user",        "assistant",
                                                "tool",   "ipython",   "environment", "tool_response"};
  const auto it = message.is_object() ? message.find("role") : message.end();
  const std::string role = message.is_object() && it != message.end() && it->is_string() ? it->get<std::string>() : "";
  const Origin origin = role == "assistant" ? Origin::answer : Origin::given;
  jinja::Value value = jinja::Value::from_json(message, origin);
  if (std::ranges::find(kRoles, role) == std::end(kRoles)) return value;
  jinja::Dict named = value.dict();
  named.set("role", jinja::Value::written(role));
  return named;
}

jinja::Dict variables_of(const nlohmann::ordered_json& json, Origin origin) {
  const jinja::Value value = jinja::Value::from_json(json, origin);
  return value.is_dict() ? value.dict() : jinja::Dict{};
}

}  // namespace

std::string JinjaTemplate::render(const nlohmann::ordered_json& variables, const JinjaLimits& limits) const {
  const jinja::Limits inner{limits.steps, limits.bytes, limits.time, 100, limits.now};
  jinja::Interpreter interpreter(inner);
  return within_template(place_, interpreter, [&] {
    return interpreter.render(*parsed_->root, variables_of(variables, Origin::written)).bytes();
  });
}

MarkedText JinjaTemplate::render(const nlohmann::ordered_json& settings, const nlohmann::ordered_json& conversation,
                                 const JinjaLimits& limits) const {
  const jinja::Limits inner{limits.steps, limits.bytes, limits.time, 100, limits.now};
  jinja::Interpreter interpreter(inner);
  return within_template(place_, interpreter, [&] {
    jinja::Dict variables = variables_of(settings, Origin::written);
    for (const auto& [key, value] : conversation.items()) {
      if (key != "messages" || !value.is_array()) {
        variables.set(jinja::Value::written(key), jinja::Value::from_json(value, Origin::given));
        continue;
      }
      jinja::List messages;
      for (const auto& message : value) messages.push_back(message_value(message));
      variables.set("messages", std::move(messages));
    }
    return interpreter.render(*parsed_->root, std::move(variables));
  });
}

}  // namespace moru::text
