#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/curate.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

std::string padded(std::string_view cell, size_t width, bool right) {
  const std::string space(width - std::min(width, text::display_width(cell)), ' ');
  return right ? space + std::string(cell) : std::string(cell) + space;
}

/// 12345 as "12,345".
std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

}  // namespace

std::string funnel_text(const std::vector<FunnelRow>& funnel) {
  using Row = std::array<std::string, 6>;
  std::vector<Row> rows;
  rows.push_back({std::string(tr("rule", "규칙")), std::string(tr("in", "입력")), std::string(tr("dropped", "버림")),
                  std::string(tr("changed", "고침")), std::string(tr("out", "남음")),
                  std::string(tr("limit", "기준"))});
  const auto number = [](uint64_t n) { return n == 0 ? std::string("-") : grouped(n); };
  for (const FunnelRow& row : funnel)
    rows.push_back({row.rule, grouped(row.in), number(row.dropped), number(row.changed), grouped(row.out), row.limit});
  std::array<size_t, 6> widths{};
  for (const Row& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text::display_width(row[i]));

  std::string table;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line = padded(rows[r][0], widths[0], false);
    for (size_t i = 1; i < 5; ++i) line += "  " + padded(rows[r][i], widths[i], true);
    table += line + "  " + rows[r][5] + "\n";
    if (r > 0) continue;
    for (const size_t width : widths) table += std::string(width, '-') + "  ";
    table.resize(table.size() - 2);
    table += '\n';
  }
  if (!funnel.empty() && funnel.front().in > 0) {
    const double share = 100.0 * static_cast<double>(funnel.back().out) / static_cast<double>(funnel.front().in);
    table += fmt::format(
        fmt::runtime(tr("kept {} of {} documents ({:.1f} %)\n", "문서 {1}건 가운데 {0}건이 남음 ({2:.1f} %)\n")),
        grouped(funnel.back().out), grouped(funnel.front().in), share);
  }
  return table;
}

}  // namespace moru::curate
