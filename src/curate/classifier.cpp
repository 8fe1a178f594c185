#include "curate/classifier.h"

#include <bit>
#include <cmath>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"

namespace moru::curate {
namespace {

constexpr std::string_view kMagic = "moru-classifier/1\n";
constexpr size_t kMaxText = size_t{32} << 10;
constexpr size_t kMaxWord = 120;  // bytes; longer runs are data
constexpr int kMinBits = 8;
constexpr int kMaxBits = 26;

template <class T>
void put(std::string& bytes, T value) {
  static_assert(std::endian::native == std::endian::little);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}
template <class T>
T take(std::string_view& bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/// What features are hashed with, so that a word and the same run of characters differ.
enum Kind : uint64_t { kWord = 1, kPair = 2, kRun = 3 };

template <class Use>
void each_feature(std::string_view text, int bits, Use use) {
  if (text.size() > kMaxText) {
    size_t end = kMaxText;
    while (end > 0 && !begins_character(text[end])) --end;
    text = text.substr(0, end);
  }
  const uint32_t mask = (uint32_t{1} << bits) - 1;
  const auto bucket = [&](std::string_view bytes, uint64_t seed) {
    return static_cast<uint32_t>(hash64(bytes, seed) >> 20) & mask;
  };
  std::string word;
  std::vector<uint32_t> borders;  // where the word's characters begin, and its end
  uint64_t before = 0;
  for (size_t p = 0; p < text.size();) {
    while (p < text.size() && is_space(text[p])) ++p;
    word.assign(1, '\x01');
    borders.assign(1, 0);
    for (; p < text.size() && !is_space(text[p]); ++p) {
      const char c = text[p];
      if (word.size() >= kMaxWord) continue;
      if (begins_character(c)) borders.push_back(static_cast<uint32_t>(word.size()));
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c >= '0' && c <= '9' ? '0' : c;
    }
    if (word.size() == 1) continue;
    borders.push_back(static_cast<uint32_t>(word.size()));
    word += '\x02';
    borders.push_back(static_cast<uint32_t>(word.size()));
    const uint64_t whole = hash64(word, kWord);
    use(static_cast<uint32_t>(whole >> 20) & mask);
    const uint64_t pair[2] = {before, whole};
    use(bucket({reinterpret_cast<const char*>(pair), sizeof pair}, kPair));
    before = whole;
    const size_t characters = borders.size() - 1;
    for (size_t i = 0; i < characters; ++i)
      for (size_t n = 2; n <= 4 && i + n <= characters; ++n)
        use(bucket(std::string_view(word).substr(borders[i], borders[i + n] - borders[i]), kRun));
  }
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

void for_each_feature(std::string_view text, int bits, const std::function<void(uint32_t)>& use) {
  each_feature(text, bits, use);
}

TrainingExample make_training_example(std::string_view text, bool good, int bits) {
  std::vector<uint32_t> buckets;
  each_feature(text, bits, [&](uint32_t bucket) { buckets.push_back(bucket); });
  std::ranges::sort(buckets);
  TrainingExample example;
  example.good = good;
  const auto scale = static_cast<float>(1 / std::sqrt(std::max<double>(1, static_cast<double>(buckets.size()))));
  for (size_t i = 0; i < buckets.size();) {
    size_t end = i;
    while (end < buckets.size() && buckets[end] == buckets[i]) ++end;
    example.features.push_back({buckets[i], static_cast<float>(end - i) * scale});
    i = end;
  }
  return example;
}

Classifier::Classifier(std::vector<float> weights, float bias, std::string provenance)
    : weights_(std::move(weights)),
      bias_(bias),
      bits_(static_cast<int>(std::bit_width(weights_.size())) - 1),
      provenance_(std::move(provenance)) {}

double Classifier::probability(std::string_view text) const {
  double sum = 0;
  uint64_t number = 0;
  each_feature(text, bits_, [&](uint32_t bucket) {
    sum += static_cast<double>(weights_[bucket]);
    ++number;
  });
  const double scale = number == 0 ? 0 : 1 / std::sqrt(static_cast<double>(number));
  return sigmoid(static_cast<double>(bias_) + sum * scale);
}

uint64_t Classifier::size() const {
  return static_cast<uint64_t>(std::ranges::count_if(weights_, [](float w) { return w != 0; }));
}

void Classifier::save(const std::filesystem::path& path) const {
  std::string bytes(kMagic);
  put(bytes, static_cast<uint32_t>(bits_));
  put(bytes, static_cast<uint32_t>(provenance_.size()));
  put(bytes, bias_);
  put(bytes, static_cast<uint32_t>(size()));
  bytes += provenance_;
  for (size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i] == 0) continue;
    put(bytes, static_cast<uint32_t>(i));
    put(bytes, weights_[i]);
  }
  put(bytes, hash64(bytes));
  write_file_atomic(path, bytes);
}

Classifier Classifier::load(const std::filesystem::path& path) {
  const std::string file = read_file(path);
  const auto fail = [&](std::string_view problem) -> Error {
    return {
        path.string(), std::string(problem),
        std::string(tr("make it again: moru curate train-classifier", "다시 만드세요: moru curate train-classifier"))};
  };
  const std::string_view damaged = tr("the classifier is damaged", "분류기 파일이 손상되었습니다");
  std::string_view bytes = file;
  constexpr size_t kHeader = kMagic.size() + 16;
  constexpr size_t kEntry = 8;
  if (bytes.size() < kHeader + 8 || !bytes.starts_with(kMagic))
    throw fail(tr("not a classifier", "분류기 파일이 아닙니다"));
  std::string_view trailer = bytes.substr(bytes.size() - 8);
  bytes.remove_suffix(8);
  if (hash64(bytes) != take<uint64_t>(trailer)) throw fail(damaged);
  bytes.remove_prefix(kMagic.size());
  const auto bits = take<uint32_t>(bytes);
  const auto provenance = take<uint32_t>(bytes);
  const auto bias = take<float>(bytes);
  const auto count = take<uint32_t>(bytes);
  if (bits < kMinBits || bits > kMaxBits || provenance > bytes.size() || !std::isfinite(bias) ||
      (bytes.size() - provenance) % kEntry != 0 || (bytes.size() - provenance) / kEntry != count)
    throw fail(damaged);
  std::string made_from(bytes.substr(0, provenance));
  bytes.remove_prefix(provenance);
  std::vector<float> weights(size_t{1} << bits, 0.0F);
  for (uint32_t i = 0; i < count; ++i) {
    const auto bucket = take<uint32_t>(bytes);
    const auto weight = take<float>(bytes);
    if (bucket >= weights.size() || !std::isfinite(weight)) throw fail(damaged);
    weights[bucket] = weight;
  }
  return {std::move(weights), bias, std::move(made_from)};
}

}  // namespace moru::curate
