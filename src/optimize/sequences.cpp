#include "optimize/sequences.h"

namespace moru::optimize {

std::vector<Pack> pack_sequences(std::span<const std::vector<int32_t>> sequences, size_t rows) {
  std::vector<Pack> packs;
  for (size_t s = 0; s < sequences.size(); ++s) {
    if (sequences[s].empty()) continue;
    if (packs.empty() || packs.back().tokens.size() + sequences[s].size() > rows) packs.emplace_back().first = s;
    Pack& pack = packs.back();
    for (size_t i = 0; i < sequences[s].size(); ++i) {
      pack.tokens.push_back(sequences[s][i]);
      pack.positions.push_back(static_cast<int32_t>(i));
    }
    pack.starts.push_back(static_cast<int32_t>(pack.tokens.size()));
  }
  return packs;
}

}  // namespace moru::optimize
