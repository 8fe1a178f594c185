// Members of containers: each is read by its own format.
#include "collect/extractor.h"

namespace moru::collect {

void extract_member(const Input& container, std::string_view name, std::string_view bytes, Output& output) {
  if (container.depth >= container.source.extract.archive_depth)
    throw Unreadable("archive-limit", std::string(name) + ": containers in containers, deeper than archive_depth");
  Output inner;
  const Extractor* const extractor = extractor_for(name, bytes.substr(0, 4096));
  try {
    if (extractor == nullptr) throw Unreadable("unknown-format", "");
    extractor->extract({name, bytes, {0, bytes.size()}, container.source, container.depth + 1}, inner);
  } catch (const Unreadable& problem) {
    inner.set_aside.push_back(problem);
  }
  for (data::Document& document : inner.documents) {
    document.source.member =
        document.source.member.empty() ? std::string(name) : std::string(name) + "!/" + document.source.member;
    output.documents.push_back(std::move(document));
  }
  for (const Unreadable& problem : inner.set_aside) {
    const std::string detail = problem.what();
    output.set_aside.emplace_back(problem.reason(),
                                  detail.empty() ? std::string(name) : std::string(name) + ": " + detail);
  }
}

}  // namespace moru::collect
