#include "text/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/error.h"
#include "core/language.h"

namespace moru::text {
namespace {

// No pattern that cuts text into words comes near these; one that would take minutes is stopped.
constexpr uint32_t kMostSteps = 100'000'000;
constexpr size_t kFirstStack = 32 << 10, kMostStack = 192 << 20;
constexpr uint32_t kMostHeapKilobytes = 512 << 10;

struct Free {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
  void operator()(pcre2_match_context* p) const { pcre2_match_context_free(p); }
  void operator()(pcre2_jit_stack* p) const { pcre2_jit_stack_free(p); }
  void operator()(pcre2_compile_context* p) const { pcre2_compile_context_free(p); }
};

PCRE2_SPTR units(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

[[noreturn]] void fail(std::string problem) {
  throw Error(
      "", std::move(problem),
      std::string(tr("use the tokenizer.json that came with the model", "모델과 함께 온 tokenizer.json을 쓰세요")));
}

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct Pattern::Code {
  std::unique_ptr<pcre2_code, Free> code;
};

Pattern::Pattern(std::string_view oniguruma) {
  const std::string pattern = pcre2_from_oniguruma(oniguruma);
  const std::unique_ptr<pcre2_compile_context, Free> context(pcre2_compile_context_create(nullptr));
  if (context == nullptr) throw std::bad_alloc();
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_parens_nest_limit(context.get(), 100);
  int error = 0;
  size_t offset = 0;
  auto made = std::make_shared<Code>();
  // No callouts, no verbs from the start of a pattern: it comes from a file.
  made->code.reset(pcre2_compile(units(pattern), pattern.size(),
                                 PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &offset,
                                 context.get()));
  if (made->code == nullptr) {
    fail(fmt::format(fmt::runtime(tr("the pattern cannot be read: {}", "패턴을 읽을 수 없습니다: {}")),
                     message_of(error)));
  }
  // Without machine code the search is slower and finds the same.
  pcre2_jit_compile(made->code.get(), PCRE2_JIT_COMPLETE);
  code_ = std::move(made);
}

Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

struct Pattern::Search::State {
  std::shared_ptr<const Code> code;
  std::unique_ptr<pcre2_match_data, Free> data;
  std::unique_ptr<pcre2_match_context, Free> context;
  std::unique_ptr<pcre2_jit_stack, Free> stack;
};

Pattern::Search::Search(const Pattern& pattern) : state_(std::make_unique<State>()) {
  state_->code = pattern.code_;
  state_->data.reset(pcre2_match_data_create_from_pattern(pattern.code_->code.get(), nullptr));
  state_->context.reset(pcre2_match_context_create(nullptr));
  state_->stack.reset(pcre2_jit_stack_create(kFirstStack, kMostStack, nullptr));
  if (state_->data == nullptr || state_->context == nullptr) throw std::bad_alloc();
  pcre2_set_match_limit(state_->context.get(), kMostSteps);
  pcre2_set_heap_limit(state_->context.get(), kMostHeapKilobytes);
  if (state_->stack != nullptr) pcre2_jit_stack_assign(state_->context.get(), nullptr, state_->stack.get());
}

Pattern::Search::~Search() = default;

bool Pattern::Search::find(std::string_view text, size_t from, size_t& begin, size_t& end) {
  const int found = pcre2_match(state_->code->code.get(), units(text), text.size(), from, PCRE2_NO_UTF_CHECK,
                                state_->data.get(), state_->context.get());
  if (found == PCRE2_ERROR_NOMATCH) return false;
  if (found < 0) {
    fail(fmt::format(fmt::runtime(tr("the tokenizer's pattern does too much work on this text: {}",
                                     "토크나이저의 패턴이 이 글에서 너무 많은 일을 합니다: {}")),
                     message_of(found)));
  }
  const size_t* range = pcre2_get_ovector_pointer(state_->data.get());
  begin = range[0];
  end = std::max(range[0], range[1]);
  return true;
}

}  // namespace moru::text
