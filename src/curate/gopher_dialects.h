// Gopher's rules in each dialect: what rule_set.h's kinds are made of. Each dialect is one file, gopher_DIALECT.cpp.
#pragma once

#include <memory>
#include <span>

#include "curate/rule_set.h"

namespace moru::curate::gopher {

std::span<const Check> datatrove_repetition_checks(LimitLanguage language);
std::unique_ptr<RuleSet> datatrove_repetition(const RuleSetSettings& settings, const Config& section);
std::span<const Check> datatrove_quality_checks(LimitLanguage language);
std::unique_ptr<RuleSet> datatrove_quality(const RuleSetSettings& settings, const Config& section);

std::span<const Check> dolma_repetition_checks();
std::unique_ptr<RuleSet> dolma_repetition(const RuleSetSettings& settings, const Config& section);
std::span<const Check> dolma_quality_checks();
std::unique_ptr<RuleSet> dolma_quality(const RuleSetSettings& settings, const Config& section);

std::span<const Check> dclm_repetition_checks();
std::unique_ptr<RuleSet> dclm_repetition(const RuleSetSettings& settings, const Config& section);
std::span<const Check> dclm_quality_checks();
std::unique_ptr<RuleSet> dclm_quality(const RuleSetSettings& settings, const Config& section);

std::span<const Check> nemo_curator_repetition_checks();
std::unique_ptr<RuleSet> nemo_curator_repetition(const RuleSetSettings& settings, const Config& section);
std::span<const Check> nemo_curator_quality_checks();
std::unique_ptr<RuleSet> nemo_curator_quality(const RuleSetSettings& settings, const Config& section);

/// A set of words that is asked often: `stop_words` of the section, or the list given.
class StopWords {
 public:
  StopWords(const Config& section, std::span<const std::string_view> standard);
  /// The word's number, or -1.
  int find(std::string_view word) const;
  size_t size() const { return words_.size(); }
  const std::vector<std::string>& words() const { return words_; }

 private:
  static size_t bucket(std::string_view word) {
    return (static_cast<unsigned char>(word.front()) * 7U + static_cast<unsigned char>(word.back()) * 3U +
            word.size()) %
           256;
  }
  std::vector<std::string> words_;
  std::array<bool, 256> buckets_{};
};

/// Gopher's eight.
std::span<const std::string_view> english_stop_words();

}  // namespace moru::curate::gopher
