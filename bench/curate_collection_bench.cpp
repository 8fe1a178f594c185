// Collecting and curating a whole collection: speed, and the peak memory of all processes together.
//
//   bench_curate_collection --make GIGABYTES FOLDER    writes a made collection (collection.h), JSONL in zstd
//   bench_curate_collection FOLDER OUT [MEMORY_BYTES [CURATE_RECIPE]]
//
// The second reads every file of FOLDER (JSONL, archives, pages), writes OUT/documents, OUT/corpus, OUT/decisions, the
// report page and the ledger, as a build does, and prints a table. CURATE_RECIPE is the `curate:` section as YAML; by
// default the rules that run by default.
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "collect/collect.h"
#include "collection.h"
#include "core/error.h"
#include "core/file.h"
#include "core/threads.h"
#include "curate/curate.h"
#include "curate/report_page.h"
#include "ledger/ledger.h"
#include "pipeline/record_data.h"

namespace {

using namespace moru;

/// Watches this process and its children: pages that several share count once (PSS).
class MemoryWatch {
 public:
  MemoryWatch() : thread_([this](const std::stop_token& stop) { watch(stop); }) {}
  double take_peak_mib() { return static_cast<double>(peak_kib_.exchange(0)) / 1024; }

 private:
  static uint64_t pss_kib(const fs::path& process) {
    std::ifstream file(process / "smaps_rollup");
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("Pss:")) return std::stoull(line.substr(4));
    return 0;
  }
  void watch(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      uint64_t sum = pss_kib("/proc/self");
      std::error_code code;
      for (const auto& thread : fs::directory_iterator("/proc/self/task", code)) {
        std::ifstream children(thread.path() / "children");
        for (std::string child; children >> child;) sum += pss_kib("/proc/" + child);
      }
      if (sum > peak_kib_) peak_kib_ = sum;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  std::atomic<uint64_t> peak_kib_ = 0;
  std::jthread thread_;
};

double processor_seconds() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    sum += static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
  }
  return sum;
}

int make(double gigabytes, const fs::path& folder) {
  const bench::Collection collection(1);
  const auto wanted = static_cast<uint64_t>(gigabytes * 1e9);
  uint64_t bytes = 0, page = 0;
  data::DatasetWriter out(folder, "made/1");
  while (bytes < wanted) {
    // Making texts takes longer than packing them.
    std::vector<std::string> lines(4096);
    parallel_for(lines.size(), [&](size_t i) {
      const bench::Page made = collection.page(page + i);
      lines[i] = dump_json({{"id", page + i}, {"title", made.title}, {"text", made.text}});
    });
    for (const std::string& line : lines) {
      out.add_line(line);
      bytes += line.size() + 1;
    }
    page += lines.size();
  }
  out.finish({{"bytes", bytes}});
  fmt::print("{} pages, {:.2f} GB\n", page, static_cast<double>(bytes) / 1e9);
  return 0;
}

int run(const fs::path& folder, const fs::path& out, uint64_t memory, const std::string& recipe) {
  uint64_t bytes = 0;
  if (fs::exists(folder / "manifest.json")) {
    bytes = data::DatasetReader(folder, "made/1").manifest().at("facts").at("bytes").get<uint64_t>();
  } else {
    for (const fs::path& file : list_files(folder)) bytes += fs::file_size(folder / file);
  }
  MemoryWatch watch;
  SilentProgress silent;
  double processor = processor_seconds();
  auto start = std::chrono::steady_clock::now();
  const auto row = [&](std::string_view step, uint64_t documents) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double used = processor_seconds() - processor;
    const double megabytes = static_cast<double>(bytes) / 1e6;
    fmt::print(
        "{:<8} {:>9} documents  {:8.1f} s  {:6.1f} MB/s  {:8.1f} s of processor ({:.1f} MB/s)  peak {:.0f} MiB\n", step,
        documents, seconds, megabytes / seconds, used, megabytes / used, watch.take_peak_mib());
    start = std::chrono::steady_clock::now();
    processor = processor_seconds();
  };
  make_directories(out);
  const Config config =
      Config::parse(fmt::format("collect: [{{folder: \"{}\", exclude: [manifest.json], name: made, licence: MIT}}]",
                                fs::absolute(folder).string()),
                    "bench");
  {
    data::DatasetWriter documents(out / "documents", std::string(data::kDocumentSchema));
    data::DatasetWriter set_aside(out / "set_aside", std::string(data::kDecisionSchema));
    collect::collect(collect::read_options(config, "."), documents, set_aside, silent);
    row("collect", documents.count());
  }
  const data::DatasetReader documents(out / "documents", data::kDocumentSchema);
  data::DatasetWriter kept(out / "corpus", std::string(data::kDocumentSchema));
  data::DatasetWriter decisions(out / "decisions", std::string(data::kDecisionSchema));
  const curate::Options options(Config::parse(recipe, "bench"));
  const curate::Report report = curate::curate(documents, options, kept, decisions, silent, {out, memory});
  row("curate", kept.count());
  {
    const data::DatasetReader decided(out / "decisions", data::kDecisionSchema);
    write_file_atomic(out / "report.html", curate::report_page(report, decided));
    row("report", kept.count());
    ledger::Ledger ledger = ledger::Ledger::open(out / "ledger.db");
    ledger::Ledger::Transaction transaction(ledger);
    ledger.put(ledger::Node{"collect", ledger::Kind::artefact, "collect", ""});
    ledger.put(ledger::Node{"curate", ledger::Kind::artefact, "curate", ""});
    pipeline::record_documents(out / "documents", "collect", ledger);
    pipeline::record_documents(out / "corpus", "curate", ledger);
    pipeline::record_decisions(out / "decisions", "curate", ledger);
    transaction.commit();
    row("ledger", documents.count());
  }
  fmt::print("\n{}", curate::funnel_text(report.funnel));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && arguments[0] == "--make") return make(std::stod(arguments[1]), arguments[2]);
    if (arguments.size() >= 2)
      return run(arguments[0], arguments[1], arguments.size() > 2 ? std::stoull(arguments[2]) : 0,
                 arguments.size() > 3 ? arguments[3] : "");
    fmt::print(stderr, "usage: {} --make GIGABYTES FOLDER | FOLDER OUT [MEMORY_BYTES [CURATE_RECIPE]]\n", argv[0]);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  return 2;
}
