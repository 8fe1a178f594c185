#include "text/added_tokens.h"

#include "text/unicode.h"

namespace moru::text {
namespace {

bool begins_with_word(std::string_view text) {
  size_t at = 0;
  return !text.empty() && is_word_character(next_code_point(text, at));
}

bool ends_with_word(std::string_view text) {
  if (text.empty()) return false;
  size_t at = previous_boundary(text, text.size());
  return is_word_character(next_code_point(text, at));
}

size_t leading_space(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    size_t next = at;
    if (!is_space(next_code_point(text, next))) break;
    at = next;
  }
  return at;
}

/// Where the white space at the end begins, `least` or later.
size_t trailing_space(std::string_view text, size_t least) {
  size_t end = text.size();
  while (end > least) {
    const size_t begin = previous_boundary(text, end);
    size_t next = begin;
    if (begin < least || !is_space(next_code_point(text, next))) break;
    end = begin;
  }
  return end;
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::ranges::stable_sort(tokens_, {}, &AddedToken::text);
  const auto equal = [](const AddedToken& a, const AddedToken& b) { return a.text == b.text; };
  tokens_.erase(std::unique(tokens_.begin(), tokens_.end(), equal), tokens_.end());
  for (const AddedToken& token : tokens_) ++first_byte_[static_cast<unsigned char>(token.text[0]) + 1U];
  for (size_t byte = 1; byte < first_byte_.size(); ++byte) first_byte_[byte] += first_byte_[byte - 1];
}

const AddedToken* AddedTokenFinder::at(std::string_view rest, const Counts& counts) const {
  const auto byte = static_cast<unsigned char>(rest[0]);
  auto begin = tokens_.begin() + first_byte_[byte], end = tokens_.begin() + first_byte_[byte + 1U];
  const AddedToken* longest = nullptr;
  // [begin, end): those that begin with the first `depth` bytes. Sorted, the one that ends there stands first.
  for (size_t depth = 1; begin < end; ++depth) {
    if (begin->text.size() == depth) {
      if (counts(*begin, rest.data(), depth)) longest = &*begin;
      ++begin;
    }
    if (depth == rest.size()) break;
    const auto next = static_cast<unsigned char>(rest[depth]);
    const auto at_depth = [depth](const AddedToken& token) { return static_cast<unsigned char>(token.text[depth]); };
    begin = std::ranges::lower_bound(begin, end, next, {}, at_depth);
    end = std::ranges::upper_bound(begin, end, next, {}, at_depth);
  }
  return longest;
}

void AddedTokenFinder::find(std::string_view text, const Counts& counts,
                            const std::function<void(std::string_view, const AddedToken*)>& use) const {
  size_t from = 0;                        // What is before is used.
  size_t space_begin = 0, space_end = 0;  // White space that was measured last: no byte of it is looked at twice.
  const auto end_of_space = [&](size_t begin) {
    if (begin < space_begin || begin >= space_end) {
      space_begin = begin;
      space_end = begin + leading_space(text.substr(begin));
    }
    return std::max(begin, space_end);
  };
  for (size_t at_byte = 0; at_byte < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at_byte]);
    const AddedToken* token = first_byte_[byte] == first_byte_[byte + 1U] ? nullptr : at(text.substr(at_byte), counts);
    if (token == nullptr) {
      ++at_byte;
      continue;
    }
    size_t begin = at_byte;
    size_t end = at_byte += token->text.size();
    if (token->single_word && (ends_with_word(text.substr(0, begin)) || begins_with_word(text.substr(end)))) continue;
    if (token->lstrip) begin = trailing_space(text.substr(0, begin), std::min(from, begin));
    if (token->rstrip) end = end_of_space(end);
    if (from < begin) use(text.substr(from, begin - from), nullptr);
    use(text.substr(begin, end - begin), token);
    from = end;
  }
  if (from < text.size()) use(text.substr(from), nullptr);
}

}  // namespace moru::text
