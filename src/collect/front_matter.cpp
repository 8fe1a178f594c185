#include "collect/front_matter.h"

#include <yaml-cpp/yaml.h>

namespace moru::collect {
namespace {

constexpr size_t kMaxBytes = 65536;  // longer front matter is a document of its own
constexpr size_t kMaxKeys = 64;
constexpr int kMaxFlowNesting = 50;  // brackets: yaml-cpp calls itself for each

bool nests_too_deep(std::string_view yaml) {
  int depth = 0;
  for (const char c : yaml) {
    depth += c == '[' || c == '{';
    depth -= c == ']' || c == '}';
    if (depth > kMaxFlowNesting) return true;
  }
  // Block nesting: "- - - -" in one line, or ever deeper indentation.
  for (size_t begin = 0; begin < yaml.size();) {
    const size_t end = std::min(yaml.find('\n', begin), yaml.size());
    const std::string_view line = yaml.substr(begin, end - begin);
    if (std::ranges::count(line.substr(0, std::min(line.find_first_not_of(" -?:\t"), line.size())), ' ') >
        2 * kMaxFlowNesting)
      return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

std::pair<std::string_view, std::string> read_front_matter(std::string_view text, DocumentBuilder& builder) {
  if (!text.starts_with("---\n")) return {text, ""};
  const size_t close = std::min(text.find("\n---\n", 3), text.find("\n...\n", 3));
  const bool at_end = close == std::string_view::npos && text.ends_with("\n---");
  if (close == std::string_view::npos && !at_end) return {text, ""};
  const size_t end = at_end ? text.size() - 4 : close;
  const std::string_view yaml = text.substr(std::min<size_t>(4, end + 1), end - std::min<size_t>(3, end));
  if (yaml.size() > kMaxBytes || nests_too_deep(yaml)) return {text, ""};
  std::string title;
  try {
    const YAML::Node node = YAML::Load(std::string(yaml));
    if (!node.IsMap()) return {text, ""};
    size_t keys = 0;
    for (const auto& item : node) {
      if (!item.first.IsScalar() || ++keys > kMaxKeys) continue;
      const std::string& key = item.first.Scalar();
      if (item.second.IsScalar()) builder.metadata(key, item.second.Scalar());
      if (item.second.IsScalar() && key == "title") title = item.second.Scalar();
      if (item.second.IsSequence())
        for (const auto& part : item.second)
          if (part.IsScalar()) builder.metadata_line(key, part.Scalar());
    }
  } catch (const YAML::Exception&) {
    return {text, ""};  // a rule and a text, not front matter
  }
  return {text.substr(std::min(end + 5, text.size())), title};
}

}  // namespace moru::collect
