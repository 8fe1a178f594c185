// A tokenizer.json: any bytes give a tokenizer or an Error; one that was read is written and read the same, and encodes
// any text the same; its tokens are in range.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const moru::text::TokenizerParts parts = moru::text::read_tokenizer_json(text, "tokenizer.json");
    const std::string written = write_tokenizer_json(parts);
    if (write_tokenizer_json(moru::text::read_tokenizer_json(written, "written")) != written) std::abort();
    const auto first = moru::text::Tokenizer::from_parts(parts);
    const auto second = moru::text::Tokenizer::from_json(written, "written");
    const std::string samples[] = {"", "\uBAA8\uB8E8 the ababab 12\n",
                                   "  <s> It's 3.14\t\xFF\xE3\x81 \u2581a</s>\r\n\n x",
                                   std::string(300, ' ') + std::string(300, 'a')};
    for (const std::string& sample : samples) {
      const auto tokens = first.encode_with_specials(sample, true);
      if (second.encode_with_specials(sample, true) != tokens) std::abort();
      for (const auto token : tokens) {
        if (static_cast<size_t>(token) >= first.vocabulary_size()) std::abort();
      }
      if (first.decode(tokens) != second.decode(first.encode_with_specials(sample, true))) std::abort();
      first.encode(sample);
    }
  } catch (const moru::Error&) {
  }
  return 0;
}
