#include "collect/csv_reader.h"

#include <set>

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxQuoted = size_t{1} << 20;
constexpr size_t kJudged = 50;  // records that tell the dialect

bool is_number(std::string_view cell) {
  const std::string_view trimmed = text::trim(cell);
  return !trimmed.empty() && trimmed.find_first_not_of("0123456789.,-+%:/ ") == std::string_view::npos &&
         trimmed.find_first_of("0123456789") != std::string_view::npos;
}

/// A row of distinct short names that are no numbers.
bool reads_as_header(const std::vector<std::string>& row) {
  std::set<std::string_view> names;
  for (const std::string& cell : row) {
    if (text::trim(cell).empty() || cell.size() > 120 || is_number(cell) || cell.find('\n') != std::string::npos)
      return false;
    names.insert(text::trim(cell));
  }
  return row.size() > 1 && names.size() == row.size();
}

}  // namespace

bool CsvReader::ends_field(size_t at) const {
  return at >= text_.size() || text_[at] == delimiter_ || text_[at] == '\n' || text_[at] == '\r';
}

/// Where the quote that closes a field stands, or npos.
size_t CsvReader::closing_quote(size_t opening) {
  const size_t limit = std::min(text_.size(), opening + kMaxQuoted);
  const auto closes = [&](size_t& at) {  // moves past the row of quotes at `at`; its last one may close
    const size_t first = at;
    while (at < text_.size() && text_[at] == '"') ++at;
    return (at - first) % 2 == 1 && ends_field(at);
  };
  size_t at = opening + 1;
  // A row of quotes right behind the opening one is another row than before, where the opening one was part of it.
  if (at < text_.size() && text_[at] == '"' && closes(at)) return at - 1;
  at = std::max(at, searched_);
  while (at < limit) {
    at = text_.find('"', at);
    if (at >= limit) break;
    if (closes(at)) return at - 1;
  }
  searched_ = std::max(searched_, std::min(at, limit));
  return std::string_view::npos;
}

bool CsvReader::record(std::vector<std::string>* cells) {
  if (at_ >= text_.size()) return false;
  if (cells != nullptr) cells->clear();
  begin_ = at_;
  cut_ = false;
  size_t count = 0;
  while (true) {
    std::string* cell = nullptr;
    if (cells != nullptr && count < kMaxCells) cell = &cells->emplace_back();
    cut_ = ++count > kMaxCells;
    if (at_ < text_.size() && text_[at_] == '"') {
      if (const size_t close = closing_quote(at_); close != std::string_view::npos) {
        if (cell != nullptr)
          for (size_t i = at_ + 1; i < close; ++i) {
            *cell += text_[i];
            if (text_[i] == '"' && i + 1 < close && text_[i + 1] == '"') ++i;
          }
        at_ = close + 1;
        cell = nullptr;
      }
    }
    const size_t from = at_;
    while (!ends_field(at_)) ++at_;
    if (cell != nullptr) cell->append(text_.substr(from, at_ - from));
    if (at_ >= text_.size() || text_[at_] != delimiter_) break;
    ++at_;
  }
  end_ = at_;
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n' && (end_ == at_ || text_[at_ - 1] == '\r')) ++at_;
  return true;
}

bool CsvReader::next(std::vector<std::string>* cells) {
  while (record(cells))
    if (text_.substr(begin_, end_ - begin_).find_first_not_of(" \t") != std::string_view::npos) return true;
  return false;
}

void CsvReader::skip_to(size_t position) {
  while (at_ < std::min(position, text_.size())) {
    // Up to the next quote a line is a record.
    const size_t quote = std::min({text_.find('"', at_), position, text_.size()});
    const size_t line = quote > at_ ? text_.rfind('\n', quote - 1) : std::string_view::npos;
    if (line != std::string_view::npos && line >= at_)
      at_ = line + 1;
    else
      record(nullptr);
  }
}

CsvDialect csv_dialect(std::string_view head, char likely) {
  CsvDialect best;
  best.delimiter = likely != 0 ? likely : ',';
  double best_score = 0;
  for (const char delimiter : {',', '\t', ';', '|'}) {
    CsvReader reader(head, delimiter);
    std::map<size_t, size_t> widths;
    std::vector<std::string> cells;
    size_t records = 0;
    for (; records < kJudged && reader.next(&cells); ++records) ++widths[cells.size()];
    if (records == 0) break;
    const auto usual = std::ranges::max_element(widths, {}, [](const auto& w) { return w.second; });
    if (usual->first < 2) continue;
    const double alike = static_cast<double>(usual->second) / static_cast<double>(records);
    // Alike first, then many columns; what the name says weighs more than either.
    const double score = alike * alike * (1 + 0.02 * static_cast<double>(std::min<size_t>(usual->first, 20))) *
                         (delimiter == likely ? 2 : 1);
    if (score > best_score) {
      best_score = score;
      best.delimiter = delimiter;
    }
  }
  CsvReader reader(head, best.delimiter);
  std::vector<std::string> first, row;
  if (!reader.next(&first) || !reads_as_header(first)) return best;
  // Names above names are no header, unless there is nothing below, or what is below is of another kind or length.
  bool differs = false;
  size_t below = 0;
  for (; below < kJudged && reader.next(&row); ++below)
    for (size_t i = 0; i < std::min(row.size(), first.size()); ++i)
      differs = differs || is_number(row[i]) || row[i].size() > 2 * first[i].size() + 8 || text::trim(row[i]).empty();
  best.has_header = differs || below == 0 || best_score > 0;
  return best;
}

}  // namespace moru::collect
