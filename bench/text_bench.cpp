// Speed of the tokenizer on Korean, English and mixed text: the pages of LibreOffice's Korean help.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "core/file.h"
#include "text/bpe_trainer.h"
#include "text/char_class.h"
#include "text/pretokenizer.h"
#include "text/tokenizer.h"

namespace {

using namespace moru::text;

struct Corpus {
  std::vector<std::string> pages;
  std::string korean, english, mixed;
};

/// The pages without tags. Korean: the lines with Hangul; English: those with ASCII only and a letter.
const Corpus& corpus() {
  static const Corpus made = [] {
    Corpus c;
    const std::filesystem::path root = "/usr/share/libreoffice/help/ko/text";
    if (!std::filesystem::exists(root)) return c;
    for (const auto& path : moru::list_files(root)) {
      std::string page, line;
      bool in_tag = false;
      const auto end_line = [&] {
        const bool ascii = std::ranges::all_of(line, [](char b) { return static_cast<unsigned char>(b) < 0x80; });
        const bool hangul = std::ranges::any_of(line, [](char b) { return (b & 0xF0) == 0xE0; });
        if (hangul) c.korean += line;
        if (ascii && std::ranges::any_of(line, [](char b) { return std::isalpha(static_cast<unsigned char>(b)) != 0; }))
          c.english += line;
        page += line;
        line.clear();
      };
      for (const char b : moru::read_file(root / path)) {
        if (b == '<') in_tag = true;
        if (!in_tag) line += b;
        if (b == '>') in_tag = false;
        if (b == '\n') end_line();
      }
      end_line();
      c.mixed += page;
      c.pages.push_back(std::move(page));
    }
    return c;
  }();
  return made;
}

std::string train() {
  BpeOptions options;
  options.special_tokens = exaone_special_tokens();
  moru::SilentProgress progress;
  return train_bpe(
      options,
      [](const std::function<void(std::string_view)>& use) {
        for (const std::string& page : corpus().pages) use(page);
      },
      progress);
}

const Tokenizer& tokenizer() {
  static const Tokenizer made = Tokenizer::from_json(train(), "trained");
  return made;
}

bool is_ready(benchmark::State& state, const std::string& text) {
  if (!text.empty()) return true;
  state.SkipWithError("install Debian's package libreoffice-help-ko");
  return false;
}

void encode(benchmark::State& state, const std::string& text) {
  if (!is_ready(state, text)) return;
  size_t tokens = tokenizer().encode("").size();
  for (auto _ : state) tokens = tokenizer().encode(text).size();
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["bytes/token"] = static_cast<double>(text.size()) / static_cast<double>(tokens);
}

void decode(benchmark::State& state, const std::string& text) {
  if (!is_ready(state, text)) return;
  const std::vector<Token> tokens = tokenizer().encode(text);
  for (auto _ : state) benchmark::DoNotOptimize(tokenizer().decode(tokens));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

void pretokenize(benchmark::State& state, const std::string& text) {
  if (!is_ready(state, text)) return;
  for (auto _ : state) {
    size_t pieces = 0;
    for_each_pretoken(text, [&](std::string_view) { ++pieces; });
    benchmark::DoNotOptimize(pieces);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

void normalize(benchmark::State& state, const std::string& text) {
  if (!is_ready(state, text)) return;
  std::string storage;
  for (auto _ : state) benchmark::DoNotOptimize(normalized_nfc(text, storage));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

void train_8k(benchmark::State& state) {
  if (!is_ready(state, corpus().mixed)) return;
  for (auto _ : state) benchmark::DoNotOptimize(train());
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * corpus().mixed.size()));
}

void load(benchmark::State& state) {
  const std::string json = train();
  for (auto _ : state) benchmark::DoNotOptimize(Tokenizer::from_json(json, "trained"));
}

BENCHMARK_CAPTURE(encode, korean, corpus().korean)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, english, corpus().english)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, mixed, corpus().mixed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, mixed, corpus().mixed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(pretokenize, mixed, corpus().mixed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(normalize, mixed, corpus().mixed)->Unit(benchmark::kMillisecond);
BENCHMARK(train_8k)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(load)->Unit(benchmark::kMillisecond);

}  // namespace
