// A tokenizer.json: any bytes give a tokenizer or an Error; one that was read is written and read the same, and what it
// encodes it decodes.
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
    const std::string written = write_tokenizer_json(moru::text::read_tokenizer_json(text, "tokenizer.json"));
    if (write_tokenizer_json(moru::text::read_tokenizer_json(written, "written")) != written) std::abort();
    const auto tokenizer = moru::text::Tokenizer::from_json(written, "written");
    const std::string sample = "모루 the ababab 12\n";
    if (tokenizer.decode(tokenizer.encode(sample)) != sample) std::abort();
  } catch (const moru::Error&) {
  }
  return 0;
}
