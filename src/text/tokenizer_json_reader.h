// What the readers of tokenizer.json's parts share: members of JSON values, and errors that name their place.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/json.h"
#include "text/tokenizer_parts.h"

namespace moru::text {

class TokenizerJsonReader {
 public:
  explicit TokenizerJsonReader(std::string_view place) : place_(place) {}

  [[noreturn]] void fail(std::string_view where, const std::string& problem) const;
  [[noreturn]] void unlike(std::string_view where, std::string_view expected) const;

  /// The member, or nullptr if it is absent or null.
  static const Json* member(const Json& parent, const char* key);
  /// The member, which must be an object.
  const Json& object(const Json& parent, const char* key, std::string_view where) const;
  /// The member "type"; empty if there is none.
  static std::string type_of(const Json& value);
  /// The member; `otherwise` if it is absent or null.
  bool flag(const Json& parent, const char* key, bool otherwise, std::string_view where) const;
  /// The member, which must be valid UTF-8.
  std::string text(const Json& parent, const char* key, std::string_view where) const;
  Token id(const Json& value, std::string_view where) const;

 private:
  std::string place_;
};

/// Reads normalizer, pre_tokenizer, post_processor and decoder.
void read_pipeline(const TokenizerJsonReader& reader, const Json& root, TokenizerPipeline& pipeline);

}  // namespace moru::text
