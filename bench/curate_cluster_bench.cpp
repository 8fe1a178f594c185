// Clusters among millions of MinHash signatures: time, peak memory and recall.
//
//   bench_curate_cluster [SIGNATURES=10000000] [MEMORY_BYTES=2147483648] [FOLDER=/tmp]
//
// Of the signatures, 30 in 100 belong to clusters of 2 to 20 whose members are 0.9 alike; the rest stand alone.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <vector>

#include "core/hash.h"
#include "core/random.h"
#include "curate/lsh.h"

namespace {

using namespace moru;
using namespace moru::curate;

double peak_gib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / (1 << 20);
}

/// A member keeps each value of its cluster's with probability p: two members agree in p^2 of them.
MinHasher::Signature member_of(uint64_t cluster, double p, Random& random) {
  MinHasher::Signature signature;
  signature.values.reserve(112);
  Random base(cluster * 0x9E3779B97F4A7C15);
  for (int i = 0; i < 112; ++i) {
    const auto value = static_cast<uint32_t>(base.next());
    signature.values.push_back(p > 0 && random.uniform() < p ? value : static_cast<uint32_t>(random.next()));
  }
  for (size_t band = 0; band < 14; ++band)
    signature.bands.push_back(hash64({reinterpret_cast<const char*>(&signature.values[band * 8]), 32}, band));
  return signature;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t count = argc > 1 ? std::stoull(argv[1]) : 10'000'000;
  const uint64_t memory = argc > 2 ? std::stoull(argv[2]) : uint64_t{2} << 30;
  const Resources resources{argc > 3 ? argv[3] : "", memory};
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };

  NearClusters clusters(112, {0.8, 0.8}, resources);
  Random random(1);
  uint64_t index = 0, in_clusters = 0, cluster = 0, kept_expected = 0;
  double making = 0;
  while (index < count) {
    const uint64_t size = random.below(100) < 4 ? 2 + random.below(19) : 1;
    ++cluster;
    kept_expected += 1;
    for (uint64_t i = 0; i < size && index < count; ++i, ++index) {
      const double before = seconds();
      const auto signature = member_of(cluster, size > 1 ? 0.9487 : 0, random);
      making += seconds() - before;
      // Scattered over the collection by rank's first mark, as copies are.
      clusters.add({{random.next(), 0, 0, 0}, index}, 0, signature);
      if (size > 1) ++in_clusters;
    }
  }
  const double added = seconds();
  fmt::print("{} signatures of 112 values, {} in clusters of 2 to 20; added in {:.1f} s and {:.1f} s to make them\n",
             count, in_clusters, added - making, making);
  uint64_t found = 0, dropped = 0;
  clusters.conclude([](uint64_t) { return true; },
                    [&](const NearMember& member) {
                      ++found;
                      dropped += member.kept != member.document ? 1 : 0;
                    });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("clustered in {:.1f} s; {:.1f} s of processor in all; peak memory {:.2f} GiB\n", seconds() - added,
             static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
             peak_gib());
  fmt::print("recall {:.5f} of the members; {} dropped, {} of {} clusters and singles left\n",
             static_cast<double>(found) / static_cast<double>(in_clusters), dropped, count - dropped, kept_expected);
  return 0;
}
