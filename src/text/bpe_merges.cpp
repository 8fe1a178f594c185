#include "text/bpe_merges.h"

#include <cassert>

#include "core/error.h"
#include "core/language.h"

namespace moru::text {

constexpr int32_t kEdge = INT32_MIN, kInside = INT32_MIN + 1;

MergeLearner::MergeLearner(std::vector<PieceCount> entries, uint64_t min_count, size_t max_token_bytes,
                           const std::vector<Merge>& known, const std::function<void()>& read)
    : min_count_(known.empty() ? std::max<uint64_t>(min_count, 1) : 1), max_token_bytes_(max_token_bytes) {
  size_t size = 1;
  for (const auto& entry : entries) size += entry.piece.size() + 1;
  if (size > UINT32_MAX) {
    throw Error(
        std::string(tr("tokenizer training", "토크나이저 학습")),
        std::string(
            tr("the distinct phrases of the corpus hold 4 GiB or more", "말뭉치의 서로 다른 구절이 4GiB 이상입니다")),
        std::string(tr("train the tokenizer on a sample of the corpus", "말뭉치의 일부로 토크나이저를 학습하세요")));
  }
  for (unsigned byte = 0; byte < 256; ++byte) bytes_.emplace_back(1, static_cast<char>(byte));

  text_.reserve(size);
  text_.push_back(kEdge);
  std::vector<uint64_t> counts(256 * 256);
  std::vector<uint32_t> occurrences(256 * 256);
  for (const auto& [piece, count] : entries) {
    if (weights_.empty() || weights_.back().second != count) weights_.emplace_back(text_.size(), count);
    for (size_t i = 0; i < piece.size(); ++i) {
      text_.push_back(static_cast<unsigned char>(piece[i]));
      if (i == 0) continue;
      const size_t pair = static_cast<size_t>(text_[text_.size() - 2]) * 256 + static_cast<size_t>(text_.back());
      counts[pair] += count;
      ++occurrences[pair];
    }
    text_.push_back(kEdge);
  }
  std::vector<PieceCount>().swap(entries);
  if (read) read();
  if (max_token_bytes_ < 2) return;
  constexpr uint32_t kRare = UINT32_MAX;
  std::vector<uint32_t> index(256 * 256, kRare);
  for (uint32_t pair = 0; pair < counts.size(); ++pair) {
    if (counts[pair] < min_count_) continue;
    index[pair] = static_cast<uint32_t>(pairs_.size());
    pairs_.push_back({pair / 256, pair % 256, counts[pair], {}});
    pairs_.back().places.reserve(occurrences[pair]);
    pair_index_.emplace((static_cast<uint64_t>(pair / 256) << 32) | (pair % 256), index[pair]);
  }
  for (uint32_t place = 1; place + 1 < text_.size(); ++place) {
    if (text_[place] == kEdge || text_[place + 1] == kEdge) continue;
    const uint32_t pair = index[static_cast<size_t>(text_[place]) * 256 + static_cast<size_t>(text_[place + 1])];
    if (pair != kRare) pairs_[pair].places.push_back(place);
  }
  for (uint32_t pair = 0; pair < pairs_.size(); ++pair) push(pair);
  for (const Merge& merge : known) {
    const auto it = pair_index_.find((static_cast<uint64_t>(merge.left) << 32) | merge.right);
    if (it == pair_index_.end()) {
      add_symbol(merge.left, merge.right);
    } else {
      apply(it->second);
    }
  }
  min_count_ = std::max<uint64_t>(min_count, 1);
}

bool MergeLearner::is_later(const Candidate& a, const Candidate& b) const {
  if (a.count != b.count) return a.count < b.count;
  const Pair& x = pairs_[a.pair];
  const Pair& y = pairs_[b.pair];
  if (const int order = bytes_[x.left].compare(bytes_[y.left]); order != 0) return order > 0;
  return bytes_[x.right] > bytes_[y.right];
}

void MergeLearner::push(uint32_t pair) {
  if (pairs_[pair].count < min_count_) {
    std::vector<uint32_t>().swap(pairs_[pair].places);  // Counts never rise again.
    return;
  }
  heap_.push_back({pairs_[pair].count, pair});
  std::push_heap(heap_.begin(), heap_.end(), [this](const Candidate& a, const Candidate& b) { return is_later(a, b); });
}

bool MergeLearner::is_across_words(const Pair& pair) const {
  // Inside a piece a space stands after something that is no white space only between the words of a phrase.
  const char before = bytes_[pair.left].back();
  return bytes_[pair.right].front() == ' ' && before != ' ' && !(before >= '\t' && before <= '\r');
}

uint64_t MergeLearner::weight(uint32_t place) const {
  const auto after = std::upper_bound(weights_.begin(), weights_.end(), place,
                                      [](uint32_t p, const auto& entry) { return p < entry.first; });
  return std::prev(after)->second;
}

bool MergeLearner::step(bool across_words) {
  if (across_words && !set_aside_.empty()) {
    for (const uint32_t pair : set_aside_) push(pair);
    set_aside_.clear();
  }
  const auto later = [this](const Candidate& a, const Candidate& b) { return is_later(a, b); };
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Candidate best = heap_.back();
    heap_.pop_back();
    const Pair& pair = pairs_[best.pair];
    if (pair.count != best.count || pair.count < min_count_) {
      push(best.pair);
    } else if (!across_words && is_across_words(pair)) {
      set_aside_.push_back(best.pair);
    } else if (!known_.contains(bytes_[pair.left] + bytes_[pair.right])) {
      // Bytes that have a token already, made of other halves, get no second one: each token has one way to be made.
      apply(best.pair);
      return true;
    }
  }
  return false;
}

MergeLearner::Pair& MergeLearner::pair_of(uint32_t left, uint32_t right) {
  const auto [it, is_new] =
      pair_index_.try_emplace((static_cast<uint64_t>(left) << 32) | right, static_cast<uint32_t>(pairs_.size()));
  if (is_new) {
    pairs_.push_back({left, right, 0, {}});
    touched_.push_back(it->second);
  }
  return pairs_[it->second];
}

void MergeLearner::add_symbol(uint32_t left, uint32_t right) {
  bytes_.push_back(bytes_[left] + bytes_[right]);
  known_.insert(known_bytes_.emplace_back(bytes_.back()));
  merges_.push_back({left, right});
}

void MergeLearner::apply(uint32_t pair) {
  const uint32_t left = pairs_[pair].left, right = pairs_[pair].right;
  std::vector<uint32_t> places = std::move(pairs_[pair].places);
  // Leftmost first, as the encoder does it: it matters where equal symbols stand in a row.
  if (!std::is_sorted(places.begin(), places.end())) std::sort(places.begin(), places.end());
  const auto symbol = static_cast<uint32_t>(bytes_.size());
  add_symbol(left, right);
  const auto left_size = static_cast<uint32_t>(bytes_[left].size()),
             right_size = static_cast<uint32_t>(bytes_[right].size());
  const auto fewer = [&](uint32_t a, uint32_t b, uint64_t count) {
    const auto it = pair_index_.find((static_cast<uint64_t>(a) << 32) | b);
    if (it != pair_index_.end()) pairs_[it->second].count -= count;
  };
  const auto more = [&](uint32_t a, uint32_t b, uint64_t count, uint32_t place) {
    if (bytes_[a].size() + bytes_[b].size() > max_token_bytes_) return;
    Pair& grown = pair_of(a, b);
    grown.count += count;
    grown.places.push_back(place);
  };
  touched_.clear();
  for (const uint32_t place : places) {
    const uint32_t middle = place + left_size, end = middle + right_size;
    if (text_[place] != static_cast<int32_t>(left) || text_[middle] != static_cast<int32_t>(right)) continue;
    const uint64_t count = weight(place);
    fewer(left, right, count);
    if (const int32_t last = text_[place - 1]; last != kEdge) {
      const auto before = static_cast<uint32_t>(last < 0 ? ~last : last);
      fewer(before, left, count);
      more(before, symbol, count, place - static_cast<uint32_t>(bytes_[before].size()));
    }
    if (const int32_t first = text_[end]; first != kEdge) {
      fewer(right, static_cast<uint32_t>(first), count);
      more(symbol, static_cast<uint32_t>(first), count, place);
    }
    text_[middle - 1] = text_[middle] = kInside;
    text_[place] = static_cast<int32_t>(symbol);
    text_[end - 1] = ~static_cast<int32_t>(symbol);
  }
  for (const uint32_t fresh : touched_) push(fresh);
}

}  // namespace moru::text
