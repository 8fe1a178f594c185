// JSON Lines: one document a line.
#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/json_record.h"

namespace moru::collect {

void extract_jsonl(const Input& input, Output& output) {
  const std::string_view bytes = input.bytes;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    throw Unreadable("invalid-encoding", "JSON Lines must be UTF-8 (RFC 8259), this is UTF-16", {0, 2});
  size_t begin = input.part.begin;
  if (begin == 0 && bytes.starts_with("\xEF\xBB\xBF")) begin = 3;
  if (begin > 0 && bytes[begin - 1] != '\n' && begin != 3)
    begin = std::min(bytes.find('\n', begin), bytes.size() - 1) + 1;
  while (begin < std::min<size_t>(input.part.end, bytes.size())) {
    const size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = bytes.substr(begin, end - begin);
    const data::Range range{begin, end};
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      output.documents.push_back(json_record(decode(line, {}, range.begin).text, range, input.source));
    } catch (const Unreadable& problem) {
      output.set_aside.emplace_back(problem.reason(), problem.what(), range);
    }
  }
}

}  // namespace moru::collect
