// Trains the table of the morpheme splitter: multinomial logistic regression by stochastic gradient descent with
// AdaGrad's step sizes (Duchi, Hazan and Singer, 2011) over all n-grams that occur twice; then the n-grams that weigh
// most are kept, trained on, and rounded to eight bits.
//   morpheme_train TABLE LABELLED.jsonl...
// Reads what morpheme_kiwi_label.py writes and uses the documents marked "calibrate". Deterministic.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/json.h"
#include "text/morpheme_model.h"
#include "text/morpheme_scanner.h"

namespace {

using moru::text::MorphemeModel;
using Cuts = std::array<float, MorphemeModel::kCuts>;

struct Example {
  std::array<uint32_t, MorphemeModel::kFeatures> features;  ///< Numbers of n-grams; 0: not known.
  uint8_t cut;
};
struct Examples {
  std::vector<uint64_t> hashes;  ///< kFeatures an example.
  std::vector<uint8_t> cuts;
};

/// The cut at each byte of the text where a syllable begins, from the teacher's spans (code points).
std::vector<uint8_t> cuts_of(const std::string& text, const moru::Json& spans) {
  std::vector<size_t> bytes;  // of each code point
  for (size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) bytes.push_back(i);
  bytes.push_back(text.size());
  std::vector<uint8_t> cuts(text.size() + 1, 0);
  size_t reach = 0;  // where the words so far end
  size_t last = SIZE_MAX;
  for (const moru::Json& span : spans) {
    const auto begin = span.at(0).get<size_t>();
    const auto end = span.at(1).get<size_t>();
    if (begin == end) continue;
    uint8_t& cut = cuts[bytes.at(begin)];
    if (begin == last)
      cut = static_cast<uint8_t>(moru::text::MorphemeCut::two);
    else
      cut = static_cast<uint8_t>(begin < reach ? moru::text::MorphemeCut::shared : moru::text::MorphemeCut::one);
    last = begin;
    reach = std::max(reach, end);
  }
  return cuts;
}

void read(const char* path, Examples& examples) {
  std::ifstream file(path);
  std::string line;
  std::unordered_map<std::string, int> copies;  // of a line of text: boilerplate teaches nothing new
  constexpr size_t kBefore = MorphemeModel::kBefore, kAfter = MorphemeModel::kAfter;
  while (std::getline(file, line)) {
    const moru::Json record = moru::parse_json(line, path);
    if (record.at("split") != "calibrate") continue;
    const auto text = record.at("text").get<std::string>();
    const std::vector<uint8_t> cuts = cuts_of(text, record.at("spans"));
    std::vector<uint16_t> codes(kBefore, 0);
    std::vector<const char*> places;
    moru::text::MorphemeScanner scanner(text);
    while (!scanner.done()) {
      const auto piece = scanner.next();
      codes.push_back(piece.code);
      places.push_back(piece.begin);
    }
    codes.insert(codes.end(), kAfter, 0);
    size_t line_begin = SIZE_MAX;
    bool use = true;
    for (size_t i = 0; i < places.size(); ++i) {
      const uint16_t code = codes[kBefore + i];
      if (code < 0xAC00) continue;
      const auto at = static_cast<size_t>(places[i] - text.data());
      const size_t newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
      const size_t begin = newline == std::string::npos ? 0 : newline + 1;
      if (begin != line_begin) {
        line_begin = begin;
        use = ++copies[text.substr(begin, text.find('\n', at) - begin)] <= 3;
      }
      if (!use) continue;
      const auto features = MorphemeModel::features(&codes[kBefore + i]);
      examples.hashes.insert(examples.hashes.end(), features.begin(), features.end());
      examples.cuts.push_back(cuts[at]);
    }
  }
}

/// The n-grams that occur at least twice, from number 1 on; `counts` by number.
std::vector<Example> number(const Examples& examples, std::vector<uint64_t>& known, std::vector<uint32_t>& counts) {
  std::vector<uint64_t> sorted = examples.hashes;
  std::sort(sorted.begin(), sorted.end());
  known = {0};
  counts = {0};
  for (size_t i = 0, j = 0; i < sorted.size(); i = j) {
    while (j < sorted.size() && sorted[j] == sorted[i]) ++j;
    if (j - i < 2) continue;
    known.push_back(sorted[i]);
    counts.push_back(static_cast<uint32_t>(j - i));
  }
  std::vector<Example> numbered(examples.cuts.size());
  for (size_t i = 0; i < numbered.size(); ++i) {
    numbered[i].cut = examples.cuts[i];
    for (size_t f = 0; f < MorphemeModel::kFeatures; ++f) {
      const uint64_t hash = examples.hashes[i * MorphemeModel::kFeatures + f];
      const auto found = std::lower_bound(known.begin() + 1, known.end(), hash);
      if (found != known.end() && *found == hash)
        numbered[i].features[f] = static_cast<uint32_t>(found - known.begin());
    }
  }
  return numbered;
}

/// One round over all examples; returns the mean loss in nats.
double train(std::vector<Example>& examples, std::vector<Cuts>& weights, std::vector<Cuts>& squares, float step,
             std::mt19937_64& random) {
  for (size_t i = examples.size(); i > 1; --i) std::swap(examples[i - 1], examples[random() % i]);
  double loss = 0;
  for (const Example& example : examples) {
    Cuts score{};
    for (const uint32_t f : example.features)
      for (size_t k = 0; k < score.size(); ++k) score[k] += weights[f][k];
    const float highest = *std::max_element(score.begin(), score.end());
    float sum = 0;
    for (float& s : score) sum += s = std::exp(s - highest);
    for (float& s : score) s /= sum;
    loss -= std::log(std::max(score[example.cut], 1e-9F));
    for (size_t k = 0; k < score.size(); ++k) {
      const float gradient = score[k] - (k == example.cut ? 1.0F : 0.0F);
      if (std::abs(gradient) < 1e-3F) continue;
      for (const uint32_t f : example.features) {
        if (f == 0) continue;
        squares[f][k] += gradient * gradient;
        weights[f][k] -= step * gradient / std::sqrt(squares[f][k] + 1e-6F);
      }
    }
  }
  return loss / static_cast<double>(examples.size());
}

/// Places the n-grams that weigh most in the table's buckets, and tells which those are.
std::vector<bool> choose(const std::vector<uint64_t>& known, const std::vector<uint32_t>& counts,
                         const std::vector<Cuts>& weights) {
  std::vector<std::pair<float, uint32_t>> order;
  for (uint32_t f = 1; f < known.size(); ++f) {
    float weight = 0;
    for (size_t k = 1; k < MorphemeModel::kCuts; ++k)
      weight = std::max(weight, std::abs(weights[f][k] - weights[f][0]));
    order.emplace_back(-weight * std::sqrt(static_cast<float>(counts[f])), f);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::array<uint8_t, 2>> buckets(size_t{1} << MorphemeModel::kBits);
  std::vector<bool> kept(known.size());
  for (const auto& [_, f] : order) {
    auto& bucket = buckets[MorphemeModel::bucket(known[f])];
    const uint8_t tag = MorphemeModel::tag(known[f]);
    if (bucket[1] != 0 || bucket[0] == tag) continue;
    bucket[bucket[0] == 0 ? 0 : 1] = tag;
    kept[f] = true;
  }
  return kept;
}

std::string table_of(const std::vector<uint64_t>& known, const std::vector<bool>& kept,
                     const std::vector<Cuts>& weights) {
  constexpr float kScale = 16;  // weights beyond ±8 are rare
  std::string table(MorphemeModel::kBytes, '\0');
  for (size_t f = 1; f < known.size(); ++f) {
    if (!kept[f]) continue;
    char* place = table.data() + MorphemeModel::bucket(known[f]) * 8;
    if (*place != 0) place += 4;
    *place++ = static_cast<char>(MorphemeModel::tag(known[f]));
    for (size_t k = 1; k < MorphemeModel::kCuts; ++k)
      *place++ = static_cast<char>(
          128 + std::clamp(static_cast<int>(std::lround((weights[f][k] - weights[f][0]) * kScale)), -127, 127));
  }
  return table;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: morpheme_train TABLE LABELLED.jsonl...\n";
    return 2;
  }
  Examples read_examples;
  for (int i = 2; i < count; ++i) {
    read(arguments[i], read_examples);
    std::cerr << arguments[i] << ": " << read_examples.cuts.size() << " syllables so far\n";
  }
  std::vector<uint64_t> known;
  std::vector<uint32_t> counts;
  std::vector<Example> examples = number(read_examples, known, counts);
  read_examples = {};
  std::cerr << known.size() - 1 << " n-grams\n";
  std::mt19937_64 random(1);
  std::vector<Cuts> weights(known.size()), squares(known.size());
  for (int round = 0; round < 4; ++round)
    std::cerr << "all: loss " << train(examples, weights, squares, 0.15F, random) << "\n";
  const std::vector<bool> kept = choose(known, counts, weights);
  std::cerr << std::count(kept.begin(), kept.end(), true) << " n-grams kept\n";
  for (Example& example : examples)
    for (uint32_t& f : example.features)
      if (!kept[f]) f = 0;
  for (int round = 0; round < 3; ++round)
    std::cerr << "kept: loss " << train(examples, weights, squares, 0.15F, random) << "\n";
  std::ofstream(arguments[1], std::ios::binary) << table_of(known, kept, weights);
}
