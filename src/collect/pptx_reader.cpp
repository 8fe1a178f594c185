#include "collect/pptx_reader.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxSlides = 20'000;
constexpr size_t kMaxPoints = 100'000;  // of a chart

bool is_title(std::string_view use) {
  return use == "title" || use == "ctrTitle";
}

/// Placeholders that say the same on every slide.
bool is_furniture(std::string_view use) {
  return use == "dt" || use == "ftr" || use == "sldNum" || use == "hdr" || use == "sldImg";
}

}  // namespace

void PptxReader::read() {
  const std::string main = package_.main_part();
  const XmlDocument presentation = package_.xml(main);
  if (local_name(presentation.root()) != "presentation")
    throw Unreadable("unknown-format", main + " is no presentation");
  const Relationships relationships = package_.relationships(main);
  for (const auto& [id, relationship] : relationships)
    if (relationship.type == "vbaProject") builder_.metadata("macros", "left out");
  for (const pugi::xml_node node : xml_child(presentation.root(), "sldIdLst")) {
    if (local_name(node) != "sldId") continue;
    if (++page_ > kMaxSlides) throw Unreadable("archive-limit", fmt::format("more than {} slides", kMaxSlides));
    const auto found = relationships.find(xml_attribute(node, "r:id"));
    if (found != relationships.end() && found->second.type == "slide") slide(found->second.target);
  }
}

const XmlDocument* PptxReader::cached(const std::string& part) {
  auto found = cache_.find(part);
  if (found == cache_.end()) {
    std::optional<XmlDocument> xml = package_.xml_if(part);
    if (!xml) return nullptr;
    found = cache_.emplace(part, std::move(*xml)).first;
  }
  return &found->second;
}

void PptxReader::read_bullets(pugi::xml_node styles, Bullets& bullets) {
  for (const pugi::xml_node level : styles) {
    const std::string_view name = local_name(level);  // lvl1pPr … lvl9pPr
    if (name.size() != 7 || !name.starts_with("lvl") || name[3] < '1' || name[3] > '9') continue;
    bool& at = bullets.at[name[3] - '1'];
    if (xml_child(level, "buNone")) at = false;
    if (xml_child(level, "buChar") || xml_child(level, "buAutoNum") || xml_child(level, "buBlip")) at = true;
  }
}

void PptxReader::read_layout(const std::string& part) {
  layout_.clear();
  master_ = {};
  const XmlDocument* const layout = cached(part);
  if (layout == nullptr) return;
  const XmlDocument* master = nullptr;
  for (const auto& [id, relationship] : package_.relationships(part))
    if (relationship.type == "slideMaster") master = cached(relationship.target);
  if (master != nullptr) read_bullets(xml_path(master->root(), {"txStyles", "bodyStyle"}), master_);
  for_each_element(xml_path(layout->root(), {"cSld", "spTree"}), [&](pugi::xml_node node, std::string_view name) {
    if (name != "sp") return;
    const Shape shape = shape_of(node);
    if (!shape.placeholder) return;
    Bullets bullets = master_;
    read_bullets(xml_child(shape.body, "lstStyle"), bullets);
    layout_.emplace(shape.index, bullets);
  });
}

PptxReader::Shape PptxReader::shape_of(pugi::xml_node node) {
  Shape shape;
  shape.body = xml_child(node, "txBody");
  for (const char* kind : {"nvSpPr", "nvGraphicFramePr", "nvPicPr"})
    if (const pugi::xml_node place = xml_path(node, {kind, "nvPr", "ph"})) {
      shape.placeholder = true;
      shape.use = xml_attribute(place, "type", "obj");
      shape.index = xml_attribute(place, "idx", "0");
    }
  return shape;
}

std::string PptxReader::line_of(pugi::xml_node paragraph) {
  std::string out;
  for_each_element(paragraph, [&](pugi::xml_node node, std::string_view name) {
    if (name == "r" || name == "fld")
      out += xml_text(xml_child(node, "t"));
    else if (name == "br")
      out += '\n';
    else if (name == "m" || name == "oMath" || name == "oMathPara")
      out += xml_text(node);
  });
  return out;
}

std::string PptxReader::flat(pugi::xml_node body) {
  std::string out;
  for (const pugi::xml_node node : body) {
    if (local_name(node) != "p") continue;
    const std::string line = line_of(node);
    if (text::trim(line).empty()) continue;
    if (!out.empty()) out += '\n';
    out += line;
  }
  return out;
}

void PptxReader::slide(const std::string& part) {
  const std::optional<XmlDocument> xml = package_.xml_if(part);
  if (!xml) throw Unreadable("damaged", part + " is missing");
  const std::string_view show = xml_attribute(xml->root(), "show", "1");
  if (show == "0" || show == "false") {
    builder_.metadata_line("hidden_slides", fmt::format("{}", page_));
    return;
  }
  const Relationships relationships = package_.relationships(part);
  for (const auto& [id, relationship] : relationships)
    if (relationship.type == "slideLayout") read_layout(relationship.target);
  paragraph_ = 0;
  const pugi::xml_node tree = xml_path(xml->root(), {"cSld", "spTree"});
  shapes(tree, relationships, true);
  shapes(tree, relationships, false);
  for (const auto& [id, relationship] : relationships)
    if (relationship.type == "notesSlide") notes(relationship.target);
}

void PptxReader::shapes(pugi::xml_node tree, const Relationships& relationships, bool titles) {
  for_each_element(tree, [&](pugi::xml_node node, std::string_view name) {
    if (name == "grpSp") {
      shapes(node, relationships, titles);
    } else if (name == "sp" || name == "cxnSp") {
      const Shape shape = shape_of(node);
      if (is_furniture(shape.use) || is_title(shape.use) != titles) return;
      if (titles) {
        builder_.place(page_, ++paragraph_);
        builder_.heading(2, flat(shape.body));
      } else {
        text(shape, "");
      }
    } else if (name == "graphicFrame" && !titles) {
      graphic(node, relationships);
    }
  });
}

void PptxReader::text(const Shape& shape, std::string_view role) {
  const bool listed = shape.placeholder && (shape.use == "body" || shape.use == "obj") && role.empty();
  Bullets bullets;
  if (listed) {
    const auto layout = layout_.find(shape.index);
    bullets = layout != layout_.end() ? layout->second : master_;
  }
  read_bullets(xml_child(shape.body, "lstStyle"), bullets);
  int counts[9] = {};
  for (const pugi::xml_node node : shape.body) {
    if (local_name(node) != "p") continue;
    const std::string line = line_of(node);
    if (text::trim(line).empty()) continue;
    builder_.place(page_, ++paragraph_);
    const pugi::xml_node properties = xml_child(node, "pPr");
    const int level = std::clamp(xml_number(properties, "lvl"), 0, 8);
    const pugi::xml_node numbered = xml_child(properties, "buAutoNum");
    bool bulleted = bullets.at[level];
    if (xml_child(properties, "buNone")) bulleted = false;
    if (xml_child(properties, "buChar") || xml_child(properties, "buBlip")) bulleted = true;
    for (int deeper = level + 1; deeper < 9; ++deeper) counts[deeper] = 0;
    if (numbered) {
      int& count = counts[level];
      count = count == 0 ? std::clamp(xml_number(numbered, "startAt", 1), 0, 1'000'000) : count + 1;
      builder_.list_item(line, level + 1, fmt::format("{}", count), role);
      continue;
    }
    counts[level] = 0;
    if (bulleted)
      builder_.list_item(line, level + 1, "-", role);
    else
      builder_.paragraph(line, role);
  }
}

void PptxReader::graphic(pugi::xml_node frame, const Relationships& relationships) {
  for_each_element(xml_path(frame, {"graphic", "graphicData"}), [&](pugi::xml_node node, std::string_view name) {
    builder_.place(page_, ++paragraph_);
    if (name == "tbl") {
      table(node);
      return;
    }
    const bool is_diagram = name == "relIds";
    const auto found = relationships.find(xml_attribute(node, is_diagram ? "r:dm" : "r:id"));
    if (found == relationships.end()) return;
    if (is_diagram && found->second.type == "diagramData") diagram(found->second.target);
    if (name == "chart" && found->second.type == "chart") chart(found->second.target);
  });
}

void PptxReader::table(pugi::xml_node node) {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> above;
  for (const pugi::xml_node row : node) {
    if (local_name(row) != "tr") continue;
    std::vector<std::string>& out = cells.emplace_back();
    for (const pugi::xml_node cell : row) {
      if (local_name(cell) != "tc") continue;
      const size_t column = out.size();
      if (above.size() <= column) above.resize(column + 1);
      const bool down = !xml_attribute(cell, "vMerge").empty() && xml_attribute(cell, "vMerge") != "0";
      const bool across = !xml_attribute(cell, "hMerge").empty() && xml_attribute(cell, "hMerge") != "0";
      if (across)
        above[column].clear();
      else if (!down)
        above[column] = flat(xml_child(cell, "txBody"));
      out.push_back(above[column]);
    }
  }
  builder_.table(std::move(cells));
}

void PptxReader::diagram(const std::string& part) {
  const std::optional<XmlDocument> xml = package_.xml_if(part);
  if (!xml) return;
  for (const pugi::xml_node point : xml_child(xml->root(), "ptLst")) {
    const std::string_view type = xml_attribute(point, "type", "node");
    if (type != "node" && type != "asst") continue;
    const std::string text = flat(xml_child(point, "t"));
    if (!text::trim(text).empty()) builder_.list_item(text, 1, "-");
  }
}

/// A chart's own copy of its numbers: categories down, series across.
void PptxReader::chart(const std::string& part) {
  const std::optional<XmlDocument> xml = package_.xml_if(part);
  if (!xml) return;
  const pugi::xml_node chart = xml_child(xml->root(), "chart");
  builder_.caption(flat(xml_path(chart, {"title", "tx", "rich"})));
  std::map<int, std::vector<std::string>> rows;  // by point; -1 is the header
  size_t column = 1, points = 0;
  const auto put = [&](int row, size_t at, std::string text) {
    if (++points > kMaxPoints) return;
    std::vector<std::string>& cells = rows[row];
    if (cells.size() <= at) cells.resize(at + 1);
    cells[at] = std::move(text);
  };
  const auto cache = [](pugi::xml_node of, const auto& use) {
    for (const pugi::xml_node reference : of)
      for (const pugi::xml_node values : reference)
        if (local_name(values).ends_with("Cache"))
          for (const pugi::xml_node point : values)
            if (local_name(point) == "pt") use(xml_number(point, "idx"), xml_text(xml_child(point, "v")));
  };
  for (const pugi::xml_node plot : xml_child(chart, "plotArea"))
    for (const pugi::xml_node series : plot) {
      if (local_name(series) != "ser" || column > 256) continue;
      cache(xml_child(series, "tx"), [&](int, std::string name) { put(-1, column, std::move(name)); });
      cache(xml_child(series, "cat"), [&](int row, std::string name) { put(std::max(row, 0), 0, std::move(name)); });
      cache(xml_child(series, "val"),
            [&](int row, std::string value) { put(std::max(row, 0), column, std::move(value)); });
      ++column;
    }
  std::vector<std::vector<std::string>> cells;
  for (auto& [row, texts] : rows) cells.push_back(std::move(texts));
  builder_.table(std::move(cells));
}

void PptxReader::notes(const std::string& part) {
  const std::optional<XmlDocument> xml = package_.xml_if(part);
  if (!xml) return;
  for_each_element(xml_path(xml->root(), {"cSld", "spTree"}), [&](pugi::xml_node node, std::string_view name) {
    if (name != "sp") return;
    const Shape shape = shape_of(node);
    if (!is_furniture(shape.use)) text(shape, "notes");
  });
}

}  // namespace moru::collect
