// Long single lines of every kind through tokenizers of every manner: time grows no faster than the line, nothing
// recurses.
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "text/text_samples.h"
#include "text/tokenizer.h"

namespace moru::text {
namespace {

constexpr size_t kShort = 1 << 15, kTimes = 16;

std::string repeated(std::string_view piece, size_t size) {
  std::string line;
  while (line.size() + piece.size() <= size) line += piece;
  return line;
}

std::string random_bytes(size_t size) {
  Random random(9);
  std::string line;
  while (line.size() < size) line += static_cast<char>(random.below(256));
  return line;
}

std::string random_ab(size_t size) {
  Random random(10);
  std::string line;
  while (line.size() < size) line += "ab"[random.below(2)];
  return line;
}

std::map<std::string, std::function<std::string(size_t)>> lines() {
  std::map<std::string, std::function<std::string(size_t)>> made = {{"bytes", random_bytes}, {"ab", random_ab}};
  for (const char* piece : {" ", "a", "A", "1", "'", "\n", "<", "\u2581", "한", "ㅋ", "😀", "e\u0301", "\u0301",
                            "셀 범위를 선택한 다음 and the words go on "}) {
    made[piece] = [piece](size_t size) { return repeated(piece, size); };
  }
  return made;
}

/// Processor time of encoding, the least of some runs.
double seconds(const Tokenizer& tokenizer, const std::string& line, int runs) {
  double least = 1e9;
  for (int i = 0; i < runs; ++i) {
    timespec begin{}, end{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    EXPECT_FALSE(tokenizer.encode_with_specials(line).empty() && line.empty());
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    least = std::min(least, static_cast<double>(end.tv_sec - begin.tv_sec) +
                                static_cast<double>(end.tv_nsec - begin.tv_nsec) * 1e-9);
  }
  return least;
}

/// Quadratic time would be kTimes squared; linear time and the caches of the processor stay under the half of that.
void expect_linear(const Tokenizer& tokenizer, const std::string& name) {
  for (const auto& [kind, make] : lines()) {
    const double little = seconds(tokenizer, make(kShort), 3) + 1e-4;
    const double much = seconds(tokenizer, make(kShort * kTimes), 1);
    EXPECT_LT(much, little * kTimes * kTimes / 2) << name << ", " << kind;
  }
}

TEST(TokenizerLines, GrowNoFasterThanTheLine) {
  const std::filesystem::path folder = std::filesystem::path(MORU_SOURCE_DIR) / "tests/text/manners";
  for (const char* name :
       {"gpt2", "llama3", "smollm", "o200k", "deepseek", "exaone_moe", "llama2", "gemma", "metaspace_first"}) {
    const Json file = read_json_file(folder / (std::string(name) + ".json"));
    expect_linear(Tokenizer::from_json(dump_json(file.at("tokenizer")), name), name);
  }
}

/// Merges of one letter alone are the hardest for the order of merging.
TEST(TokenizerLines, OfOneLetterWithItsOwnMerges) {
  const Tokenizer tokenizer = Tokenizer::from_json(
      trained_on({random_ab(20000), std::string(100, 'a'), repeated("ㅋ", 300), std::string(90, ' ')}, 900), "ab");
  expect_linear(tokenizer, "ab");
  const std::string line = random_ab(1 << 20);
  EXPECT_TRUE(tokenizer.decode(tokenizer.encode(line)) == line);
}

}  // namespace
}  // namespace moru::text
