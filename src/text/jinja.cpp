#include "text/jinja.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
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

std::string JinjaTemplate::render(const nlohmann::ordered_json& variables, const JinjaLimits& limits) const {
  const jinja::Limits inner{limits.steps, limits.bytes, limits.time, 100, limits.now};
  jinja::Interpreter interpreter(inner);
  try {
    const jinja::Value value = jinja::Value::from_json(variables);
    return interpreter.render(*parsed_->root, value.is_dict() ? value.dict() : jinja::Dict{});
  } catch (const jinja::Refusal& refusal) {
    throw Error(fmt::format("{}:{}", place_, interpreter.line()), refusal.what(),
                std::string(tr("the model's template refuses this conversation; change the messages",
                               "모델의 템플릿이 이 대화를 받지 않습니다. 메시지를 바꾸세요")));
  } catch (const jinja::Failure& failure) {
    throw Error(fmt::format("{}:{}", place_, interpreter.line()), failure.what(),
                std::string(tr("correct the template, or what it is given", "템플릿이나 거기에 주는 값을 고치세요")));
  }
}

}  // namespace moru::text
