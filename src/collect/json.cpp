// JSON: a document for each object that has a text, wherever in the file it stands.
#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/json_record.h"
#include "collect/json_scanner.h"

namespace moru::collect {
namespace {

/// Objects with a text become documents; what lies in them is looked through too.
class Reader {
 public:
  /// `exact`: places in the text are places in the file.
  Reader(std::string_view text, std::string_view encoding, bool exact, const Input& input, Output& output)
      : text_(text), scanner_(text), encoding_(encoding), exact_(exact), input_(input), output_(output) {}

  void read() {
    const data::Range root = scanner_.value(0);
    if (const size_t rest = text_.find_first_not_of(" \t\r\n", root.end); rest != std::string_view::npos)
      throw Unreadable("not-json", fmt::format("byte {}: something after the value", rest));
    // A list of plain texts.
    if (scanner_.kind(root) == JsonKind::array)
      scanner_.inside(root, [&](std::string_view, data::Range value) {
        if (scanner_.kind(value) == JsonKind::string) record(fmt::format("{{\"text\":{}}}", slice(value)), value, true);
        return true;
      });
    visit(root);
    if (output_.documents.empty() && output_.set_aside.empty())
      throw Unreadable("no-text-field", input_.source.text_field.empty()
                                            ? "no object with a member \"text\""
                                            : fmt::format("no object with a member \"{}\"", input_.source.text_field));
  }

 private:
  std::string_view slice(data::Range range) const { return text_.substr(range.begin, range.end - range.begin); }

  bool names_text(std::string_view key) const {
    if (!input_.source.text_field.empty()) return key == input_.source.text_field;
    return std::ranges::find(kTextNames, key) != kTextNames.end();
  }

  /// The nesting is bounded by the scanner.
  void visit(data::Range value) {
    const JsonKind kind = scanner_.kind(value);
    if (kind != JsonKind::object && kind != JsonKind::array) return;
    bool has_text = false;
    size_t containers = 0;
    scanner_.inside(value, [&](std::string_view key, data::Range inner) {
      const JsonKind inner_kind = scanner_.kind(inner);
      has_text = has_text || (kind == JsonKind::object && inner_kind == JsonKind::string && names_text(decoded(key)));
      containers += inner_kind == JsonKind::object || inner_kind == JsonKind::array;
      return true;
    });
    if (has_text) record(containers == 0 ? std::string(slice(value)) : plain_members(value), value, false);
    if (containers > 0)
      scanner_.inside(value, [&](std::string_view, data::Range inner) {
        visit(inner);
        return true;
      });
  }

  /// An object's own strings and numbers, without what is nested in it.
  std::string plain_members(data::Range object) const {
    std::string out = "{";
    scanner_.inside(object, [&](std::string_view key, data::Range value) {
      const JsonKind kind = scanner_.kind(value);
      if (kind == JsonKind::string || kind == JsonKind::other)
        out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", key, slice(value));
      return true;
    });
    return out + "}";
  }

  std::string decoded(std::string_view key) const {
    return encoding_ == "utf-8" || key.size() > 64 ? std::string(key) : decode(key, encoding_).text;
  }

  void record(const std::string& object, data::Range place, bool plain) {
    const data::Range range = exact_ ? place : data::Range{0, input_.bytes.size()};
    try {
      FolderSource usual;
      data::Document document =
          json_record(decode(object, encoding_ == "utf-8" ? "" : encoding_).text, range, plain ? usual : input_.source);
      if (encoding_ != "utf-8") document.metadata["encoding"] = encoding_;
      output_.documents.push_back(std::move(document));
    } catch (const Unreadable& problem) {
      output_.set_aside.emplace_back(problem.reason(), problem.what(), range);
    }
  }

  std::string_view text_;
  JsonScanner scanner_;
  std::string encoding_;
  bool exact_;
  const Input& input_;
  Output& output_;
};

}  // namespace

void extract_json(const Input& input, Output& output) {
  Decoded head = decode(input.bytes);
  const bool bytes_will_do = head.encoding == "utf-8" || head.encoding == "cp949" || head.encoding == "euc-jp" ||
                             head.encoding == "windows-1252";
  if (bytes_will_do && !input.bytes.starts_with("\xEF\xBB\xBF")) {
    std::string().swap(head.text);  // the bytes are read as they are
    Reader(input.bytes, head.encoding, true, input, output).read();
  } else {
    Reader(head.text, "utf-8", false, input, output).read();
  }
}

}  // namespace moru::collect
