#include "curate/minhash.h"

#include "core/hash.h"
#include "core/random.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

constexpr size_t kShingle = 5;
constexpr size_t kFewWords = 16;
constexpr uint64_t kSeed = 0x6D6F7275;  // any constant: it must only stay the same

/// h(x) = (a x + b) >> 32 for 32-bit x and random 64-bit a, b is strongly universal (Dietzfelbinger, "Universal hashing
/// and k-wise independent random variables via integer arithmetic without primes", 1996).
struct Coefficients {
  std::array<uint64_t, kHashes> a{}, b{};
};

Coefficients make_coefficients() {
  Coefficients coefficients;
  Random random(kSeed);
  for (uint64_t& a : coefficients.a) a = random.next();
  for (uint64_t& b : coefficients.b) b = random.next();
  return coefficients;
}

}  // namespace

std::vector<uint32_t> shingles(std::string_view text) {
  const std::string lowered = text::lower(text);
  std::vector<std::string_view> words;
  size_t begin = 0;
  bool inside = false;
  for (size_t i = 0; i < lowered.size();) {
    const size_t start = i;
    const char32_t c = text::next_code_point(lowered, i);
    const bool part = text::is_letter(c) || text::is_mark(c) || text::is_number(c);
    if (part && !inside) begin = start;
    if (!part && inside) words.push_back(std::string_view(lowered).substr(begin, start - begin));
    inside = part;
  }
  if (inside) words.push_back(std::string_view(lowered).substr(begin));

  std::vector<uint32_t> result;
  if (words.size() >= kFewWords) {
    std::array<uint64_t, kShingle> window{};
    for (size_t i = 0; i < words.size(); ++i) {
      std::shift_left(window.begin(), window.end(), 1);
      window.back() = hash64(words[i]);
      if (i + 1 >= kShingle)
        result.push_back(static_cast<uint32_t>(hash64({reinterpret_cast<const char*>(window.data()), sizeof window})));
    }
  } else if (!words.empty()) {
    std::string joined;
    for (const std::string_view word : words) (joined += joined.empty() ? "" : " ") += word;
    std::vector<size_t> starts;
    for (size_t i = 0; i < joined.size(); text::next_code_point(joined, i)) starts.push_back(i);
    starts.push_back(joined.size());
    const size_t length = std::min(kShingle, starts.size() - 1);
    // Another seed: a shingle of characters must never equal one of words.
    for (size_t i = 0; i + length < starts.size(); ++i)
      result.push_back(static_cast<uint32_t>(
          hash64(std::string_view(joined).substr(starts[i], starts[i + length] - starts[i]), kSeed)));
  }
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

Signature minhash(const std::vector<uint32_t>& shingles) {
  static const Coefficients coefficients = make_coefficients();
  Signature signature;
  signature.fill(std::numeric_limits<uint32_t>::max());
  for (const uint64_t shingle : shingles)
    for (size_t i = 0; i < kHashes; ++i)
      signature[i] =
          std::min(signature[i], static_cast<uint32_t>((coefficients.a[i] * shingle + coefficients.b[i]) >> 32));
  return signature;
}

double estimated_similarity(const Signature& a, const Signature& b) {
  size_t equal = 0;
  for (size_t i = 0; i < kHashes; ++i) equal += a[i] == b[i] ? 1 : 0;
  return static_cast<double>(equal) / static_cast<double>(kHashes);
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

uint64_t band_key(const Signature& signature, size_t band) {
  return hash64({reinterpret_cast<const char*>(signature.data() + band * kRows), kRows * sizeof(uint32_t)}, band);
}

}  // namespace moru::curate
