// What a server says a file is, as the ending that a file's name would have.
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// The usual ending of a media type ("text/html; charset=utf-8" -> ".html"); empty for one that says nothing (unknown,
/// application/octet-stream, text/plain, which servers say of any file whose ending they do not know).
std::string_view ending_of_media_type(std::string_view media_type);

/// The path as a file of that media type would be called: "docs/" as HTML is "docs/index.html", "a.php" is
/// "a.php.html". Without a media type that says something, the path itself.
std::string name_for_media_type(std::string_view path, std::string_view media_type);

}  // namespace moru::collect
