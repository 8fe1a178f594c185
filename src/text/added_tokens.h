// Finds added tokens in text.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer_parts.h"

namespace moru::text {

/// Of the tokens that begin at one place the longest is found, from left to right. Immutable. A search looks at each
/// place of the text at most as often as the longest token has bytes.
class AddedTokenFinder {
 public:
  /// `tokens`: not empty each. Of two that are equal the first holds.
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }
  /// counts(token, begin, size): whether a token may be found there.
  using Counts = std::function<bool(const AddedToken&, const char*, size_t)>;
  /// Calls use(piece, token) for what stands between the tokens (not empty; nullptr) and for each token. One that
  /// `counts` refuses, or a whole word that is none, stays part of the text.
  void find(std::string_view text, const Counts& counts,
            const std::function<void(std::string_view, const AddedToken*)>& use) const;

 private:
  const AddedToken* at(std::string_view rest, const Counts& counts) const;

  std::vector<AddedToken> tokens_;          ///< By bytes.
  std::array<uint32_t, 257> first_byte_{};  ///< Where the tokens that begin with a byte begin.
};

}  // namespace moru::text
