#include "text/tokenizer_parts.h"

#include "text/byte_level.h"
#include "text/pretokenizer.h"

namespace moru::text {

TokenizerPipeline::TokenizerPipeline() {
  normalizer.emplace_back();
  PretokenizerStep split;
  split.kind = PretokenizerStep::Kind::split;
  split.pattern = {true, std::string(kPretokenizerPattern)};
  pretokenizer.push_back(std::move(split));
  pretokenizer.emplace_back();
  decoder.emplace_back();
}

std::string TokenizerParts::name(Token token) const {
  const auto id = static_cast<size_t>(token);
  const bool is_literal = !pipeline.is_byte_level() || (id < literal.size() && literal[id]) ||
                          std::ranges::binary_search(added, token, {}, &AddedToken::id);
  return is_literal ? bytes[id] : to_byte_level(bytes[id]);
}

void TokenizerParts::set_name(Token token, std::string_view name) {
  const auto id = static_cast<size_t>(token);
  if (!pipeline.is_byte_level()) {
    bytes[id] = name;
  } else if (std::optional<std::string> plain = from_byte_level(name)) {
    bytes[id] = *std::move(plain);
  } else {
    literal.resize(bytes.size());
    literal[id] = true;
    bytes[id] = name;
  }
}

}  // namespace moru::text
