#include "curate/decision.h"

#include <nlohmann/json.hpp>

namespace moru::curate {
namespace {

Json measure_json(const Measure& measure) {
  if (const auto* number = std::get_if<double>(&measure)) {
    // Counts print as whole numbers.
    if (*number == std::floor(*number) && std::abs(*number) < 1e15) return static_cast<int64_t>(*number);
    return *number;
  }
  if (const auto* name = std::get_if<std::string>(&measure)) return *name;
  return nullptr;
}

Json base_record(std::string_view rule, std::string_view action, const Item& item) {
  return {{"document", item.collected_id},
          {"rule", rule},
          {"action", action},
          {"value", nullptr},
          {"limit", nullptr},
          {"detail", ""},
          {"source", item.document.source.uri},
          {"licence", item.document.licence.id}};
}

}  // namespace

Json decision_record(std::string_view rule, const Item& item, const Verdict& verdict) {
  const bool drop = verdict.action == Verdict::Action::drop;
  Json record = base_record(rule, drop ? "drop" : "change", item);
  record["value"] = measure_json(verdict.value);
  record["limit"] = measure_json(verdict.limit);
  record["detail"] = verdict.detail;
  for (const auto& [key, value] : verdict.members) record[key] = value;
  if (drop) record["record"] = data::to_json(item.document);
  if (!verdict.removed.empty()) {
    Json removed = Json::array();
    for (const Removed& piece : verdict.removed)
      removed.push_back({{"field", piece.field},
                         {"range", {piece.range.begin, piece.range.end}},
                         {"text", piece.text},
                         {"replacement", piece.replacement}});
    record["removed"] = std::move(removed);
  }
  return record;
}

Json undone_record(std::string_view rule, const Item& item, const Verdict& verdict) {
  Json record = base_record(rule, "undone", item);
  record["value"] = measure_json(verdict.value);
  record["limit"] = measure_json(verdict.limit);
  record["detail"] = verdict.detail;
  return record;
}

Json set_aside_record(std::string_view rule, const Item& item, std::string_view reason) {
  Json record = base_record(rule, "set_aside", item);
  record["detail"] = reason;
  record["record"] = data::to_json(item.document);
  return record;
}

}  // namespace moru::curate
