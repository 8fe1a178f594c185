// Documents and runs for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/file.h"
#include "data/sample.h"
#include "generate/generate.h"

namespace moru::generate {

/// A document built block by block.
class Page {
 public:
  explicit Page(std::string path) { document_.source.uri = "help/" + std::move(path); }

  Page& heading(int level, std::string_view text, std::string role = {}) {
    return add(data::BlockKind::heading, text, level, {}, std::move(role));
  }
  Page& paragraph(std::string_view text, std::string role = {}) {
    return add(data::BlockKind::paragraph, text, 0, {}, std::move(role));
  }
  Page& code(std::string_view text, std::string role = {}) {
    return add(data::BlockKind::code, text, 0, {}, std::move(role));
  }
  Page& step(std::string_view number, std::string_view text) {
    return add(data::BlockKind::list_item, text, 1, std::string(number), "step");
  }
  Page& numbered(std::string_view number, std::string_view text) {
    return add(data::BlockKind::list_item, text, 1, std::string(number), {});
  }
  Page& item(std::string_view text) { return add(data::BlockKind::list_item, text, 1, "-", {}); }
  Page& table(std::vector<std::vector<std::string>> cells) {
    std::string text;
    for (const auto& row : cells) {
      for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : "\t") + row[i];
      text += "\n";
    }
    add(data::BlockKind::table, text, 0, {}, {});
    document_.blocks.back().cells = std::move(cells);
    return *this;
  }
  Page& titled(std::string title) {
    document_.title = std::move(title);
    return *this;
  }
  Page& metadata(const std::string& key, std::string value) {
    document_.metadata[key] = std::move(value);
    return *this;
  }
  data::Document document() const {
    data::Document d = document_;
    if (d.title.empty() && !d.blocks.empty()) d.title = std::string(d.slice(d.blocks.front().range));
    d.licence = {"MPL-2.0", "recipe"};
    d.language = "ko";
    d.id = data::document_id(d);
    return d;
  }

 private:
  Page& add(data::BlockKind kind, std::string_view text, int level, std::string mark, std::string role) {
    if (!document_.text.empty()) document_.text += "\n\n";
    const uint64_t begin = document_.text.size();
    document_.text += text;
    document_.blocks.push_back({kind, {begin, document_.text.size()}, level, std::move(mark), {}, std::move(role)});
    return *this;
  }
  data::Document document_;
};

inline std::vector<Place> places() {
  return {{"scalc", "Calc", 1}, {"swriter", "Writer", 1}, {"sbasic", "Basic", 1}};
}

struct Outcome {
  std::vector<data::Sample> samples;
  std::map<std::string, data::Document> documents;
  Report report;
  std::string bytes;  ///< Of the samples' first shard.

  /// The samples of a topic ("menu/내비게이터").
  std::vector<data::Sample> of(std::string_view topic) const {
    std::vector<data::Sample> found;
    for (const data::Sample& s : samples)
      if (s.topic == topic) found.push_back(s);
    return found;
  }
  /// A topic's answer; empty if there is no such topic.
  std::string answer(std::string_view topic) const {
    const std::vector<data::Sample> found = of(topic);
    return found.empty() ? std::string() : found.front().messages.back().content;
  }
};

inline Outcome run(const std::vector<Page>& pages, Options options = {}) {
  if (options.places.empty()) options.places = places();
  const TemporaryDirectory folder;
  Outcome result;
  {
    data::DatasetWriter writer(folder.path() / "corpus", std::string(data::kDocumentSchema));
    for (const Page& page : pages) {
      const data::Document document = page.document();
      result.documents[document.id] = document;
      writer.add(data::to_json(document));
    }
    writer.finish(Json::object());
  }
  data::DatasetWriter writer(folder.path() / "samples", std::string(data::kSampleSchema));
  SilentProgress silent;
  result.report =
      generate(data::DatasetReader(folder.path() / "corpus", data::kDocumentSchema), options, writer, silent);
  data::DatasetReader(folder.path() / "samples", data::kSampleSchema)
      .for_each([&](const Json& record, std::string_view place) {
        result.samples.push_back(data::sample_from_json(record, place));
      });
  if (!result.samples.empty()) result.bytes = read_file(folder.path() / "samples" / "00000.jsonl.zst");
  return result;
}

}  // namespace moru::generate
