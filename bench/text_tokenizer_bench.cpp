// Encoding with a given tokenizer, one thread, and training on a given file: what text_tokenizer_peer.py and
// text_trainer_peer.py compare with Hugging Face's. MORU_BENCH_TOKENIZER: a tokenizer.json. MORU_BENCH_TEXTS: a file of
// JSON, a list of texts. MORU_BENCH_CORPUS: a text a line.
#include <benchmark/benchmark.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "text/bpe_trainer.h"
#include "text/tokenizer.h"

namespace {

void encode(benchmark::State& state) {
  const char* tokenizer_path = std::getenv("MORU_BENCH_TOKENIZER");
  const char* texts_path = std::getenv("MORU_BENCH_TEXTS");
  if (tokenizer_path == nullptr || texts_path == nullptr) {
    state.SkipWithError("set MORU_BENCH_TOKENIZER and MORU_BENCH_TEXTS, or run text_tokenizer_peer.py");
    return;
  }
  const auto tokenizer = moru::text::Tokenizer::from_json(moru::read_file(tokenizer_path), tokenizer_path);
  const auto texts = moru::read_json_file(texts_path).get<std::vector<std::string>>();
  size_t bytes = 0, tokens = 0;
  for (auto _ : state) {
    bytes = tokens = 0;
    for (const std::string& text : texts) {
      tokens += tokenizer.encode_with_specials(text).size();
      bytes += text.size();
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
  state.counters["tokens"] = static_cast<double>(tokens);
}

void train(benchmark::State& state) {
  const char* corpus = std::getenv("MORU_BENCH_CORPUS");
  if (corpus == nullptr) {
    state.SkipWithError("set MORU_BENCH_CORPUS, or run text_trainer_peer.py");
    return;
  }
  moru::text::BpeOptions options;
  options.vocabulary_size = 32000;
  options.superword_share = 0;
  moru::SilentProgress progress;
  for (auto _ : state) {
    const std::string json = moru::text::train_bpe(
        options,
        [&](const std::function<void(std::string_view)>& use) {
          std::ifstream file(corpus);
          for (std::string line; std::getline(file, line);) use(line);
        },
        progress);
    state.counters["bytes"] = static_cast<double>(json.size());
  }
}

BENCHMARK(train)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);
BENCHMARK(encode)->Unit(benchmark::kMillisecond)->MinTime(0.7);

}  // namespace
