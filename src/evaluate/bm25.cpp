#include "evaluate/bm25.h"

#include <cmath>

namespace moru::evaluate {

uint32_t Bm25Index::add(std::span<const Term> terms) {
  const auto entry = static_cast<uint32_t>(lengths_.size());
  lengths_.push_back(static_cast<uint32_t>(terms.size()));
  std::vector<Term> sorted(terms.begin(), terms.end());
  std::ranges::sort(sorted);
  for (size_t i = 0; i < sorted.size();) {
    size_t end = i + 1;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    const auto number = term_numbers_.try_emplace(sorted[i], static_cast<uint32_t>(term_numbers_.size())).first->second;
    added_.push_back({number, {entry, static_cast<uint32_t>(end - i)}});
    i = end;
  }
  return entry;
}

void Bm25Index::finish(const Parameters& parameters) {
  // A counting sort by term; entries stay in order within a term.
  first_.assign(term_numbers_.size() + 1, 0);
  for (const auto& [term, posting] : added_) ++first_[term + 1];
  for (size_t term = 0; term + 1 < first_.size(); ++term) first_[term + 1] += first_[term];
  entries_.resize(added_.size());
  weights_.resize(added_.size());
  double total_length = 0;
  for (const uint32_t length : lengths_) total_length += length;
  const auto n = static_cast<double>(lengths_.size());
  const double mean_length = total_length > 0 ? total_length / n : 1;
  std::vector<uint64_t> next(first_.begin(), first_.end() - 1);
  for (const auto& [term, posting] : added_) {
    const auto containing = static_cast<double>(first_[term + 1] - first_[term]);
    const double idf = std::log1p((n - containing + 0.5) / (containing + 0.5));
    const double count = posting.count;
    const double length = lengths_[posting.entry] / mean_length;
    const double saturated =
        count * (parameters.k1 + 1) / (count + parameters.k1 * (1 - parameters.b + parameters.b * length));
    const uint64_t at = next[term]++;
    entries_[at] = posting.entry;
    weights_[at] = static_cast<float>(idf * saturated);
  }
  added_.clear();
  added_.shrink_to_fit();
}

std::optional<Bm25Index::Hit> Bm25Index::best(std::span<const Term> query, Scratch& scratch) const {
  scratch.scores.resize(lengths_.size(), 0.0F);
  scratch.touched.clear();
  for (const Term term : query) {
    const auto found = term_numbers_.find(term);
    if (found == term_numbers_.end()) continue;
    for (uint64_t i = first_[found->second]; i < first_[found->second + 1]; ++i) {
      float& score = scratch.scores[entries_[i]];
      if (score == 0.0F) scratch.touched.push_back(entries_[i]);
      score += weights_[i];
    }
  }
  std::optional<Hit> hit;
  for (const uint32_t entry : scratch.touched) {
    const double score = scratch.scores[entry];
    if (!hit || score > hit->score || (score == hit->score && entry < hit->entry)) hit = Hit{entry, score};
    scratch.scores[entry] = 0.0F;
  }
  return hit;
}

}  // namespace moru::evaluate
