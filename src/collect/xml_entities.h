// The parts of XML that are settled before the tree is built: entities of the document type, and where markup ends.
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// Replaces references to the general entities that the internal subset of the document type declares, and to the usual
/// named characters of XHTML and DocBook where there is a document type. `limit`: most bytes that this may add. Throws
/// Unreadable("xml-entities") past it, or where an entity is part of itself.
std::string expand_entities(std::string text, size_t limit, std::string_view name);

/// Behind the comment, CDATA section, processing instruction or document type that begins at `at`, text.size() if it
/// does not end; `at` itself if none begins there.
size_t xml_skip(std::string_view text, size_t at);

}  // namespace moru::collect
