// Speed of finding personal data in text that has none (technical pages), and in text that is full of it.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "../tests/curate/personal_data_set.h"
#include "core/file.h"
#include "curate/pii/wide_net.h"

namespace {

using namespace moru::curate;

/// LibreOffice's Korean help without tags.
const std::string& pages() {
  static const std::string made = [] {
    std::string text;
    const std::filesystem::path root = "/usr/share/libreoffice/help/ko/text";
    if (!std::filesystem::exists(root)) return text;
    for (const auto& path : moru::list_files(root)) {
      bool in_tag = false;
      for (const char b : moru::read_file(root / path)) {
        if (b == '<') in_tag = true;
        if (!in_tag) text += b;
        if (b == '>') in_tag = false;
      }
    }
    return text;
  }();
  return made;
}

/// Sentences of the labelled set, every second one without personal data.
const std::string& letters() {
  static const std::string made = [] {
    constexpr size_t kBytes = size_t{4} << 20;
    testing::PersonalDataSet set(5);
    std::string text;
    for (size_t i = 0; text.size() < kBytes; ++i) {
      text += set.positive(static_cast<PersonalDataKind>(i % kPersonalDataKinds)).text + "\n";
      text += set.negative().text + "\n";
    }
    return text;
  }();
  return made;
}

using Find = std::vector<PersonalData> (*)(std::string_view);

void search(benchmark::State& state, Find find, const std::string& text) {
  if (text.empty()) {
    state.SkipWithError("install Debian's package libreoffice-help-ko");
    return;
  }
  size_t found = 0;
  for (auto _ : state) benchmark::DoNotOptimize(found = find(text).size());
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["found/MB"] = static_cast<double>(found) * 1e6 / static_cast<double>(text.size());
}

BENCHMARK_CAPTURE(search, pages, &find_personal_data, pages())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, letters, &find_personal_data, letters())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, wide_net_on_pages, &pii::wide_net, pages())->Unit(benchmark::kMillisecond);

}  // namespace
