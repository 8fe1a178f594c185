#include "collect/robots.h"

#include <charconv>

#include "collect/url.h"

namespace moru::collect {
namespace {

constexpr size_t kMostBytes = size_t{500} << 10;
constexpr size_t kMostRules = 20'000, kLongestRule = 2048, kMostSitemaps = 100;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// Product tokens are letters, "-" and "_"; what follows ("/1.0") is a version.
std::string product_of(std::string_view value) {
  size_t end = 0;
  while (end < value.size() &&
         (std::isalpha(static_cast<unsigned char>(value[end])) != 0 || value[end] == '-' || value[end] == '_'))
    ++end;
  return lower(value.substr(0, end));
}

/// Does the pattern match the beginning of the text? Goes back only to the last "*": linear for one "*", and never more
/// than pattern times text.
bool matches(std::string_view pattern, std::string_view text) {
  const bool to_end = pattern.ends_with('$');
  if (to_end) pattern.remove_suffix(1);
  size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (true) {
    if (p == pattern.size()) {
      if (!to_end || t == text.size()) return true;
    } else if (pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    } else if (t < text.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
      continue;
    }
    if (star == std::string_view::npos || resume >= text.size()) return false;
    p = star + 1;
    t = ++resume;
  }
}

}  // namespace

Robots Robots::nothing() {
  Robots robots;
  robots.rules_.push_back({"/", false});
  return robots;
}

Robots Robots::parse(std::string_view text, std::string_view product) {
  text = text.substr(0, kMostBytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string wanted = lower(product);
  Robots ours, any;
  bool named = false;                                      // some group names us
  bool for_us = false, for_any = false, in_names = false;  // of the group that is being read
  std::vector<std::string> sitemaps;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\n\r"), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string key = lower(trimmed(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (key == "user-agent") {
      if (!in_names) for_us = for_any = false;
      in_names = true;
      if (value == "*") for_any = true;
      if (product_of(value) == wanted) for_us = named = true;
      continue;
    }
    if (key == "sitemap") {
      if (sitemaps.size() < kMostSitemaps) sitemaps.emplace_back(value);
      continue;  // belongs to no group and ends none
    }
    const bool rule = key == "allow" || key == "disallow";
    if (!rule && key != "crawl-delay") continue;
    in_names = false;
    for (auto [chosen, robots] : {std::pair(for_us, &ours), std::pair(for_any, &any)}) {
      if (!chosen) continue;
      if (!rule) {
        double seconds = 0;
        const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (error == std::errc() && seconds > 0 && seconds < 1e6) robots->crawl_delay_ = seconds;
      } else if (!value.empty() && value.size() <= kLongestRule && robots->rules_.size() < kMostRules) {
        robots->rules_.push_back({normal_percent(value), key == "allow"});
      }
    }
  }
  Robots& result = named ? ours : any;
  result.sitemaps_ = std::move(sitemaps);
  return std::move(result);
}

bool Robots::allows(std::string_view target) const {
  if (target == "/robots.txt") return true;
  const std::string normal = normal_percent(target);
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    const bool longer = best == nullptr || rule.pattern.size() > best->pattern.size() ||
                        (rule.pattern.size() == best->pattern.size() && rule.allow && !best->allow);
    if (longer && matches(rule.pattern, normal)) best = &rule;
  }
  return best == nullptr || best->allow;
}

}  // namespace moru::collect
