// Speed of the word splitters, of Hangul normalisation and of language identification, on the pages of LibreOffice's
// Korean and English help. Beside Kiwi in one run: bench/text_words_kiwi.py.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/file.h"
#include "text/hangul.h"
#include "text/language.h"
#include "text/unicode.h"
#include "text/word_splitter.h"

namespace {

using namespace moru::text;

/// The files of a folder below /usr/share/libreoffice/help without their tags, up to 8 MB; or the file that
/// MORU_WORDS_TEXT names.
const std::string& corpus(const char* language) {
  static const auto read = [](const char* folder) {
    std::string text;
    if (const char* file = std::getenv("MORU_WORDS_TEXT"); file != nullptr) return moru::read_file(file);
    const std::filesystem::path root = std::filesystem::path("/usr/share/libreoffice/help") / folder / "text";
    if (!std::filesystem::exists(root)) return text;
    for (const auto& path : moru::list_files(root)) {
      bool in_tag = false;
      for (const char c : moru::read_file(root / path)) {
        if (c == '<') in_tag = true;
        if (!in_tag) text += c;
        if (c == '>') in_tag = false;
      }
      if (text.size() > size_t{8} << 20) break;
    }
    return repair_utf8(text);
  };
  static const std::string korean = read("ko");
  static const std::string english = read("en-US");
  return std::string_view(language) == "korean" ? korean : english;
}

bool is_ready(benchmark::State& state, const std::string& text) {
  if (!text.empty()) return true;
  state.SkipWithError("install Debian's packages libreoffice-help-ko and libreoffice-help-en-us");
  return false;
}

void words(benchmark::State& state, WordKind kind, const char* language) {
  const std::string& text = corpus(language);
  if (!is_ready(state, text)) return;
  const WordSplitter& splitter = word_splitter(kind);
  std::vector<std::string_view> found;
  for (auto _ : state) {
    found.clear();
    splitter.split(text, found);
    benchmark::DoNotOptimize(found.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["bytes/word"] = static_cast<double>(text.size()) / static_cast<double>(found.size());
}

void hangul(benchmark::State& state) {
  const std::string& text = corpus("korean");
  if (!is_ready(state, text)) return;
  for (auto _ : state) benchmark::DoNotOptimize(normalise_hangul(text, {}));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

void language(benchmark::State& state, const char* name) {
  const std::string& text = corpus(name);
  if (!is_ready(state, text)) return;
  const std::string_view page = std::string_view(text).substr(0, previous_boundary(text, text.size() / 2 + 8192));
  const std::string_view piece = page.substr(previous_boundary(text, page.size() - 8000));
  for (auto _ : state) benchmark::DoNotOptimize(detect_language(piece));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * piece.size()));
}

BENCHMARK_CAPTURE(words, whitespace_korean, WordKind::whitespace, "korean");
BENCHMARK_CAPTURE(words, unicode_korean, WordKind::unicode, "korean");
BENCHMARK_CAPTURE(words, morpheme_korean, WordKind::morpheme, "korean");
BENCHMARK_CAPTURE(words, whitespace_english, WordKind::whitespace, "english");
BENCHMARK_CAPTURE(words, unicode_english, WordKind::unicode, "english");
BENCHMARK_CAPTURE(words, morpheme_english, WordKind::morpheme, "english");
BENCHMARK(hangul);
BENCHMARK_CAPTURE(language, korean, "korean");
BENCHMARK_CAPTURE(language, english, "english");

}  // namespace
