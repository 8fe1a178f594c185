#include "evaluate/metrics.h"

#include "evaluate/normalize.h"
#include "text/unicode.h"

namespace moru::evaluate {
namespace {

// Sorted, so that two lists can be intersected in one walk.
std::vector<uint64_t> bigrams(std::string_view text) {
  std::vector<uint64_t> characters;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = text::next_code_point(text, i);
    if (c != ' ') characters.push_back(c);
  }
  if (characters.size() < 2) return characters;
  std::vector<uint64_t> grams(characters.size() - 1);
  for (size_t i = 0; i < grams.size(); ++i) grams[i] = characters[i] << 32 | characters[i + 1];
  std::ranges::sort(grams);
  return grams;
}

}  // namespace

double bigram_f1(std::string_view normalized_answer, std::string_view normalized_reference) {
  const std::vector<uint64_t> a = bigrams(normalized_answer), b = bigrams(normalized_reference);
  if (a.empty() || b.empty()) return 0;
  size_t common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] < b[j]) {
      ++i;
    } else if (b[j] < a[i]) {
      ++j;
    } else {
      ++common, ++i, ++j;
    }
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size());
}

AnswerScore score_answer(std::string_view answer, std::span<const std::string> references) {
  const std::string given = normalize_answer(answer);
  AnswerScore best;
  if (given.empty()) return best;
  for (const std::string& reference : references) {
    const std::string right = normalize_answer(reference);
    best.f1 = std::max(best.f1, bigram_f1(given, right));
    if (given == right) best.exact = 1;
  }
  return best;
}

}  // namespace moru::evaluate
