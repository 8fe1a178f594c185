// JSON with errors that name the place. The library's heavy header stays in the .cpp files that build or take JSON apart.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace moru {

/// Keys are kept sorted, so that equal values print equal bytes.
using Json = nlohmann::json;

/// Throws Error naming `place` and the byte where the text stops being JSON.
Json parse_json(std::string_view text, std::string_view place);

/// Throws Error naming the file.
Json read_json_file(const std::filesystem::path& path);

/// Compact if indent < 0. Non-ASCII is kept; a string that is not UTF-8 gets U+FFFD.
std::string dump_json(const Json& value, int indent = -1);

/// The member's value, or an Error that names `place`, the key and the type that was expected.
std::string json_text(const Json& object, std::string_view key, std::string_view place);
int64_t json_integer(const Json& object, std::string_view key, std::string_view place);
double json_number(const Json& object, std::string_view key, std::string_view place);

}  // namespace moru
