// The text of a tokenizer.json taken apart: the long lists as they are, the rest as JSON.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru::text {

/// A vocabulary and its merges are all but a few kilobytes of a tokenizer.json: they are not made into JSON values.
class TokenizerJsonDocument {
 public:
  /// Throws Error naming the place (and the byte, if the text stops being JSON there).
  TokenizerJsonDocument(std::string_view text, std::string_view place);
  ~TokenizerJsonDocument();
  TokenizerJsonDocument(const TokenizerJsonDocument&) = delete;
  TokenizerJsonDocument& operator=(const TokenizerJsonDocument&) = delete;

  /// Everything but the two lists below. Of a key that is there twice the last holds.
  const Json& root() const { return *root_; }

  struct Entry {
    std::string_view text;
    int64_t id = 0;
    bool is_whole = false;  ///< The id is a whole number that an int64_t holds.
  };
  struct Merge {
    std::string_view left, right;
    bool is_pair = false;  ///< Two texts, or one with a space between them.
  };
  bool has_vocabulary() const { return has_vocabulary_; }  ///< model.vocab is an object.
  bool has_merges() const { return has_merges_; }          ///< model.merges is an array.
  const std::vector<Entry>& vocabulary() const { return vocabulary_; }
  const std::vector<Merge>& merges() const { return merges_; }

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;  ///< Holds what the views are of.
  std::unique_ptr<Json> root_;
  bool has_vocabulary_ = false, has_merges_ = false;
  std::vector<Entry> vocabulary_;
  std::vector<Merge> merges_;
};

}  // namespace moru::text
