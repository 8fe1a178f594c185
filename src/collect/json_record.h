// Records with named members, as JSON and tables hold them: which member is the text, and what becomes metadata.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "collect/source.h"
#include "data/document.h"

namespace moru::collect {

/// The usual names of a record's text, title and id, in order of preference.
inline constexpr std::array<std::string_view, 8> kTextNames = {"text", "content", "body",     "document",
                                                               "본문", "내용",    "본문내용", "기사내용"};
inline constexpr std::array<std::string_view, 7> kTitleNames = {"title", "name",     "headline", "subject",
                                                                "제목",  "기사제목", "이름"};
inline constexpr std::array<std::string_view, 3> kIdNames = {"id", "doc_id", "uuid"};

/// Puts a short value into the metadata, unless there are 32 already.
void add_metadata(data::Document& document, const std::string& key, std::string value);

/// The document of one JSON object. Its text is the member that the source names, or the first of the usual names;
/// short members of other names become metadata. Throws Unreadable, with `range`: "not-json", "no-text-field",
/// "no-text". `text`: UTF-8.
data::Document json_record(const std::string& text, data::Range range, const FolderSource& source);

}  // namespace moru::collect
