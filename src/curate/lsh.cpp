#include "curate/lsh.h"

#include "core/error.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::curate {
namespace {

constexpr size_t kAllWithAll = 64;
// A form filled in ten thousand times falls into one bucket without being near enough to itself: past so many
// comparisons in vain a document is left to its other bands, or time would grow with the square of the bucket.
constexpr size_t kLeaders = 256;
constexpr size_t kKeptCompared = 4096;
// What threads share out among them at a time.
constexpr size_t kBatchMembers = 32768;

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

NearClusters::NearClusters(size_t hashes, NearLimits limits, const Resources& resources)
    : hashes_(hashes),
      limits_(limits),
      resources_(resources),
      signatures_(resources.folder, resources.memory / 4),
      indices_(resources.folder, resources.memory / 16),
      bands_({resources.folder, resources.memory / 2}) {}

void NearClusters::add(const Rank& rank, uint64_t title, const MinHasher::Signature& signature) {
  if (count_ >= UINT32_MAX)
    throw Error("near_duplicates", std::string(tr("more than 4 billion documents", "문서가 40억 건을 넘습니다")),
                std::string(tr("curate the collection in parts", "모음을 나누어 정제하세요")));
  const auto document = static_cast<uint32_t>(count_++);
  signatures_.append(bytes_of(Head{rank, title}));
  signatures_.append({reinterpret_cast<const char*>(signature.values.data()), hashes_ * sizeof(uint32_t)});
  indices_.append(bytes_of(rank.index));
  for (uint32_t band = 0; band < signature.bands.size(); ++band) bands_.add({signature.bands[band], document, band});
}

NearClusters::Head NearClusters::read_head(uint32_t document) const {
  Head head;
  signatures_.read(document * (sizeof(Head) + hashes_ * sizeof(uint32_t)), reinterpret_cast<char*>(&head), sizeof head);
  return head;
}

NearClusters::Stored NearClusters::read(uint32_t document) const {
  std::array<char, 1024> small;
  const size_t size = sizeof(Head) + hashes_ * sizeof(uint32_t);
  std::vector<char> large(size > small.size() ? size : 0);
  char* bytes = large.empty() ? small.data() : large.data();
  signatures_.read(document * size, bytes, size);  // in one piece: reading from the system is what costs
  Stored stored;
  std::memcpy(&stored.head, bytes, sizeof stored.head);
  stored.values.resize(hashes_);
  std::memcpy(stored.values.data(), bytes + sizeof(Head), hashes_ * sizeof(uint32_t));
  return stored;
}

bool NearClusters::near(const Stored& a, const Stored& b, double& similarity, double& limit) const {
  const bool same_title = a.head.title == b.head.title || a.head.title == 0 || b.head.title == 0;
  limit = same_title ? limits_.similarity : limits_.similarity_other_title;
  similarity = estimated_similarity(a.values, b.values);
  return similarity >= limit;
}

std::vector<bool> NearClusters::living(const std::function<bool(uint64_t)>& alive) const {
  std::vector<bool> live(count_);
  ScratchReader reader(indices_);
  uint64_t index = 0;
  for (uint64_t i = 0; reader.read(reinterpret_cast<char*>(&index), sizeof index); ++i) live[i] = alive(index);
  return live;
}

std::vector<std::pair<uint32_t, uint32_t>> NearClusters::near_pairs(const std::vector<uint32_t>& bucket) const {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  double similarity = 0, limit = 0;
  if (bucket.size() > kAllWithAll) {
    std::vector<std::pair<uint32_t, Stored>> leaders;
    for (const uint32_t document : bucket) {
      Stored stored = read(document);
      const auto leader =
          std::ranges::find_if(leaders, [&](const auto& l) { return near(l.second, stored, similarity, limit); });
      if (leader != leaders.end()) {
        pairs.emplace_back(leader->first, document);
      } else if (leaders.size() < kLeaders) {
        leaders.emplace_back(document, std::move(stored));
      }
    }
    return pairs;
  }
  std::vector<Stored> stored;
  for (const uint32_t document : bucket) stored.push_back(read(document));
  UnionFind linked(bucket.size());
  for (size_t i = 0; i < bucket.size(); ++i) {
    for (size_t j = i + 1; j < bucket.size(); ++j) {
      if (linked.find(i) == linked.find(j) || !near(stored[i], stored[j], similarity, limit)) continue;
      linked.unite(i, j);
      pairs.emplace_back(bucket[i], bucket[j]);
    }
  }
  return pairs;
}

void NearClusters::unite_bands(const std::vector<bool>& live, UnionFind& sets) {
  std::vector<std::vector<uint32_t>> buckets;
  size_t members = 0;
  const auto compare = [&] {
    std::vector<std::vector<std::pair<uint32_t, uint32_t>>> pairs(buckets.size());
    const size_t share = 64;
    parallel_for((buckets.size() + share - 1) / share, [&](size_t part) {
      for (size_t i = part * share; i < std::min(buckets.size(), (part + 1) * share); ++i)
        pairs[i] = near_pairs(buckets[i]);
    });
    for (const auto& found : pairs)
      for (const auto& [a, b] : found) sets.unite(a, b);
    buckets.clear();
    members = 0;
  };
  std::vector<uint32_t> bucket;
  const auto end_bucket = [&] {
    // Of one set already, by the bands before: choose() compares them all.
    const bool apart = std::ranges::any_of(bucket, [&](uint32_t d) { return sets.find(d) != sets.find(bucket[0]); });
    if (apart) {
      members += bucket.size();
      buckets.push_back(bucket);
      if (members >= kBatchMembers) compare();
    }
    bucket.clear();
  };
  BandEntry last{};
  bands_.drain([&](const BandEntry& entry) {
    if (entry.key != last.key || entry.band != last.band) end_bucket();
    last = entry;
    if (live[entry.document]) bucket.push_back(entry.document);
  });
  end_bucket();
  compare();
}

std::vector<NearMember> NearClusters::choose(const std::vector<ClusterEntry>& cluster) const {
  std::vector<std::pair<uint32_t, Stored>> kept;
  std::vector<NearMember> members;
  members.reserve(cluster.size());
  for (const ClusterEntry& entry : cluster) {
    NearMember member{.index = entry.rank.index,
                      .document = entry.document,
                      .kept = entry.document,
                      .first = cluster.front().document,
                      .size = static_cast<uint32_t>(cluster.size())};
    Stored stored = read(entry.document);
    double best = 0, similarity = 0, limit = 0;
    for (const auto& [document, copy] : kept) {
      if (!near(stored, copy, similarity, limit) || similarity <= best) continue;
      best = similarity;
      member.kept = document;
      member.similarity = static_cast<float>(similarity);
      member.limit = static_cast<float>(limit);
    }
    if (member.kept == entry.document && kept.size() < kKeptCompared)
      kept.emplace_back(entry.document, std::move(stored));
    members.push_back(member);
  }
  return members;
}

void NearClusters::conclude(const std::function<bool(uint64_t)>& alive,
                            const std::function<void(const NearMember&)>& use) {
  const std::vector<bool> live = living(alive);
  UnionFind sets(count_);
  unite_bands(live, sets);

  const uint64_t half = resources_.memory / 4;
  ExternalSort<ClusterEntry> entries({resources_.folder, half});
  {
    // Roots whose set has a second member.
    std::vector<bool> has_more(count_);
    for (uint32_t i = 0; i < count_; ++i)
      if (sets.find(i) != i) has_more[sets.find(i)] = true;
    for (uint32_t i = 0; i < count_; ++i)
      if (live[i] && has_more[sets.find(i)]) entries.add({read_head(i).rank, sets.find(i), i});
  }

  ExternalSort<NearMember> members({resources_.folder, half});
  std::vector<std::vector<ClusterEntry>> clusters;
  size_t waiting = 0;
  const auto decide = [&] {
    std::vector<std::vector<NearMember>> chosen(clusters.size());
    constexpr size_t kShare = 64;
    parallel_for((clusters.size() + kShare - 1) / kShare, [&](size_t part) {
      for (size_t i = part * kShare; i < std::min(clusters.size(), (part + 1) * kShare); ++i)
        chosen[i] = choose(clusters[i]);
    });
    for (const auto& cluster : chosen)
      for (const NearMember& member : cluster) members.add(member);
    clusters.clear();
    waiting = 0;
  };
  entries.drain([&](const ClusterEntry& entry) {
    if (clusters.empty() || clusters.back().front().root != entry.root) {
      if (waiting >= kBatchMembers) decide();
      clusters.emplace_back();
    }
    clusters.back().push_back(entry);
    ++waiting;
  });
  decide();
  signatures_ = ScratchFile(resources_);
  indices_ = ScratchFile(resources_);
  count_ = 0;
  members.drain(use);
}

}  // namespace moru::curate
