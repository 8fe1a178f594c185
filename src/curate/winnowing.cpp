#include "curate/winnowing.h"

namespace moru::curate {
namespace {

constexpr uint64_t kBase = 0x9E3779B97F4A7C15;

uint64_t mixed(uint64_t h) {
  h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93ULL;
  return h ^ (h >> 32);
}

}  // namespace

Winnowing::Winnowing(size_t length) : length_(length), gram_(std::max<size_t>(1, length / 4)) {
  for (size_t i = 0; i < gram_; ++i) leaving_ *= kBase;
}

template <class Use>
void Winnowing::for_each_window(std::string_view text, Use use) const {
  if (text.size() < length_) return;
  const size_t grams = length_ - gram_ + 1;  // in a window
  // Hashes that may still become the least, in a ring: ascending from the front.
  std::vector<Anchor> ring(grams);
  size_t front = 0, held = 0;
  uint64_t hash = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    hash = hash * kBase + static_cast<unsigned char>(text[i]) + 1;
    if (i >= gram_) hash -= (static_cast<unsigned char>(text[i - gram_]) + uint64_t{1}) * leaving_;
    if (i + 1 < gram_) continue;
    const Anchor next{mixed(hash), i + 1 - gram_};
    if (held > 0 && ring[front].position + grams <= next.position) {
      front = front + 1 == grams ? 0 : front + 1;
      --held;
    }
    while (held > 0) {
      const size_t last = front + held - 1 < grams ? front + held - 1 : front + held - 1 - grams;
      if (ring[last].hash < next.hash) break;
      --held;
    }
    const size_t end = front + held < grams ? front + held : front + held - grams;
    ring[end] = next;
    ++held;
    if (i + 1 >= length_) use(ring[front]);
  }
}

std::vector<Anchor> Winnowing::anchors(std::string_view text) const {
  std::vector<Anchor> anchors;
  for_each_window(text, [&](const Anchor& anchor) {
    if (anchors.empty() || anchors.back().position != anchor.position) anchors.push_back(anchor);
  });
  return anchors;
}

std::vector<uint64_t> Winnowing::window_hashes(std::string_view text) const {
  std::vector<uint64_t> hashes;
  if (text.size() >= length_) hashes.reserve(text.size() - length_ + 1);
  for_each_window(text, [&](const Anchor& anchor) { hashes.push_back(anchor.hash); });
  return hashes;
}

}  // namespace moru::curate
