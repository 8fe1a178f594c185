#include "pipeline/trace.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "ledger/bom.h"

namespace moru::pipeline {
namespace {

constexpr size_t kCandidates = 20;

Json facts_of(const ledger::Node& node) {
  if (node.facts.empty()) return Json::object();
  return parse_json(node.facts, node.id);
}

Json node_json(const ledger::Node& node) {
  return {{"id", node.id}, {"kind", ledger::name_of(node.kind)}, {"label", node.label}, {"facts", facts_of(node)}};
}

Json source_json(const ledger::Source& s) {
  return {{"uri", s.uri},           {"sha256", s.sha256},   {"bytes", s.bytes},
          {"modified", s.modified}, {"licence", s.licence}, {"evidence", s.evidence}};
}

/// The node and what it was made from. Members of artefacts are counted, not listed: there are thousands. An artefact
/// that was walked already is named only.
Json walk_up(const ledger::Ledger& ledger, const ledger::Node& node, std::set<std::string>& walked) {
  Json json = node_json(node);
  if (!walked.insert(node.id).second) {
    json["seen"] = true;
    return json;
  }
  if (node.kind == ledger::Kind::source)
    if (const auto source = ledger.source(node.id)) json["source"] = source_json(*source);
  if (node.kind == ledger::Kind::document || node.kind == ledger::Kind::source) {
    Json decisions = Json::array();
    // A file from which no document came is named by its URI.
    for (const auto& d : ledger.decisions(node.kind == ledger::Kind::source ? node.label : node.id))
      decisions.push_back(
          {{"rule", d.rule}, {"action", d.action}, {"value", d.value}, {"limit", d.limit}, {"detail", d.detail}});
    json["decisions"] = std::move(decisions);
  }
  if (node.kind == ledger::Kind::artefact)
    if (const uint64_t members = ledger.count_parents(node.id, ledger::kMember); members > 0) json["members"] = members;
  Json parents = Json::array();
  for (const ledger::Link& link : ledger.parents(node.id)) {
    if (link.role == ledger::kMember || link.role == ledger::kHeldOut || link.role == ledger::kTaught) continue;
    Json parent = walk_up(ledger, link.node, walked);
    parent["role"] = link.role;
    if (link.range) parent["range"] = {link.range->begin, link.range->end};
    parents.push_back(std::move(parent));
  }
  json["made_from"] = std::move(parents);
  return json;
}

ledger::Node node_or_throw(const ledger::Ledger& ledger, const std::string& id) {
  auto node = ledger.node(id);
  if (node) return *node;
  throw Error(id, std::string(tr("the ledger knows nothing of this id", "원장에 없는 id입니다")),
              std::string(tr("ids stand in the datasets' records and in the output of \"moru build --json\"",
                             "id는 데이터셋의 레코드와 \"moru build --json\" 출력에 있습니다")));
}

}  // namespace

std::string resolve(const ledger::Ledger& ledger, const std::string& what) {
  std::error_code code;
  const fs::path description = fs::path(what) / "artefact.json";
  if (fs::is_regular_file(description, code))
    return json_text(read_json_file(description), "key", description.string());
  const fs::path bom = fs::path(what) / "bom.json";
  if (fs::is_regular_file(bom, code))
    return json_text(read_json_file(bom).value("model", Json::object()), "id", bom.string());
  std::vector<ledger::Node> found;
  const bool is_hex =
      !what.empty() && what.size() <= 64 && what.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_hex) found = ledger.find(what, kCandidates);
  if (found.empty())
    for (const std::string& id : ledger.find_sources(what, kCandidates)) found.push_back(node_or_throw(ledger, id));
  if (found.size() == 1) return found[0].id;
  if (found.empty()) return node_or_throw(ledger, what).id;
  std::string list;
  for (const ledger::Node& node : found)
    list += fmt::format("\n    {}  {:<9} {}", node.id.substr(0, 16), ledger::name_of(node.kind), node.label);
  if (found.size() == kCandidates) list += "\n    …";
  throw Error(what, fmt::format(fmt::runtime(tr("{} records fit this", "{}개 이상의 레코드가 맞습니다")), found.size()),
              fmt::format("{}{}", tr("give more of the id:", "id를 더 길게 적으세요:"), list));
}

Json trace_up(const ledger::Ledger& ledger, const std::string& id) {
  std::set<std::string> walked;
  Json json = walk_up(ledger, node_or_throw(ledger, id), walked);
  json["sources"] = ledger::sources_json(ledger.sources_of(id));
  if (const auto held_out = ledger.held_out_sources_of(id); !held_out.empty())
    json["held_out_sources"] = ledger::sources_json(held_out);
  return json;
}

Json trace_down(const ledger::Ledger& ledger, const std::string& id) {
  Json json = node_json(node_or_throw(ledger, id));
  Json made = Json::object();
  for (const ledger::Node& node : ledger.descendants(id))
    made[std::string(ledger::name_of(node.kind))].push_back({{"id", node.id}, {"label", node.label}});
  json["made_of_it"] = std::move(made);
  return json;
}

Json trace_model(const fs::path& folder) {
  const fs::path file = folder / "bom.json";
  const Json bom = read_json_file(file);
  const std::string place = file.string();
  if (json_text(bom, "schema", place) != ledger::kBomSchema)
    throw Error(place, std::string(tr("a bill of materials of another version", "다른 버전의 자재 명세서입니다")),
                std::string(tr("build the model again with this version", "이 버전으로 모델을 다시 빌드하세요")));
  const std::vector<ledger::Source> sources = ledger::sources_from_json(bom.value("sources", Json::object()), place);
  Json json = {{"kind", "model"},
               {"made_from", Json::array()},
               {"sources", ledger::sources_json(sources)},
               {"changed", ledger::changed_files(folder, bom)}};
  try {
    json["id"] = bom.at("model").at("id");
    json["label"] = bom.at("model").at("name");
    json["facts"] = {
        {"weights", bom.at("weights")}, {"base", bom.at("base")},           {"code", bom.at("code")},
        {"recipe", bom.at("recipe")},   {"machine", bom.at("machine")},     {"synthetic", bom.at("synthetic")},
        {"seeds", bom.at("seeds")},     {"documents", bom.at("documents")}, {"training", bom.at("training")}};
    if (bom.at("evaluation").contains("held_out_sources"))
      json["held_out_sources"] =
          ledger::sources_json(ledger::sources_from_json(bom.at("evaluation").at("held_out_sources"), place));
    for (const Json& step : bom.at("steps"))
      json["made_from"].push_back({{"id", step.at("artefact")},
                                   {"kind", "artefact"},
                                   {"label", step.at("step")},
                                   {"facts", {{"content", step.at("content")}}},
                                   {"role", "step"},
                                   {"made_from", Json::array()}});
  } catch (const Json::exception& e) {
    throw Error(place, fmt::format("{}: {}", tr("not a bill of materials", "자재 명세서가 아닙니다"), e.what()),
                std::string(tr("build the model again", "모델을 다시 빌드하세요")));
  }
  // The list proves itself: an edited one has another root.
  const auto differs = [](const Json& listed, const Json& said) {
    return listed.at("merkle_root") != said.value("merkle_root", "");
  };
  if (differs(json["sources"], bom["sources"]) ||
      (json.contains("held_out_sources") && differs(json["held_out_sources"], bom["evaluation"]["held_out_sources"])))
    json["changed"].push_back("bom.json");
  return json;
}

}  // namespace moru::pipeline
