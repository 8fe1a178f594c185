// CSV and TSV: a document a row where a column holds texts, else tables of rows.
#include "collect/builder.h"
#include "collect/csv_reader.h"
#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/json_record.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kHead = 65536;     // bytes that tell encoding and dialect
constexpr size_t kGroupRows = 100;  // rows of a table
constexpr size_t kGroupBytes = 16384;
constexpr double kTextLength = 80;  // characters; a column of this mean length holds texts

/// What holds for the whole file, and is found from its beginning in every part of it.
struct Plan {
  std::string encoding;
  CsvDialect dialect;
  std::vector<std::string> header;
  std::optional<size_t> text, title, id;  ///< Columns, where rows are documents.
  bool in_parts = true;                   ///< Can records be found in the undecoded bytes?
};

std::optional<size_t> column(const std::vector<std::string>& header, const std::string& given,
                             std::span<const std::string_view> usual) {
  const auto find = [&](std::string_view name) -> std::optional<size_t> {
    for (size_t i = 0; i < header.size(); ++i)
      if (text::lower(text::trim(header[i])) == text::lower(name)) return i;
    return std::nullopt;
  };
  if (!given.empty()) return find(given);
  for (const std::string_view name : usual)
    if (const auto found = find(name)) return found;
  return std::nullopt;
}

Plan make_plan(const Input& input) {
  Plan plan;
  std::string_view head = input.bytes.substr(0, kHead);
  if (head.size() < input.bytes.size() && head.find('\0') == std::string_view::npos) {
    const size_t line = head.rfind('\n');
    head = line != std::string_view::npos ? head.substr(0, line + 1) : input.bytes;
  }
  const Decoded decoded = decode(head.find('\0') == std::string_view::npos ? head : input.bytes);
  plan.encoding = decoded.encoding;
  plan.in_parts = plan.encoding == "utf-8" || plan.encoding == "cp949" || plan.encoding == "windows-1252" ||
                  plan.encoding == "euc-jp";
  std::string path(input.path);
  plan.dialect = csv_dialect(std::string_view(decoded.text).substr(0, kHead),
                             text::lower(text::repair_utf8(path)).ends_with(".csv") ? ',' : '\t');
  CsvReader reader(decoded.text, plan.dialect.delimiter);
  if (plan.dialect.has_header || !input.source.text_field.empty()) reader.next(&plan.header);
  plan.text = column(plan.header, input.source.text_field, kTextNames);
  if (!input.source.text_field.empty() && !plan.text)
    throw Unreadable("no-text-field", fmt::format("no column \"{}\"", input.source.text_field));
  if (plan.text && input.source.text_field.empty()) {
    std::vector<std::string> row;
    double characters = 0, rows = 0;
    for (; rows < 50 && reader.next(&row); ++rows)
      if (*plan.text < row.size()) characters += static_cast<double>(text::count_code_points(row[*plan.text]));
    if (characters < kTextLength * rows) plan.text.reset();
  }
  plan.title = column(plan.header, input.source.title_field, kTitleNames);
  plan.id = column(plan.header, input.source.id_field, kIdNames);
  return plan;
}

std::string file_title(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return text::repair_utf8(path.substr(0, path.rfind('.')));
}

class Writer {
 public:
  Writer(const Plan& plan, const Input& input, Output& output) : plan_(plan), input_(input), output_(output) {}

  void row(std::vector<std::string>& cells, data::Range range, bool cut) {
    if (cut)
      output_.set_aside.emplace_back(
          "too-wide", fmt::format("cells beyond the first {} are left out", CsvReader::kMaxCells), range);
    if (plan_.text) return text_row(cells, range);
    size_t bytes = 0;
    for (const std::string& cell : cells) bytes += cell.size() + 3;
    if (rows_.size() >= kGroupRows || (!rows_.empty() && bytes_ + bytes > kGroupBytes)) finish();
    if (rows_.empty()) range_ = range;
    range_.end = range.end;
    bytes_ += bytes;
    rows_.push_back(std::move(cells));
  }

  /// Writes the rows that are left.
  void finish() {
    if (rows_.empty()) return;
    DocumentBuilder builder;
    builder.title(file_title(input_.path));
    std::vector<std::vector<std::string>> table;
    if (!plan_.header.empty()) table.push_back(plan_.header);
    std::ranges::move(rows_, std::back_inserter(table));
    builder.table(std::move(table));
    add(builder.finish(), range_);
    rows_.clear();
    bytes_ = 0;
  }

 private:
  void text_row(const std::vector<std::string>& cells, data::Range range) {
    const auto cell = [&](const std::optional<size_t>& at) {
      return at && *at < cells.size() ? std::string_view(cells[*at]) : std::string_view();
    };
    data::Document document = plain_text_document(cell(plan_.text), cell(plan_.title));
    if (document.blocks.size() <= (document.title.empty() ? 0U : 1U)) {
      output_.set_aside.emplace_back("no-text", fmt::format("\"{}\" is empty", plan_.header[*plan_.text]), range);
      return;
    }
    for (size_t i = 0; i < std::min(cells.size(), plan_.header.size()); ++i)
      if (i != plan_.text && i != plan_.title) add_metadata(document, i == plan_.id ? "id" : plan_.header[i], cells[i]);
    add(std::move(document), range);
  }

  void add(data::Document document, data::Range range) {
    if (plan_.encoding != "utf-8") document.metadata["encoding"] = plan_.encoding;
    document.source.range = range;
    output_.documents.push_back(std::move(document));
  }

  const Plan& plan_;
  const Input& input_;
  Output& output_;
  std::vector<std::vector<std::string>> rows_;
  size_t bytes_ = 0;
  data::Range range_;
};

}  // namespace

void extract_csv(const Input& input, Output& output) {
  if (input.bytes.empty()) return;
  const Plan plan = make_plan(input);
  if (!plan.in_parts && input.part.begin > 0) return;  // the first part reads all
  const data::Range part = plan.in_parts ? input.part : data::Range{0, input.bytes.size()};
  const char delimiter = plan.dialect.delimiter;
  Writer writer(plan, input, output);

  // The part's records in the bytes, for their places, beside the same records in the decoded text.
  CsvReader raw(input.bytes, delimiter, input.bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  if (plan.in_parts) raw.skip_to(part.begin);
  const size_t begin = plan.in_parts ? raw.at() : 0;
  size_t end = input.bytes.size();
  if (plan.in_parts) {
    CsvReader last = raw;
    last.skip_to(part.end);
    end = last.at();
  }
  if (begin >= end) return;
  const Decoded decoded =
      decode(input.bytes.substr(begin, end - begin), plan.encoding == "utf-8" ? "" : plan.encoding, begin);
  CsvReader reader(decoded.text, delimiter);
  std::vector<std::string> cells;
  bool header = begin <= 3 && !plan.header.empty();
  while (reader.next(&cells)) {
    data::Range range = part;
    if (plan.in_parts && raw.next(nullptr)) range = {raw.begin(), raw.end()};
    if (!std::exchange(header, false)) writer.row(cells, range, reader.cut());
  }
  writer.finish();
}

}  // namespace moru::collect
