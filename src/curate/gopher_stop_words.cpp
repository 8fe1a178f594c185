#include "curate/gopher_dialects.h"

namespace moru::curate::gopher {

std::span<const std::string_view> english_stop_words() {
  static constexpr std::array<std::string_view, 8> kWords = {"the", "be", "to", "of", "and", "that", "have", "with"};
  return kWords;
}

StopWords::StopWords(const Config& section, std::span<const std::string_view> standard)
    : words_(section.texts("stop_words", std::vector<std::string>(standard.begin(), standard.end()))) {
  std::ranges::sort(words_);
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  std::erase(words_, "");
  for (const std::string& word : words_) buckets_[bucket(word)] = true;
}

int StopWords::find(std::string_view word) const {
  if (word.empty() || !buckets_[bucket(word)]) return -1;
  for (size_t i = 0; i < words_.size(); ++i)
    if (words_[i] == word) return static_cast<int>(i);
  return -1;
}

}  // namespace moru::curate::gopher
