// Clusters of near duplicates out of MinHash signatures, whatever their number: locality-sensitive hashing in bands by
// sorting outside memory.
#pragma once

#include <functional>

#include "curate/external_sort.h"
#include "curate/minhash.h"
#include "curate/preference.h"
#include "curate/union_find.h"

namespace moru::curate {

/// Similarity from which two documents are near, by whether their titles are the same (or one has none).
struct NearLimits {
  double similarity = 0.8;
  double similarity_other_title = 0.95;
};

/// What became of a member of a cluster. Documents are named by their number in the order of add().
struct NearMember {
  uint64_t index = 0;  ///< Of Rank: its number in the input.
  uint32_t document = 0;
  uint32_t kept = 0;     ///< The kept copy that it is nearest to; itself if it is kept.
  uint32_t first = 0;    ///< The cluster's first choice, which names the cluster.
  uint32_t size = 0;     ///< Members of the cluster.
  float similarity = 0;  ///< To `kept`.
  float limit = 0;
  bool operator<(const NearMember& other) const { return index < other.index; }
};

/// Memory: 5 bytes a document beside `resources.memory`. Bit-identical for any number of threads and any memory.
class NearClusters {
 public:
  NearClusters(size_t hashes, NearLimits limits, const Resources& resources);

  /// `title`: a hash, 0 for none. At most 2^32 - 1 documents.
  void add(const Rank& rank, uint64_t title, const MinHasher::Signature& signature);
  uint64_t count() const { return count_; }

  /// Finds the clusters among the documents for which alive(index) is true and calls use(member) for each member of
  /// those with more than one, in ascending order of index. Lets go of all.
  ///
  /// Documents of one band key are compared with each other, up to 64 of them all with all; in a larger bucket each
  /// with those before it that were near to none, at most 256. Sets of near ones are clusters. In a cluster, in the
  /// order of rank, what is near to none that was kept before (4096 at most are compared) is kept: no document goes
  /// without a kept one that it is near to, and a chain (a near b, b near c) may keep both its ends.
  void conclude(const std::function<bool(uint64_t index)>& alive,
                const std::function<void(const NearMember& member)>& use);

 private:
  struct Head {
    Rank rank;
    uint64_t title;
  };
  struct BandEntry {
    uint64_t key;
    uint32_t document, band;
    bool operator<(const BandEntry& other) const {
      return std::tie(band, key, document) < std::tie(other.band, other.key, other.document);
    }
  };
  struct ClusterEntry {
    Rank rank;
    uint32_t root, document;
    bool operator<(const ClusterEntry& other) const {
      if (root != other.root) return root < other.root;
      return rank < other.rank;
    }
  };
  /// A record of the signature file, read back.
  struct Stored {
    Head head{};
    std::vector<uint32_t> values;
  };

  Stored read(uint32_t document) const;
  Head read_head(uint32_t document) const;
  bool near(const Stored& a, const Stored& b, double& similarity, double& limit) const;
  std::vector<bool> living(const std::function<bool(uint64_t)>& alive) const;
  void unite_bands(const std::vector<bool>& live, UnionFind& sets);
  std::vector<std::pair<uint32_t, uint32_t>> near_pairs(const std::vector<uint32_t>& bucket) const;
  std::vector<NearMember> choose(const std::vector<ClusterEntry>& cluster) const;

  size_t hashes_;
  NearLimits limits_;
  Resources resources_;
  ScratchFile signatures_, indices_;
  ExternalSort<BandEntry> bands_;
  uint64_t count_ = 0;
};

}  // namespace moru::curate
