// Bytes a second and core that the named rule sets judge: each by itself and FineWeb's whole chain, on Korean (the
// pages of ../shared/data/cpp-docs-ko.tar.zst) and English (the documentation in /usr/share/doc). Every text goes
// through every rule of the chain whatever the rules before said, as datatrove's filters were measured, unless the name
// says "stops". bench/curate_rules_peer.py runs datatrove on the same texts, which MORU_BENCH_DUMP=FOLDER writes.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/file.h"
#include "core/json.h"
#include "curate/c4_quality.h"
#include "curate/rule_set.h"
#include "curate/rule_set_check.h"
#include "text/unicode.h"

namespace {

namespace fs = std::filesystem;
using moru::Config;
using moru::curate::RuleChain;

constexpr size_t kBytes = size_t{8} << 20;  // of each language

/// Evenly taken from all, so that no folder stands for the whole.
std::vector<std::string> sample(std::vector<std::string> texts) {
  size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  std::vector<std::string> taken;
  double due = 0;
  for (std::string& text : texts) {
    due += std::min(1.0, static_cast<double>(kBytes) / static_cast<double>(std::max<size_t>(bytes, 1)));
    if (due < 1) continue;
    due -= 1;
    taken.push_back(std::move(text));
  }
  return taken;
}

std::vector<std::string> files_below(const fs::path& folder, const std::vector<std::string>& endings) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
    if (entry.is_regular_file() && std::ranges::find(endings, entry.path().extension().string()) != endings.end())
      paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::string text = moru::read_file(path);
    if (text.size() >= 500 && moru::text::is_valid_utf8(text)) texts.push_back(std::move(text));
  }
  return texts;
}

/// What stands between tags, a line break where a block ends: rough, and the same for whoever is measured.
std::string without_tags(const std::string& html) {
  std::string text;
  for (size_t i = 0; i < html.size();) {
    if (html[i] != '<') {
      text += html[i++];
      continue;
    }
    const size_t end = html.find('>', i);
    if (end == std::string::npos) break;
    const std::string_view tag(html.data() + i, end - i);
    for (const std::string_view block : {"</p", "</h", "</li", "</tr", "</div", "<br", "</pre"})
      if (tag.starts_with(block)) text += '\n';
    i = end + 1;
  }
  return text;
}

const std::vector<std::string>& korean() {
  static const std::vector<std::string> texts = [] {
    const fs::path archive = fs::path(MORU_SOURCE_DIR).parent_path() / "shared/data/cpp-docs-ko.tar.zst";
    if (!fs::exists(archive)) return std::vector<std::string>();
    const moru::TemporaryDirectory folder;
    const std::string command = "tar --zstd -xf '" + archive.string() + "' -C '" + folder.path().string() + "' docs";
    if (std::system(command.c_str()) != 0) return std::vector<std::string>();
    return sample(files_below(folder.path(), {".md"}));
  }();
  return texts;
}

const std::vector<std::string>& english() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> all = files_below("/usr/share/doc", {".html", ".txt", ".md", ".rst"});
    for (std::string& text : all) text = without_tags(text);
    std::erase_if(all, [](const std::string& text) { return text.size() < 500; });
    return sample(std::move(all));
  }();
  return texts;
}

const std::vector<std::string>& texts_of(int language) {
  return language == 0 ? korean() : english();
}

void run(benchmark::State& state, const std::vector<std::string>& rules, const std::string& settings, bool stops) {
  const std::vector<std::string>& texts = texts_of(static_cast<int>(state.range(0)));
  if (texts.empty()) {
    state.SkipWithError("the texts are not there");
    return;
  }
  std::vector<RuleChain> chains;
  const RuleChain whole(rules, Config::parse(settings, "bench"));
  if (!stops)
    for (const std::string& rule : rules) {
      // C4 needs no terminal mark in FineWeb.
      const std::string own = rule == "c4-quality" ? "terminal_mark: false" : settings;
      chains.emplace_back(std::vector<std::string>{rule}, Config::parse(own, "bench"));
    }
  int64_t bytes = 0;
  size_t kept = 0;
  for (auto _ : state) {
    kept = 0;
    for (const std::string& text : texts) {
      if (stops) {
        kept += whole.check(text).kept() ? 1 : 0;
      } else {
        bool all = true;
        for (const RuleChain& chain : chains) all = chain.check(text).kept() && all;
        kept += all ? 1 : 0;
      }
      bytes += static_cast<int64_t>(text.size());
    }
  }
  state.SetBytesProcessed(bytes);
  state.counters["texts"] = static_cast<double>(texts.size());
  state.counters["kept"] = static_cast<double>(kept);
}

void add(const std::string& name, const std::vector<std::string>& rules, const std::string& settings, bool stops) {
  for (const int language : {0, 1})
    benchmark::RegisterBenchmark((name + (language == 0 ? "/korean" : "/english")).c_str(),
                                 [=](benchmark::State& state) { run(state, rules, settings, stops); })
        ->Arg(language)
        ->Unit(benchmark::kMillisecond);
}

const bool registered = [] {
  if (const char* folder = std::getenv("MORU_BENCH_DUMP"); folder != nullptr) {
    for (const int language : {0, 1}) {
      std::string lines;
      for (const std::string& text : texts_of(language)) lines += moru::dump_json({{"text", text}}) + "\n";
      moru::write_file_atomic(fs::path(folder) / (language == 0 ? "korean.jsonl" : "english.jsonl"), lines);
    }
  }
  add("gopher_repetition", {"gopher-repetition"}, "", true);
  add("gopher_quality", {"gopher-quality"}, "", true);
  add("c4_quality", {"c4-quality"}, "terminal_mark: false", true);
  add("fineweb_quality", {"fineweb-quality"}, "", true);
  add("fineweb_chain", {"gopher-repetition", "gopher-quality", "c4-quality", "fineweb-quality"}, "", false);
  add("fineweb_chain_stops", {"fineweb"}, "", true);
  add("fineweb2_chain_morphemes_stops", {"fineweb-2"}, "language: kor_Hang\nwords: morpheme", true);
  return true;
}();

}  // namespace
