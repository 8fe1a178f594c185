#include "collect/pdf_tables.h"

#include <cmath>

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxColumns = 48;
constexpr double kCellGap = 0.38;     // of the height of a line: a wider gap between words may part two cells
constexpr double kWide = 1.6;         // of the usual gap
constexpr double kFilledCells = 0.6;  // share of them, at least
constexpr double kFullColumn = 0.8;   // running text fills more of its column

/// Words that stand close together: a cell, or a line of running text.
struct Piece {
  PageBox box;
  std::string text;
  const PageLine* line = nullptr;
};

struct Row {
  PageBox box;
  std::vector<Piece> pieces;  // from left to right
};

/// The value that a `share` of the others are below; 0 without any.
double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  std::ranges::nth_element(values, at);
  return *at;
}

/// The gaps between the words of a line, in heights of the line.
std::vector<double> gaps_of(const PageLine& line) {
  std::vector<double> gaps;
  for (size_t i = 1; i < line.words.size(); ++i)
    gaps.push_back((line.words[i].box.left - line.words[i - 1].box.right) / std::max(1.0, line.box.height()));
  return gaps;
}

std::vector<Piece> pieces_of(const std::vector<const PageLine*>& lines) {
  std::vector<double> all;
  for (const PageLine* const line : lines)
    for (const double gap : gaps_of(*line)) all.push_back(gap);
  const double usual = quantile(all, 0.5);
  std::vector<Piece> pieces;
  for (const PageLine* const line : lines) {
    std::vector<double> gaps = gaps_of(*line);
    // A justified line has wide gaps all along.
    const double own = gaps.size() >= 3 ? quantile(gaps, 0.25) : 0;
    const double gap = std::max({kCellGap, kWide * usual, kWide * own}) * line->box.height();
    for (const PageWord& word : line->words) {
      const bool same = !pieces.empty() && pieces.back().line == line && word.box.left - pieces.back().box.right < gap;
      if (same) {
        pieces.back().text += " " + word.text;
        pieces.back().box.include(word.box);
      } else {
        pieces.push_back({word.box, word.text, line});
      }
    }
  }
  return pieces;
}

std::vector<Row> rows_of(std::vector<Piece> pieces) {
  std::ranges::stable_sort(pieces, {}, [](const Piece& p) { return p.box.top + p.box.bottom; });
  std::vector<Row> rows;
  for (Piece& piece : pieces) {
    const double middle = (piece.box.top + piece.box.bottom) / 2;
    if (rows.empty() || middle > rows.back().box.top + 0.75 * rows.back().box.height()) rows.push_back({piece.box, {}});
    rows.back().box.include(piece.box);
    rows.back().pieces.push_back(std::move(piece));
  }
  for (Row& row : rows) std::ranges::stable_sort(row.pieces, {}, [](const Piece& p) { return p.box.left; });
  return rows;
}

/// Do two pieces stand in one column? At its left, its right or its middle.
bool aligned(const PageBox& a, const PageBox& b) {
  const double near = 0.6 * std::min(a.height(), b.height());
  return std::abs(a.left - b.left) < near || std::abs(a.right - b.right) < near ||
         std::abs((a.left + a.right) - (b.left + b.right)) < 2 * near;
}

bool continues(const Row& above, const Row& below) {
  if (below.box.top - above.box.bottom > 2.5 * above.box.height()) return false;
  const bool same_count = above.pieces.size() == below.pieces.size();
  size_t matches = 0;
  for (size_t i = 0; i < below.pieces.size(); ++i) {
    const PageBox& box = below.pieces[i].box;
    // A heading in the middle of its column stands in line with nothing, but above what belongs to it.
    const bool above_it = same_count && box.left < above.pieces[i].box.right && above.pieces[i].box.left < box.right;
    matches += above_it || std::ranges::any_of(above.pieces, [&](const Piece& p) { return aligned(p.box, box); });
  }
  return matches >= 2;
}

/// A bullet, or the number of an item or of a section.
bool is_mark(std::string_view text) {
  if (text.size() <= 4 && text.find_first_of("0123456789") == std::string_view::npos &&
      text::count_code_points(text) == 1) {
    size_t at = 0;
    const char32_t c = text::next_code_point(text, at);
    return text::is_punctuation(c) || text::is_symbol(c) || c == U'ㆍ';
  }
  return text.size() <= 8 && text.find_first_not_of("0123456789.()") == std::string_view::npos &&
         text.find_first_of(".()") != std::string_view::npos;
}

bool is_candidate(const Row& row) {
  if (row.pieces.size() < 2 || row.pieces.size() > kMaxColumns) return false;
  if (is_mark(row.pieces.front().text) && row.pieces.size() == 2) return false;  // an item of a list
  // The dots that lead to the page in a table of contents.
  return std::ranges::none_of(row.pieces, [](const Piece& p) {
    return p.text.find(". . .") != std::string::npos || p.text.find("....") != std::string::npos ||
           p.text.find("···") != std::string::npos || p.text.find("…") != std::string::npos;
  });
}

double filled(const PageTable& table) {
  size_t full = 0, all = 0;
  for (const auto& row : table.cells)
    for (const std::string& cell : row) {
      ++all;
      full += !cell.empty();
    }
  return all == 0 ? 0 : static_cast<double>(full) / static_cast<double>(all);
}

/// Share of the columns' width that the pieces fill, on average.
double fullness(const std::vector<const Row*>& rows) {
  double sum = 0;
  size_t count = 0;
  for (const Row* const row : rows)
    for (size_t i = 0; i + 1 < row->pieces.size(); ++i, ++count)
      sum += row->pieces[i].box.width() / std::max(1.0, row->pieces[i + 1].box.left - row->pieces[i].box.left);
  return count == 0 ? 1 : sum / static_cast<double>(count);
}

size_t column_of(const std::vector<PageBox>& columns, const PageBox& box) {
  size_t best = 0;
  double most = -1e9;
  for (size_t c = 0; c < columns.size(); ++c) {  // the widest overlap, or else the nearest
    const double overlap = std::min(box.right, columns[c].right) - std::max(box.left, columns[c].left);
    if (overlap > most) {
      most = overlap;
      best = c;
    }
  }
  return best;
}

/// A row that goes on in the cells of the one above: directly below, with fewer cells, none of them new.
bool goes_on(const Row& above, const Row& row, const std::vector<PageBox>& columns) {
  if (row.pieces.size() >= columns.size() || row.box.top - above.box.bottom > 0.2 * above.box.height()) return false;
  return std::ranges::all_of(row.pieces, [&](const Piece& piece) {
    const PageBox& column = columns[column_of(columns, piece.box)];
    return std::min(piece.box.right, column.right) - std::max(piece.box.left, column.left) > 0.5 * piece.box.width();
  });
}

PageTable table_of(const std::vector<const Row*>& rows, const std::vector<PageBox>& columns) {
  PageTable table;
  const Row* above = nullptr;
  for (const Row* const row : rows) {
    if (above == nullptr || !goes_on(*above, *row, columns)) table.cells.emplace_back(columns.size());
    for (const Piece& piece : row->pieces) {
      std::string& cell = table.cells.back()[column_of(columns, piece.box)];
      if (!cell.empty()) cell += ' ';
      cell += piece.text;
      table.lines.insert(piece.line);
    }
    above = row;
  }
  return table;
}

}  // namespace

std::vector<PageTable> find_tables(const std::vector<const PageLine*>& lines) {
  std::vector<PageTable> tables;
  const std::vector<Row> rows = rows_of(pieces_of(lines));
  for (size_t begin = 0; begin < rows.size();) {
    if (!is_candidate(rows[begin])) {
      ++begin;
      continue;
    }
    std::vector<const Row*> run = {&rows[begin]}, whole = run;
    std::vector<PageBox> columns;
    const auto widen = [&](const Row& row) {
      if (row.pieces.size() > columns.size()) {
        columns.clear();
        for (const Piece& piece : row.pieces) columns.push_back(piece.box);
      } else {
        for (const Piece& piece : row.pieces)
          if (row.pieces.size() == columns.size()) columns[column_of(columns, piece.box)].include(piece.box);
      }
    };
    widen(rows[begin]);
    size_t end = begin + 1;
    for (; end < rows.size(); ++end) {
      if (is_candidate(rows[end]) && continues(*whole.back(), rows[end])) {
        widen(rows[end]);
        run.push_back(&rows[end]);
        whole.push_back(&rows[end]);
      } else if (goes_on(*run.back(), rows[end], columns)) {
        run.push_back(&rows[end]);
      } else {
        break;
      }
    }
    const size_t enough = columns.size() > 2 ? 2 : 3;
    if (whole.size() >= enough && fullness(whole) < kFullColumn) {
      PageTable table = table_of(run, columns);
      if (filled(table) >= kFilledCells) tables.push_back(std::move(table));
    }
    begin = end;
  }
  return tables;
}

}  // namespace moru::collect
