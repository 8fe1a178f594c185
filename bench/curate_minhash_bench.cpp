// Speed of MinHash signatures on Korean and English text: the whole way from text to the values of 112 hash functions.
// bench/curate_minhash_peer.py does the same with datatrove on the same files and prints the ratio.
//
//   bench_curate_minhash                     Google Benchmark, on text made here
//   bench_curate_minhash --files FILE...     {"file", "family", "bytes", "seconds", "mb_per_second"} a line
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "collection.h"
#include "core/file.h"
#include "curate/minhash.h"
#include "curate/shingles.h"

namespace {

using namespace moru::curate;

MinHasher hasher(MinHashParameters::Family family) {
  return MinHasher({.seed = 1, .family = family});
}

const std::vector<std::string>& texts(bool korean) {
  static const auto make = [](bool is_korean) {
    std::vector<std::string> made;
    moru::bench::Collection collection(5);
    for (uint64_t i = 0; made.size() < 1500; ++i) {
      moru::bench::Page page = collection.page(i);
      if (page.korean == is_korean) made.push_back(std::move(page.text));
    }
    return made;
  };
  static const std::vector<std::string> kKorean = make(true), kEnglish = make(false);
  return korean ? kKorean : kEnglish;
}

void signatures(benchmark::State& state) {
  const MinHasher minhash = hasher(static_cast<MinHashParameters::Family>(state.range(1)));
  const auto& documents = texts(state.range(0) == 1);
  int64_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& text : documents) {
      benchmark::DoNotOptimize(minhash.signature(text));
      bytes += static_cast<int64_t>(text.size());
    }
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(signatures)->ArgNames({"korean", "datatrove"})->ArgsProduct({{0, 1}, {0, 1}})->Unit(benchmark::kMillisecond);

void shingles_alone(benchmark::State& state) {
  const auto& documents = texts(state.range(0) == 1);
  int64_t bytes = 0;
  std::vector<uint32_t> hashes;
  for (auto _ : state) {
    for (const std::string& text : documents) {
      hashes.clear();
      append_shingles(text, 5, hashes);
      benchmark::DoNotOptimize(hashes.data());
      bytes += static_cast<int64_t>(text.size());
    }
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(shingles_alone)->ArgName("korean")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

/// One document a line, in files that the peer reads too.
int on_files(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const std::string all = moru::read_file(path);
    for (const auto family : {MinHashParameters::Family::moru, MinHashParameters::Family::datatrove}) {
      const MinHasher minhash = hasher(family);
      const auto start = std::chrono::steady_clock::now();
      uint64_t sum = 0;
      for (size_t begin = 0; begin < all.size();) {
        const size_t end = std::min(all.find('\n', begin), all.size());
        const auto signature = minhash.signature(std::string_view(all).substr(begin, end - begin));
        for (const uint32_t value : signature.values) sum += value;
        begin = end + 1;
      }
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      fmt::print(
          "{{\"file\": \"{}\", \"family\": \"{}\", \"bytes\": {}, \"seconds\": {:.3f}, \"mb_per_second\": {:.1f}, "
          "\"low32_sum\": {}}}\n",
          path, family == MinHashParameters::Family::moru ? "moru" : "datatrove", all.size(), seconds,
          static_cast<double>(all.size()) / 1e6 / seconds, sum);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--files") return on_files({argv + 2, argv + argc});
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
