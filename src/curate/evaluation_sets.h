// The texts of evaluation sets, which training must not hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace moru::curate {

/// The words that overlap is measured in: runs of letters, digits and marks, in lower case and NFC.
std::vector<std::string> overlap_words(std::string_view text);

/// N-grams of words of evaluation sets, and where each is from.
class EvaluationSets {
 public:
  struct Entry {
    uint32_t set = 0;   ///< Into names().
    uint32_t item = 0;  ///< Line of the file, from 1.
    std::string text;   ///< Its words, one space between two.
  };

  /// `ngram`: words that must be found in a row. An item of fewer words, but `shortest` at least, is looked for whole;
  /// one of fewer still cannot be told from common speech and is left out.
  EvaluationSets(size_t ngram, size_t shortest) : ngram_(ngram), shortest_(shortest) {}

  /// Reads a file: JSONL, of which every text member at any depth counts ("question", "answer", "choices", "messages"
  /// …) but ids and labels, or any other text, of which every line does. Throws Error naming the file, or file and
  /// line.
  void add(const std::filesystem::path& file, std::string_view place);
  /// After the last add().
  void prepare();

  /// Every item that shares an n-gram with the text: the entry of its first n-gram found, once an item, in order of the
  /// text.
  std::vector<const Entry*> find(std::string_view text) const;

  const std::vector<std::string>& names() const { return names_; }
  /// Items of a set that are long enough to be looked for, and all of them.
  const std::vector<std::pair<uint64_t, uint64_t>>& items() const { return items_; }

 private:
  void add_text(std::string_view text, uint32_t item);

  struct Key {
    uint64_t hash;
    Entry entry;
  };
  size_t ngram_, shortest_;
  std::vector<std::string> names_;
  std::vector<std::pair<uint64_t, uint64_t>> items_;
  std::vector<std::vector<Key>> by_length_;  ///< [words], in order of hash.
};

}  // namespace moru::curate
