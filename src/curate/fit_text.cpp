// What fitting found, for a person and for a recipe.
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/fit.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

std::string padded(const std::string& cell, size_t width, bool right) {
  const size_t columns = text::display_width(cell);
  const std::string space(columns < width ? width - columns : 0, ' ');
  return right ? space + cell : cell + space;
}

std::string table(const std::vector<std::vector<std::string>>& rows, size_t left_columns) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], text::display_width(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : "  ") + padded(row[i], widths[i], i >= left_columns);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string share(uint64_t part, uint64_t whole) {
  return fmt::format("{} ({:.1f} %)", part,
                     whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

Json cost_json(const FitCost& cost) {
  return {{"documents", cost.documents}, {"by_language", cost.by_language}, {"by_source", cost.by_source}};
}

std::string number(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return fmt::format("{}", static_cast<int64_t>(value));
  return fmt::format("{:.4g}", value);
}

void add_examples(const FittedLimit& limit, std::string& out) {
  const auto list = [&](const char* side, std::string_view title) {
    if (!limit.details.contains(side) || limit.details.at(side).empty()) return;
    out += fmt::format("  {}\n", title);
    for (const Json& e : limit.details.at(side)) {
      std::string text = e.at("text").get<std::string>();
      size_t end = 0;
      for (int characters = 0; end < text.size() && characters < 90; ++characters) text::next_code_point(text, end);
      out += fmt::format("    {:>9}  {}  {}\n               {}\n", number(e.at("value").get<double>()),
                         e.at("document").get<std::string>().substr(0, 12), e.at("uri").get<std::string>(),
                         text.substr(0, end));
    }
  };
  out += fmt::format("\n{}.{} {} {}\n", limit.rule, limit.key, limit.most ? "<=" : ">=", number(limit.proposed));
  list("kept", tr("nearest that stay", "남는 쪽에서 가장 가까운 문서"));
  list("taken", tr("nearest that would go", "빠지는 쪽에서 가장 가까운 문서"));
}

}  // namespace

Json to_json(const FitReport& report) {
  Json limits = Json::array();
  for (const FittedLimit& l : report.limits) {
    Json json = {{"rule", l.rule},           {"key", l.key},           {"bound", l.most ? "most" : "least"},
                 {"in_recipe", l.in_recipe}, {"off", l.off},           {"limit", l.limit},
                 {"cost", l.cost},           {"proposed", l.proposed}, {"proposed_cost", l.proposed_cost},
                 {"measured", l.measured}};
    for (const char* key : {"curve", "quantiles", "histogram", "kept", "taken"})
      if (l.details.contains(key)) json[key] = l.details.at(key);
    limits.push_back(std::move(json));
  }
  return {{"documents", report.documents},        {"measured", report.measured},
          {"languages", report.languages},        {"sources", report.sources},
          {"present", cost_json(report.present)}, {"proposed", cost_json(report.proposed)},
          {"limits", std::move(limits)}};
}

std::string fit_text(const FitReport& report, bool examples) {
  std::string out =
      fmt::format(fmt::runtime(tr("{} documents measured of {}\n\n", "문서 {1}개 가운데 {0}개를 쟀습니다\n\n")),
                  report.measured, report.documents);
  std::vector<std::vector<std::string>> rows = {{std::string(tr("limit", "한계")), "", std::string(tr("now", "현재")),
                                                 std::string(tr("would take", "빠지는 문서")),
                                                 std::string(tr("proposed", "제안")),
                                                 std::string(tr("would take", "빠지는 문서"))}};
  std::string rule;
  for (const FittedLimit& l : report.limits) {
    if (l.rule != rule)
      rows.push_back({l.rule + (l.in_recipe ? "" : std::string(tr(" (not in the recipe)", " (레시피에 없음)")))});
    rule = l.rule;
    rows.push_back({"  " + l.key, l.most ? "<=" : ">=", l.off ? std::string(tr("off", "끔")) : number(l.limit),
                    share(l.cost, report.measured), l.off ? std::string(tr("off", "끔")) : number(l.proposed),
                    share(l.proposed_cost, report.measured)});
  }
  rows.push_back({std::string(tr("all together", "모두 합쳐")), "", "",
                  share(report.present.documents, report.measured), "",
                  share(report.proposed.documents, report.measured)});
  out += table(rows, 2);
  const auto groups = [&](std::string_view title, const std::map<std::string, uint64_t>& all,
                          const std::map<std::string, uint64_t>& now, const std::map<std::string, uint64_t>& then) {
    std::vector<std::vector<std::string>> lines = {{std::string(title), std::string(tr("documents", "문서")),
                                                    std::string(tr("taken now", "현재 빠짐")),
                                                    std::string(tr("proposed", "제안대로면"))}};
    for (const auto& group : all) {
      const auto of = [&](const std::map<std::string, uint64_t>& lost) {
        const auto it = lost.find(group.first);
        return share(it == lost.end() ? 0 : it->second, group.second);
      };
      lines.push_back({group.first, fmt::format("{}", group.second), of(now), of(then)});
    }
    out += "\n" + table(lines, 1);
  };
  groups(tr("language", "언어"), report.languages, report.present.by_language, report.proposed.by_language);
  groups(tr("source", "출처"), report.sources, report.present.by_source, report.proposed.by_source);
  if (examples)
    for (const FittedLimit& l : report.limits)
      if (!l.off && l.proposed_cost > 0) add_examples(l, out);
  return out;
}

std::string fit_recipe(const FitReport& report) {
  std::string out, rule;
  for (const FittedLimit& l : report.limits) {
    // What stands in the recipe already need not be said again.
    if (l.off || (l.in_recipe && l.proposed == l.limit)) continue;
    // Limits that `language: auto` gives Korean documents have no keys of their own.
    if (l.key.find(' ') != std::string::npos) continue;
    if (l.rule != rule) out += fmt::format("  {}:\n", l.rule);
    if (l.rule != rule && !l.in_recipe && !report.limit_language.empty())
      out += fmt::format("    language: {}\n", report.limit_language);
    rule = l.rule;
    out += fmt::format("    {}: {}  # {} {}\n", l.key, number(l.proposed), tr("takes", "빠짐"),
                       share(l.proposed_cost, report.measured));
  }
  return out.empty() ? out : "curate:\n" + out;
}

}  // namespace moru::curate
