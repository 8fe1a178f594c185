// The wordings of questions. A new one is a line here; a wording that changes gets a new name.
#include "generate/phrasing.h"

namespace moru::generate {
namespace {

constexpr Template kMeaningKo[] = {
    {"meaning-ko/1", "{topic:은} 무엇인가요?"},
    {"meaning-ko/2", "{topic:이} 뭐야?"},
    {"meaning-ko/3", "{topic:이} 무엇인지 설명해 주세요."},
    {"meaning-ko/4", "{topic:은} 무엇을 하는 기능인가요?"},
    {"meaning-ko/5", "{topic}에 대해 알려줘"},
    {"meaning-ko/6", "{topic} 설명"},
    {"meaning-ko/7", "{topic} 뜻"},
    {"meaning-ko/8", "{topic:이란} 무엇입니까?"},
    {"meaning-ko/9", "{topic:은} 무슨 의미예요?"},
    {"meaning-ko/10", "{app}에서 {topic:은} 무엇인가요?"},
    {"meaning-ko/11", "{app} {topic} 설명해 줘"},
    {"meaning-ko/12", "{topic:이} 뭔지 궁금해요"},
    {"meaning-ko/13", "{bare}"},
    {"meaning-ko/14", "설명 부탁드립니다: {topic}"},
    {"meaning-ko/15", "{tight} 뭐예요?"},
    {"meaning-ko/16", "{topic:은} 뭐 하는 거예요?"},
    {"meaning-ko/17", "{app}의 {topic:이} 무엇인지 알려 주세요."},
};
constexpr Template kMeaningEn[] = {
    {"meaning-en/1", "What is {english}?"},          {"meaning-en/2", "What does {english} mean?"},
    {"meaning-en/3", "Explain {english}."},          {"meaning-en/4", "Tell me about {english}."},
    {"meaning-en/5", "{english} meaning"},           {"meaning-en/6", "What does {english} do?"},
    {"meaning-en/7", "What is {english} used for?"},
};

constexpr Template kHowToKo[] = {
    {"how-to-ko/1", "{if} 어떻게 해야 하나요?"},
    {"how-to-ko/2", "{if} 어떻게 하나요?"},
    {"how-to-ko/3", "{way} 방법을 알려 주세요."},
    {"how-to-ko/4", "{way} 방법 알려줘"},
    {"how-to-ko/5", "{way} 방법은 무엇인가요?"},
    {"how-to-ko/6", "{wish} 싶은데 어떻게 하면 되나요?"},
    {"how-to-ko/7", "{topic} 방법"},
    {"how-to-ko/8", "{topic} 어떻게 해?"},
    {"how-to-ko/9", "{topic} 절차를 알려 주세요."},
    {"how-to-ko/10", "{app}에서 {if} 어떻게 해야 하나요?"},
    {"how-to-ko/11", "{app} {topic} 방법 알려줘"},
    {"how-to-ko/12", "{bare}"},
    {"how-to-ko/13", "{tight} 하는 법"},
    {"how-to-ko/14", "{if}?"},
    {"how-to-ko/15", "{app}에서 {way} 법"},
    {"how-to-ko/16", "방법을 알고 싶어요: {topic}"},
    {"how-to-ko/17", "{wish} 싶어요"},
    {"how-to-ko/19", "{foreign} 하는 방법 알려 주세요."},
    {"how-to-ko/20", "{foreign} 하려면 어떻게 하나요?"},
    {"how-to-ko/21", "{mixed} 하려면 어떻게 해야 하나요?"},
    {"how-to-ko/22", "{mixed} 하는 방법"},
    {"how-to-ko/23", "{way} 순서가 어떻게 되나요?"},
};
constexpr Template kHowToEn[] = {
    {"how-to-en/1", "How do I {verb}?"},
    {"how-to-en/2", "How can I {verb}?"},
    {"how-to-en/3", "Tell me how to {verb}."},
    {"how-to-en/4", "How to {verb}"},
    {"how-to-en/5", "What are the steps to {verb}?"},
    {"how-to-en/6", "I want to {verb}."},
    {"how-to-en/7", "{english}: how to do it?"},
};

constexpr Template kMenuKo[] = {
    {"menu-ko/1", "{topic} 메뉴는 어디에 있나요?"},
    {"menu-ko/2", "{topic:은} 어느 메뉴에 있나요?"},
    {"menu-ko/3", "{topic:을} 사용하려면 어떤 메뉴를 선택하나요?"},
    {"menu-ko/4", "{topic} 메뉴 경로"},
    {"menu-ko/5", "{topic} 메뉴 위치 알려줘"},
    {"menu-ko/6", "{topic:은} 어디서 찾을 수 있어?"},
    {"menu-ko/7", "{app}에서 {topic} 메뉴는 어디 있어요?"},
    {"menu-ko/8", "{topic} 명령은 어떻게 실행하나요?"},
    {"menu-ko/9", "{topic} 어디 있지?"},
    {"menu-ko/10", "{topic:으로} 가는 메뉴 경로를 알려 주세요."},
    {"menu-ko/11", "{app} {topic} 메뉴 위치"},
    {"menu-ko/12", "어느 메뉴에서 {topic:을} 찾나요?"},
    {"menu-ko/13", "{tight} 메뉴 어딨어?"},
};
constexpr Template kMenuEn[] = {
    {"menu-en/1", "Where do I find {english}?"}, {"menu-en/2", "Which menu leads to {english}?"},
    {"menu-en/3", "{english} menu path"},        {"menu-en/4", "How do I open {english}?"},
    {"menu-en/5", "Where is {english}?"},
};

constexpr Template kCommandKeyKo[] = {
    {"command-key-ko/1", "{topic} 단축키는 무엇인가요?"},
    {"command-key-ko/2", "{topic} 단축키"},
    {"command-key-ko/3", "{topic} 단축키 알려줘"},
    {"command-key-ko/4", "{topic:을} 키보드로 실행하려면 무엇을 누르나요?"},
    {"command-key-ko/5", "{topic}에 해당하는 단축키가 뭐야?"},
    {"command-key-ko/6", "{app}에서 {topic} 단축키는 뭔가요?"},
    {"command-key-ko/7", "{topic:을} 실행하는 키를 알려 주세요."},
    {"command-key-ko/8", "단축키로 {topic:을} 쓰고 싶어요"},
    {"command-key-ko/9", "{topic:은} 어떤 키로 실행하나요?"},
};
constexpr Template kCommandKeyEn[] = {
    {"command-key-en/1", "What is the shortcut key for {english}?"},
    {"command-key-en/2", "{english} shortcut"},
    {"command-key-en/3", "Which keys run {english}?"},
};

constexpr Template kKeyEffectKo[] = {
    {"key-effect-ko/1", "{in}에서 {key:은} 무슨 단축키인가요?"},
    {"key-effect-ko/2", "{in}에서 {key:을} 누르면 어떻게 되나요?"},
    {"key-effect-ko/3", "{in} {key} 기능"},
    {"key-effect-ko/4", "{in} {key} 단축키 뜻 알려줘"},
    {"key-effect-ko/5", "{key} 단축키는 {in}에서 무엇을 하나요?"},
    {"key-effect-ko/6", "{in}에서 {key} 누르면?"},
    {"key-effect-ko/7", "{in}의 {key} 키는 어떤 역할을 하나요?"},
    {"key-effect-ko/8", "{in} 단축키 {key}"},
    {"key-effect-ko/9", "{key:을} {in}에서 쓰면 뭐가 돼?"},
};
constexpr Template kKeyEffectEn[] = {
    {"key-effect-en/1", "What does {key} do in {in}?"},
    {"key-effect-en/2", "{in} {key} shortcut"},
    {"key-effect-en/3", "What happens if I press {key} in {in}?"},
};

constexpr Template kEffectKeyKo[] = {
    {"effect-key-ko/1", "{in}에서 {effect} 단축키는 무엇인가요?"},
    {"effect-key-ko/2", "{in} {effect} 단축키"},
    {"effect-key-ko/3", "{in}에서 {effect} 키를 알려 주세요."},
    {"effect-key-ko/4", "{effect} 단축키가 {in}에서 뭐야?"},
    {"effect-key-ko/5", "{in}에서 {effect} 기능은 어떤 키로 하나요?"},
    {"effect-key-ko/6", "{in} {effect} 키 조합 알려줘"},
    {"effect-key-ko/7", "단축키 질문: {in} {effect}"},
};
constexpr Template kEffectKeyEn[] = {
    {"effect-key-en/1", "Which key is for \"{effect}\" in {in}?"},
    {"effect-key-en/2", "{in} shortcut: {effect}"},
};

constexpr Template kUseKo[] = {
    {"use-ko/1", "{topic:은} 무엇을 하나요?"},
    {"use-ko/2", "{function:은} 무엇을 구하나요?"},
    {"use-ko/3", "{topic} 설명"},
    {"use-ko/4", "{topic:이} 뭐야?"},
    {"use-ko/5", "{topic:은} 언제 쓰나요?"},
    {"use-ko/6", "{topic}의 기능을 알려 주세요."},
    {"use-ko/7", "{topic:은} 어떤 일을 하나요?"},
    {"use-ko/8", "{topic} 용도"},
    {"use-ko/9", "{bare}"},
    {"use-ko/10", "{bare:은} 뭐 하는 거예요?"},
    {"use-ko/11", "{app}에서 {topic:은} 무엇을 하나요?"},
    {"use-ko/12", "{app} {topic} 설명해 줘"},
    {"use-ko/13", "{topic}에 대해 알려줘"},
    {"use-ko/14", "{function:은} 무엇을 반환하나요?"},
};
constexpr Template kUseEn[] = {
    {"use-en/1", "What does the {english} do?"},
    {"use-en/2", "What is the {english} for?"},
    {"use-en/3", "Explain the {english}."},
    {"use-en/4", "{english} description"},
};

constexpr Template kSyntaxKo[] = {
    {"syntax-ko/1", "{topic}의 구문은 무엇인가요?"},
    {"syntax-ko/2", "{topic} 구문"},
    {"syntax-ko/3", "{topic} 문법 알려줘"},
    {"syntax-ko/4", "{topic:은} 어떻게 쓰나요?"},
    {"syntax-ko/5", "{topic} 사용법"},
    {"syntax-ko/6", "{topic} 입력 형식을 알려 주세요."},
    {"syntax-ko/7", "{function}에는 어떤 인수를 넣나요?"},
    {"syntax-ko/8", "{app} {topic} 쓰는 법"},
    {"syntax-ko/9", "{topic:을} 입력하는 형식이 뭐야?"},
};
constexpr Template kSyntaxEn[] = {
    {"syntax-en/1", "What is the syntax of the {english}?"},
    {"syntax-en/2", "{english} syntax"},
    {"syntax-en/3", "How do I write the {english}?"},
};

constexpr Template kReturnsKo[] = {
    {"returns-ko/1", "{topic}의 반환 값은 무엇인가요?"},
    {"returns-ko/2", "{topic}의 결과는 어떤 형식인가요?"},
    {"returns-ko/3", "{topic} 반환 값"},
    {"returns-ko/4", "{topic} 반환 형식 알려줘"},
    {"returns-ko/5", "{topic:이} 돌려주는 값은?"},
    {"returns-ko/6", "{topic}의 결과 값 유형이 뭐야?"},
    {"returns-ko/7", "{app} {topic} 리턴 값"},
};
constexpr Template kReturnsEn[] = {
    {"returns-en/1", "What does the {english} return?"},
    {"returns-en/2", "{english} return value"},
    {"returns-en/3", "What type does the {english} return?"},
};

constexpr Template kExampleKo[] = {
    {"example-ko/1", "{topic}의 예를 들어 주세요."},
    {"example-ko/2", "{topic} 예제"},
    {"example-ko/3", "{topic} 예시 알려줘"},
    {"example-ko/4", "{topic} 사용 예를 보여 주세요."},
    {"example-ko/5", "{topic:을} 쓴 수식 예가 있나요?"},
    {"example-ko/6", "{app} {topic} 사용 예"},
    {"example-ko/7", "{topic:은} 예를 들면 어떻게 써?"},
};
constexpr Template kExampleEn[] = {
    {"example-en/1", "Give an example of the {english}."},
    {"example-en/2", "{english} example"},
    {"example-en/3", "Show me how the {english} is used."},
};

constexpr Template kQuestionKo[] = {
    {"question-ko/1", "{topic}"},
    {"question-ko/2", "{topic} 알려 주세요."},
    {"question-ko/3", "궁금한 게 있어요. {topic}"},
    {"question-ko/4", "{topic} 답해 줘"},
    {"question-ko/5", "질문: {topic}"},
    {"question-ko/6", "{app} 질문입니다. {topic}"},
};
constexpr Template kQuestionEn[] = {
    {"question-en/1", "{english}"},
    {"question-en/2", "I have a question: {english}"},
    {"question-en/3", "Please tell me: {english}"},
};

constexpr Template kOtherName[] = {
    {"other-name/1", "{name}"},
    {"other-name/2", "{name} 알려줘"},
    {"other-name/3", "{name}에 대해 알고 싶어요"},
};
constexpr Template kOtherNameOfTask[] = {
    {"other-name-task/1", "{name} 방법"},
    {"other-name-task/2", "{name} 어떻게 해요?"},
    {"other-name-task/3", "{name} 하는 방법 알려 주세요"},
};

}  // namespace

std::span<const Template> templates_by_other_name(Family family) {
  return family == Family::how_to ? std::span<const Template>(kOtherNameOfTask) : std::span<const Template>(kOtherName);
}

Templates templates(Family family) {
  switch (family) {
    case Family::meaning:
      return {kMeaningKo, kMeaningEn};
    case Family::how_to:
      return {kHowToKo, kHowToEn};
    case Family::menu:
      return {kMenuKo, kMenuEn};
    case Family::command_key:
      return {kCommandKeyKo, kCommandKeyEn};
    case Family::key_effect:
      return {kKeyEffectKo, kKeyEffectEn};
    case Family::effect_key:
      return {kEffectKeyKo, kEffectKeyEn};
    case Family::use:
      return {kUseKo, kUseEn};
    case Family::syntax:
      return {kSyntaxKo, kSyntaxEn};
    case Family::returns:
      return {kReturnsKo, kReturnsEn};
    case Family::example:
      return {kExampleKo, kExampleEn};
    case Family::question:
      return {kQuestionKo, kQuestionEn};
  }
  return {};
}

}  // namespace moru::generate
