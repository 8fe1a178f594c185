// The normalizer of a tokenizer file: its steps, one after the other.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/pattern.h"
#include "text/tokenizer_parts.h"

namespace moru::text {

/// Changes text as the steps say. Bytes that are not UTF-8 stay as they are. Immutable: any number of threads may use
/// it.
class Normalizer {
 public:
  /// Throws Error for a pattern that Pattern refuses.
  explicit Normalizer(std::vector<NormalizerStep> steps);

  /// The text itself if nothing changes it; else it is written to `storage` and the result points there.
  std::string_view apply(std::string_view text, std::string& storage) const;

 private:
  std::string_view apply_step(size_t index, std::string_view text, std::string& storage) const;

  std::vector<NormalizerStep> steps_;
  std::vector<std::unique_ptr<const Pattern>> patterns_;  ///< By step; nullptr where there is none.
};

/// `text` with `content` for each place that the pattern finds; `pattern` is nullptr for a plain text, `wanted`.
std::string_view replace_all(std::string_view text, const Pattern* pattern, std::string_view wanted,
                             std::string_view content, std::string& storage);

}  // namespace moru::text
