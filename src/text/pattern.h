// Regular expressions of tokenizer files: written for Oniguruma, run by PCRE2.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace moru::text {

/// A pattern in the syntax in which Hugging Face's tokenizers read patterns (Oniguruma, Ruby's syntax, UTF-8; its
/// document RE): compiled to machine code where PCRE2 can. Immutable: any number of threads may search, each with its
/// own Search.
class Pattern {
 public:
  /// Throws Error (without a place) for a pattern that is none, or that means in Oniguruma what PCRE2 cannot say: set
  /// operations inside brackets, the absent operator.
  explicit Pattern(std::string_view oniguruma);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  /// Memory for one thread's searches with one pattern.
  class Search {
   public:
    explicit Search(const Pattern& pattern);
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;
    ~Search();
    /// The first match in `text`, valid UTF-8, that begins at `from` or later; false if there is none. What stands
    /// before `from` is seen by look-behind. Throws Error if the search takes more steps or memory than any sensible
    /// pattern needs.
    bool find(std::string_view text, size_t from, size_t& begin, size_t& end);

   private:
    struct State;
    std::unique_ptr<State> state_;
  };

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

/// Calls use(begin, end) for each match from left to right. An empty match right after another match is none.
template <class Use>
void for_each_match(Pattern::Search& search, std::string_view text, Use&& use) {
  size_t from = 0, last = SIZE_MAX, begin = 0, end = 0;
  while (from <= text.size() && search.find(text, from, begin, end)) {
    if (begin == end && end == last) {
      do ++from;
      while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80);
      continue;
    }
    use(begin, end);
    from = last = end;
  }
}

/// The pattern in PCRE2's syntax, for its options UTF, UCP and MULTILINE. Throws Error as Pattern does.
std::string pcre2_from_oniguruma(std::string_view pattern);

}  // namespace moru::text
