// A character n-gram language model: how surprising a text is to one who has read another.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace moru::text {

/// Characters (code points) rather than words: Korean words are too many to count, and no tokenizer has to be kept
/// beside the model. Witten-Bell smoothing (Witten and Bell, "The zero-frequency problem", 1991, method C),
/// interpolated down to a uniform distribution over all of Unicode, so that every text has a probability:
///   p(c | h) = (count(h c) + types(h) p(c | h')) / (total(h) + types(h)),   h' = h without its first character.
class NgramModel {
 public:
  /// Counts what training texts hold. `order`: characters of an n-gram, 1 … 8.
  class Trainer {
   public:
    explicit Trainer(int order);
    /// A text in valid UTF-8. It begins and ends where no other does.
    void add(std::string_view text);
    /// N-grams of three characters and more that were seen fewer than `minimum_count` times are left out.
    NgramModel finish(uint32_t minimum_count, std::string provenance);
    uint64_t characters() const { return characters_; }
    /// Of n-grams counted so far: what memory goes by.
    uint64_t ngrams() const { return used_; }

   private:
    struct Slot {
      uint64_t key = 0, context = 0;  ///< key 0: free.
      uint32_t count = 0;
      uint32_t length = 0;
    };
    void count(uint64_t key, uint64_t context, uint32_t length);
    void grow();

    int order_;
    uint64_t characters_ = 0, used_ = 0;
    std::vector<Slot> slots_;  ///< Open addressing, at most half full.
  };

  /// Throws Error if the file is not a model, is cut short, or was changed.
  static NgramModel load(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;

  /// Mean of -log2 p over the characters of a text in valid UTF-8 and its end; 0 for an empty text.
  double bits_per_character(std::string_view text) const;
  /// Probability of a character after a context (nearest character last; U'\0' stands for a text's begin and end).
  double probability(std::u32string_view context, char32_t next) const;

  int order() const { return order_; }
  const std::string& provenance() const { return provenance_; }
  uint64_t ngrams() const { return entries_; }

 private:
  struct Entry {
    uint64_t key = 0;    ///< Hash of the n-gram; 0: free.
    uint32_t count = 0;  ///< As an n-gram.
    uint32_t types = 0;  ///< As a context: different characters after it,
    uint64_t total = 0;  ///< and how often any.
  };
  const Entry* find(uint64_t key) const;
  void build(const std::vector<Entry>& entries);
  std::vector<Entry> sorted() const;

  int order_ = 1;
  std::string provenance_;
  uint64_t entries_ = 0;
  std::vector<Entry> table_;  ///< Open addressing, a power of two long, at most half full.
};

}  // namespace moru::text
