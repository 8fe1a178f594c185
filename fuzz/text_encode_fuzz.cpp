// Encoding and decoding: any bytes come back as their normal form C; the linear way and the heap find the same tokens.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "text/bpe.h"
#include "text/bpe_trainer.h"
#include "text/char_class.h"
#include "text/pretokenizer.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"

namespace {

using namespace moru::text;

std::string train() {
  BpeOptions options;
  options.vocabulary_size = 700;
  options.special_tokens = exaone_special_tokens();
  moru::SilentProgress progress;
  return train_bpe(
      options,
      [](const std::function<void(std::string_view)>& use) {
        for (int i = 0; i < 2; ++i) {
          use("표를 만들려면 삽입 메뉴에서 표를 선택하고 the table is made of rows and columns aaaa abab bababab.");
          use("셀을 선택한 다음 서식 - 셀을 클릭합니다. int main() { return 0; }\n\n  and so on and so on");
        }
      },
      progress);
}

struct Fixture {
  Tokenizer tokenizer;
  Bpe bpe;
};

const Fixture& fixture() {
  static const Fixture made = [] {
    const std::string json = train();
    const TokenizerParts parts = read_tokenizer_json(json, "trained");
    std::array<Token, 256> byte_tokens{};
    for (unsigned b = 0; b < 256; ++b) byte_tokens[b] = static_cast<Token>(80 + b);
    return Fixture{Tokenizer::from_json(json, "trained"), Bpe(byte_tokens, parts.merges)};
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Tokenizer& tokenizer = fixture().tokenizer;
  std::string storage;
  const std::string_view normal = normalized_nfc(text, storage);
  if (tokenizer.decode(tokenizer.encode(text), false) != normal) std::abort();
  const std::string marked = tokenizer.decode(tokenizer.encode_with_specials(text), false);
  if (tokenizer.decode(tokenizer.encode_with_specials(marked), false) != marked) std::abort();

  BpeScratch scratch;
  std::vector<Token> linear, merged;
  fixture().bpe.encode(text, linear, scratch);
  fixture().bpe.encode_by_merging(text, merged, scratch);
  if (linear != merged) std::abort();
  return 0;
}
