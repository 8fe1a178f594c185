// Documents made in the test, and a whole run over them.
#pragma once

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/progress.h"
#include "curate/curate.h"
#include "curate/rule.h"

namespace moru::curate::testing {

struct Part {
  data::BlockKind kind;
  std::string text;
  std::string role = {};
};

inline data::Document make_document(const std::vector<Part>& parts, const std::string& uri = "docs/a.html",
                                    const std::string& licence = "MPL-2.0") {
  data::Document document;
  for (const Part& part : parts) {
    if (!document.text.empty()) document.text += "\n\n";
    data::Block& block = document.blocks.emplace_back();
    block.kind = part.kind;
    block.role = part.role;
    block.range.begin = document.text.size();
    document.text += part.text;
    block.range.end = document.text.size();
  }
  document.title = parts.empty() ? "" : parts.front().text;
  document.source.uri = uri;
  document.source.file_hash = "00";
  document.licence = {licence, "recipe"};
  document.language = "und";
  document.id = data::document_id(document);
  return document;
}

inline data::Document make_document(const std::string& text, const std::string& uri = "docs/a.html",
                                    const std::string& licence = "MPL-2.0") {
  return make_document({{data::BlockKind::paragraph, text}}, uri, licence);
}

/// The text of every block, in order.
inline std::vector<std::string> block_texts(const data::Document& document) {
  std::vector<std::string> texts;
  for (const data::Block& block : document.blocks) texts.emplace_back(document.slice(block.range));
  return texts;
}

struct Outcome {
  Report report;
  std::vector<data::Document> kept;
  std::vector<Json> decisions;
  std::string kept_hash, decisions_hash;

  const FunnelRow& row(std::string_view rule) const {
    for (const FunnelRow& row : report.funnel)
      if (row.rule == rule) return row;
    throw std::runtime_error("no such rule");
  }
  std::vector<Json> decisions_of(std::string_view rule) const {
    std::vector<Json> found;
    for (const Json& decision : decisions)
      if (decision.at("rule") == rule) found.push_back(decision);
    return found;
  }
};

/// Only the rules named in `only` run; all if empty.
/// `memory`: what the run may hold, 0 for plenty.
inline Outcome run_curate(const std::vector<data::Document>& documents, const std::string& recipe = "",
                          const std::vector<std::string>& only = {}, uint64_t memory = 0) {
  // In memory where the system offers it: a run writes three datasets, each with its fsyncs.
  const TemporaryDirectory folder(fs::is_directory("/dev/shm") ? "/dev/shm" : "");
  data::DatasetWriter input(folder.path() / "documents", std::string(data::kDocumentSchema));
  for (const data::Document& document : documents) input.add(data::to_json(document));
  input.finish(Json::object());
  std::string text = recipe;
  if (!only.empty())
    for (const Registration& registration : registry())
      if (registration.by_default && std::ranges::find(only, registration.name) == only.end())
        text += fmt::format("\n{}: {{enabled: false}}", registration.name);
  const Config section = Config::parse(text, "recipe.yaml");
  const Options options(section);
  section.finish();
  data::DatasetWriter kept(folder.path() / "kept", std::string(data::kDocumentSchema));
  data::DatasetWriter decisions(folder.path() / "decisions", std::string(data::kDecisionSchema));
  SilentProgress progress;
  Outcome outcome;
  outcome.report = curate(data::DatasetReader(folder.path() / "documents", data::kDocumentSchema), options, kept,
                          decisions, progress, {{}, memory});
  const data::DatasetReader kept_reader(folder.path() / "kept", data::kDocumentSchema);
  kept_reader.verify();
  kept_reader.for_each(
      [&](const Json& json, std::string_view place) { outcome.kept.push_back(data::document_from_json(json, place)); });
  const data::DatasetReader decision_reader(folder.path() / "decisions", data::kDecisionSchema);
  decision_reader.for_each([&](const Json& json, std::string_view) { outcome.decisions.push_back(json); });
  outcome.kept_hash = dump_json(kept_reader.manifest());
  outcome.decisions_hash = dump_json(decision_reader.manifest());
  return outcome;
}

}  // namespace moru::curate::testing
