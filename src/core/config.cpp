#include "core/config.h"

#include <yaml-cpp/yaml.h>

#include <set>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "core/nearest.h"

namespace moru {

struct Config::Mapping {
  YAML::Node node;
  std::string file;
  int line = 0;
  std::set<std::string, std::less<>> asked;
  // Kept so that two views of one section share what was asked, and finish() reaches every depth.
  std::map<std::string, std::vector<std::shared_ptr<Mapping>>, std::less<>> children;

  YAML::Node find(std::string_view key) {
    asked.emplace(key);
    if (!node.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
    for (const auto& item : node)
      if (item.first.Scalar() == key) return item.second;
    return YAML::Node(YAML::NodeType::Undefined);
  }
};

namespace {

std::string place_of(const std::string& file, int line) {
  return line > 0 ? fmt::format("{}:{}", file, line) : file;
}

Error wrong_value(const std::string& place, std::string_view key, std::string_view expected, const std::string& got) {
  return Error(
      place,
      fmt::format(fmt::runtime(tr("\"{}\" must be {}, not \"{}\"", "\"{}\" 값은 {}이어야 합니다. 지금은 \"{}\"입니다")),
                  key, expected, got),
      std::string(tr("correct the value; docs/recipe.md lists every key",
                     "값을 고치세요. docs/recipe.md에 모든 키가 있습니다")));
}

std::string shown(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  if (node.IsNull()) return "null";
  return node.IsSequence() ? "[...]" : "{...}";
}

}  // namespace

Config::Config(std::shared_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
Config::Config(const Config&) = default;
Config& Config::operator=(const Config&) = default;
Config::~Config() = default;

Config Config::load(const fs::path& path) {
  return parse(read_file(path), path.string());
}

Config Config::parse(const std::string& text, const std::string& place) {
  auto mapping = std::make_shared<Mapping>();
  mapping->file = place;
  try {
    mapping->node = YAML::Load(text);
  } catch (const YAML::Exception& e) {
    throw Error(place_of(place, e.mark.line + 1),
                fmt::format("{}: {}", tr("not valid YAML", "올바른 YAML이 아닙니다"), e.msg),
                std::string(tr("look at the indentation and the quotes near that line",
                               "그 줄 근처의 들여쓰기와 따옴표를 확인하세요")));
  }
  if (mapping->node.IsNull()) mapping->node = YAML::Node(YAML::NodeType::Map);
  if (!mapping->node.IsMap())
    throw Error(place,
                std::string(tr("the top of the file must be keys and values", "파일의 맨 위는 키와 값이어야 합니다")),
                std::string(tr("write it as \"key: value\" lines", "\"키: 값\" 줄로 적으세요")));
  return Config(std::move(mapping));
}

bool Config::has(std::string_view key) const {
  return mapping_->find(key).IsDefined();
}

std::filesystem::path Config::folder() const {
  return std::filesystem::path(mapping_->file).parent_path();
}

bool Config::mentions(std::string_view key) const {
  if (!mapping_->node.IsMap()) return false;
  for (const auto& item : mapping_->node)
    if (item.first.Scalar() == key) return true;
  return false;
}

std::string Config::place(std::string_view key) const {
  if (!key.empty()) {
    const YAML::Node node = mapping_->find(key);
    if (node.IsDefined()) return place_of(mapping_->file, node.Mark().line + 1);
  }
  return place_of(mapping_->file, mapping_->line);
}

std::string Config::text(std::string_view key) const {
  if (!has(key))
    throw Error(
        place(), fmt::format(fmt::runtime(tr("the key \"{}\" is missing", "\"{}\" 키가 없습니다")), key),
        std::string(tr("add it; docs/recipe.md lists every key", "추가하세요. docs/recipe.md에 모든 키가 있습니다")));
  return text(key, "");
}

std::string Config::text(std::string_view key, std::string_view fallback) const {
  const YAML::Node node = mapping_->find(key);
  if (!node.IsDefined()) return std::string(fallback);
  if (!node.IsScalar()) throw wrong_value(place(key), key, tr("a text", "글"), shown(node));
  return node.Scalar();
}

std::string Config::choice(std::string_view key, std::string_view fallback,
                           const std::vector<std::string>& choices) const {
  std::string value = text(key, fallback);
  if (std::ranges::find(choices, value) != choices.end()) return value;
  const Error error = wrong_value(place(key), key,
                                  fmt::format("{} {}", tr("one of", "다음 중 하나:"), fmt::join(choices, ", ")), value);
  const std::string nearest = nearest_name(value, choices);
  if (nearest.empty()) throw error;
  throw Error(error.place(), error.problem(),
              fmt::format(fmt::runtime(tr("did you mean \"{}\"? {}", "\"{}\"을(를) 쓰려던 것인가요? {}")), nearest,
                          error.mend()));
}

int64_t Config::integer(std::string_view key, int64_t fallback, int64_t min, int64_t max) const {
  const YAML::Node node = mapping_->find(key);
  if (!node.IsDefined()) return fallback;
  int64_t value = 0;
  if (!node.IsScalar() || !YAML::convert<int64_t>::decode(node, value) || value < min || value > max) {
    const std::string range =
        max == std::numeric_limits<int64_t>::max()
            ? fmt::format(fmt::runtime(tr("a whole number of {} or more", "{} 이상의 정수")), min)
            : fmt::format(fmt::runtime(tr("a whole number from {} to {}", "{}에서 {}까지의 정수")), min, max);
    throw wrong_value(place(key), key, range, shown(node));
  }
  return value;
}

double Config::number(std::string_view key, double fallback, double min, double max) const {
  const YAML::Node node = mapping_->find(key);
  if (!node.IsDefined()) return fallback;
  double value = 0;
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, value) || !(value >= min && value <= max))
    throw wrong_value(place(key), key,
                      fmt::format(fmt::runtime(tr("a number from {} to {}", "{}에서 {}까지의 수")), min, max),
                      shown(node));
  return value;
}

bool Config::flag(std::string_view key, bool fallback) const {
  const YAML::Node node = mapping_->find(key);
  if (!node.IsDefined()) return fallback;
  // Only true and false: YAML 1.1's "no" and "off" surprise people who meant a text.
  if (node.IsScalar() && node.Scalar() == "true") return true;
  if (node.IsScalar() && node.Scalar() == "false") return false;
  throw wrong_value(place(key), key, tr("true or false", "true 또는 false"), shown(node));
}

std::vector<std::string> Config::texts(std::string_view key, const std::vector<std::string>& fallback) const {
  const YAML::Node node = mapping_->find(key);
  if (!node.IsDefined()) return fallback;
  if (node.IsScalar()) return {node.Scalar()};
  if (!node.IsSequence()) throw wrong_value(place(key), key, tr("a list of texts", "글의 목록"), shown(node));
  std::vector<std::string> values;
  for (const auto& item : node) {
    if (!item.IsScalar()) throw wrong_value(place(key), key, tr("a list of texts", "글의 목록"), shown(item));
    values.push_back(item.Scalar());
  }
  return values;
}

Config Config::section(std::string_view key) const {
  const YAML::Node node = mapping_->find(key);
  const auto known = mapping_->children.find(key);
  if (known != mapping_->children.end() && known->second.size() == 1) return Config(known->second.front());
  if (node.IsDefined() && !node.IsMap() && !node.IsNull())
    throw wrong_value(place(key), key, tr("keys and values", "키와 값"), shown(node));
  auto child = std::make_shared<Mapping>();
  child->file = mapping_->file;
  child->line = node.IsDefined() ? node.Mark().line + 1 : mapping_->line;
  child->node.reset(node.IsDefined() && node.IsMap() ? node : YAML::Node(YAML::NodeType::Map));
  mapping_->children[std::string(key)] = {child};
  return Config(std::move(child));
}

std::vector<Config> Config::sections(std::string_view key) const {
  const YAML::Node node = mapping_->find(key);
  if (!node.IsDefined()) return {};
  if (node.IsMap()) return {section(key)};
  if (!node.IsSequence()) throw wrong_value(place(key), key, tr("a list of mappings", "매핑의 목록"), shown(node));
  auto& children = mapping_->children[std::string(key)];
  if (children.empty()) {
    for (const auto& item : node) {
      if (!item.IsMap()) throw wrong_value(place(key), key, tr("a list of mappings", "매핑의 목록"), shown(item));
      auto child = std::make_shared<Mapping>();
      child->file = mapping_->file;
      child->line = item.Mark().line + 1;
      child->node.reset(item);
      children.push_back(std::move(child));
    }
  }
  std::vector<Config> views;
  for (const auto& child : children) views.push_back(Config(child));
  return views;
}

void Config::finish() const {
  std::set<std::string, std::less<>> seen;
  for (const auto& item : mapping_->node) {
    const std::string& key = item.first.Scalar();
    const std::string at = place_of(mapping_->file, item.first.Mark().line + 1);
    if (!seen.insert(key).second)
      throw Error(at, fmt::format(fmt::runtime(tr("the key \"{}\" is given twice", "\"{}\" 키가 두 번 나옵니다")), key),
                  std::string(tr("keep one of them", "하나만 남기세요")));
    if (mapping_->asked.contains(key)) continue;
    std::string mend = fmt::format(fmt::runtime(tr("known keys here: {}", "여기서 쓸 수 있는 키: {}")),
                                   fmt::join(mapping_->asked, ", "));
    const std::string nearest = nearest_name(key, {mapping_->asked.begin(), mapping_->asked.end()});
    if (!nearest.empty())
      mend =
          fmt::format(fmt::runtime(tr("did you mean \"{}\"? {}", "\"{}\"을(를) 쓰려던 것인가요? {}")), nearest, mend);
    throw Error(at, fmt::format(fmt::runtime(tr("unknown key \"{}\"", "알 수 없는 키 \"{}\"")), key), mend);
  }
  for (const auto& [key, children] : mapping_->children)
    for (const auto& child : children) Config(child).finish();
}

}  // namespace moru
