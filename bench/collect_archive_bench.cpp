// From an archive to a dataset of documents: the 9,560 pages of ../shared/data/cpp-docs-ko.tar.zst, every worker at
// work. Wall time matters; run it on an idle machine.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "collect/collect.h"
#include "core/file.h"

namespace {

void collect_archive(benchmark::State& state) {
  const std::filesystem::path data = std::filesystem::path(MORU_SOURCE_DIR) / "../shared/data";
  if (!std::filesystem::exists(data / "cpp-docs-ko.tar.zst")) {
    state.SkipWithError("../shared/data/cpp-docs-ko.tar.zst is not there");
    return;
  }
  moru::collect::Options options;
  moru::collect::FolderSource source;
  source.name = "cpp";
  source.folder = std::filesystem::canonical(data);
  source.include = {"cpp-docs-ko.tar.zst"};
  options.sources = {source};
  uint64_t documents = 0;
  for (auto _ : state) {
    const moru::TemporaryDirectory out;
    moru::SilentProgress progress;
    moru::data::DatasetWriter writer(out.path() / "documents", std::string(moru::data::kDocumentSchema));
    moru::data::DatasetWriter set_aside(out.path() / "set_aside", std::string(moru::data::kDecisionSchema));
    const auto report = moru::collect::collect(options, writer, set_aside, progress);
    documents = report.documents;
    state.counters["set_aside"] = static_cast<double>(report.set_aside);
  }
  state.counters["documents"] = static_cast<double>(documents);
}
BENCHMARK(collect_archive)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
