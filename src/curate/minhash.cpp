#include "curate/minhash.h"

#include <nlohmann/json.hpp>
#include <random>

#include "core/hash.h"
#include "core/random.h"
#include "curate/minhash_kernel.h"
#include "curate/shingles.h"

namespace moru::curate {
namespace {

constexpr uint64_t kPrime = (uint64_t{1} << 61) - 1;

/// What numpy's RandomState(seed).randint(low, 2^61 - 1, dtype=uint64) draws: 61 bits, again where they are too many.
uint64_t numpy_randint(std::mt19937& generator, uint64_t low) {
  for (;;) {
    const uint64_t high = generator();
    const uint64_t drawn = (high << 32 | generator()) & kPrime;
    if (drawn <= kPrime - 1 - low) return low + drawn;
  }
}

template <class Value>
std::vector<uint64_t> band_keys(const std::vector<Value>& values, size_t bands) {
  const size_t rows = values.size() / bands;
  std::vector<uint64_t> keys(bands);
  for (size_t band = 0; band < bands; ++band)
    keys[band] = hash64({reinterpret_cast<const char*>(values.data() + band * rows), rows * sizeof(Value)}, band);
  return keys;
}

}  // namespace

Json MinHashParameters::to_json() const {
  return {{"family", family == Family::moru ? "moru" : "datatrove"},
          {"bands", bands},
          {"rows", rows},
          {"ngram", ngram},
          {"seed", seed}};
}

MinHasher::MinHasher(const MinHashParameters& parameters) : parameters_(parameters) {
  const size_t count = parameters.hashes();
  if (parameters.family == MinHashParameters::Family::datatrove) {
    std::mt19937 generator(static_cast<uint32_t>(parameters.seed));
    for (size_t i = 0; i < count; ++i) a_.push_back(numpy_randint(generator, 1));
    for (size_t i = 0; i < count; ++i) b_.push_back(numpy_randint(generator, 0));
    return;
  }
  Random random(parameters.seed);
  for (size_t i = 0; i < count; ++i) a_.push_back(random.next());
  for (size_t i = 0; i < count; ++i) b_.push_back(random.next());
  const size_t padded = (count + kMinHashPadding - 1) / kMinHashPadding * kMinHashPadding;
  for (size_t i = 0; i < padded; ++i) {
    const uint64_t a = i < count ? a_[i] : 0, b = i < count ? b_[i] : 0;
    (i % 2 == 0 ? a_even_ : a_odd_).push_back(a & 0xFFFFFFFF);
    (i % 2 == 0 ? b_even_ : b_odd_).push_back(b);
    a_high_.push_back(static_cast<uint32_t>(a >> 32));
  }
}

std::vector<uint32_t> MinHasher::minima(std::span<const uint32_t> shingles) const {
  std::vector<uint32_t> minima(a_high_.size(), std::numeric_limits<uint32_t>::max());
  const MinHashFunctions functions{a_even_.data(), a_odd_.data(),  b_even_.data(),
                                   b_odd_.data(),  a_high_.data(), a_high_.size()};
  // In pieces that stay in the first cache while all functions go over them.
  constexpr size_t kPiece = 4096;
  for (size_t begin = 0; begin < shingles.size(); begin += kPiece)
    minhash_minima(functions, shingles.data() + begin, std::min(kPiece, shingles.size() - begin), minima.data());
  minima.resize(parameters_.hashes());
  return minima;
}

std::vector<uint64_t> MinHasher::minima(std::span<const uint64_t> shingles) const {
  std::vector<uint64_t> minima(parameters_.hashes(), std::numeric_limits<uint64_t>::max());
  for (size_t i = 0; i < minima.size(); ++i) {
    for (const uint64_t x : shingles) {
      const uint64_t h = x * a_[i] + b_[i];
      // Modulo a Mersenne prime: the bits above are as good as those below.
      uint64_t value = (h & kPrime) + (h >> 61);
      value = value >= kPrime ? value - kPrime : value;
      minima[i] = std::min(minima[i], value);
    }
  }
  return minima;
}

MinHasher::Signature MinHasher::signature(std::string_view text) const {
  Signature signature;
  if (parameters_.family == MinHashParameters::Family::datatrove) {
    std::vector<uint64_t> hashes;
    append_datatrove_shingles(datatrove_normalised(text), parameters_.ngram, hashes);
    if (hashes.empty()) return signature;
    const std::vector<uint64_t> values = minima(hashes);
    signature.bands = band_keys(values, parameters_.bands);
    signature.values.assign(values.begin(), values.end());  // equal where all 61 bits are, else by chance 2^-32
    return signature;
  }
  std::vector<uint32_t> hashes;
  hashes.reserve(text.size() / 4);
  append_shingles(text, parameters_.ngram, hashes);
  if (hashes.empty()) return signature;
  signature.values = minima(hashes);
  signature.bands = band_keys(signature.values, parameters_.bands);
  return signature;
}

double estimated_similarity(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  return static_cast<double>(count_equal(a.data(), b.data(), a.size())) / static_cast<double>(a.size());
}

double jaccard(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  if (a.empty() && b.empty()) return 1;
  size_t both = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) ++both;
    const uint32_t x = a[i];
    const uint32_t y = b[j];
    if (x <= y) ++i;
    if (y <= x) ++j;
  }
  return static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
}

}  // namespace moru::curate
