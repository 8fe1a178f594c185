// A tokenizer in a GGUF file's metadata: any bytes give a tokenizer or an Error; its tokens are in range, and the
// tokenizer.json that is written of it is one, and gives the same tokens where all tokens are UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "model/gguf_tokenizer.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"
#include "text/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const model::GgufFile file(bytes, "fuzz");
    const std::optional<text::TokenizerParts> parts = model::tokenizer_parts_of(file);
    if (!parts) return 0;
    bool all_text = true;
    for (size_t id = 0; id < parts->bytes.size(); ++id) {
      const std::string name = parts->name(static_cast<text::Token>(id));
      all_text = all_text && text::valid_utf8_length(name) == name.size();
    }
    const auto tokenizer = text::Tokenizer::from_parts(*parts);
    std::optional<text::Tokenizer> written;
    if (all_text) written = text::Tokenizer::from_json(text::write_tokenizer_json(*parts), "written");
    const std::string samples[] = {"", "\uBAA8\uB8E8 the ababab 12\n",
                                   "  <s> It's 3.14\t\xFF\xE3\x81 \u2581a</s>\r\n\n x",
                                   std::string(300, ' ') + std::string(300, 'a')};
    for (const std::string& sample : samples) {
      const std::vector<text::Token> tokens = tokenizer.encode_with_specials(sample, true);
      for (const text::Token token : tokens)
        if (static_cast<size_t>(token) >= tokenizer.vocabulary_size()) std::abort();
      tokenizer.decode(tokens);
      if (written && written->encode_with_specials(sample, true) != tokens) std::abort();
    }
  } catch (const Error&) {
  }
  return 0;
}
