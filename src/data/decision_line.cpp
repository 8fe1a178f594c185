#include "data/decision_line.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "core/json.h"

namespace moru::data {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string text_of(const object& json, std::string_view key) {
  element found;
  if (json[key].get(found) != simdjson::SUCCESS || found.is_null()) return {};
  std::string_view text;
  if (found.get(text) == simdjson::SUCCESS) return std::string(text);
  // As the library writes it that wrote the dataset: 0.5 may be printed in more than one way.
  return dump_json(parse_json(simdjson::minify(found), ""));
}

}  // namespace

struct DecisionLineReader::Parser {
  simdjson::dom::parser parser;
};

DecisionLineReader::DecisionLineReader() : parser_(std::make_unique<Parser>()) {}
DecisionLineReader::DecisionLineReader(DecisionLineReader&&) noexcept = default;
DecisionLineReader::~DecisionLineReader() = default;

DecisionLine DecisionLineReader::read(std::string_view line, std::string_view place) {
  object json;
  std::string usual;
  if (parser_->parser.parse(line.data(), line.size()).get(json) != simdjson::SUCCESS) {
    // Broken, and this says where; or good but unusual (a number of many digits), and this reads it.
    usual = dump_json(parse_json(line, place));
    if (parser_->parser.parse(usual).get(json) != simdjson::SUCCESS) return {};
  }
  DecisionLine d;
  d.document = text_of(json, "document");
  d.rule = text_of(json, "rule");
  d.action = text_of(json, "action");
  d.value = text_of(json, "value");
  d.limit = text_of(json, "limit");
  d.detail = text_of(json, "detail");
  d.cluster = text_of(json, "cluster");
  if (d.cluster.empty()) d.cluster = text_of(json, "kept");
  object source, licence;
  d.whole_source = json["source"].get(source) == simdjson::SUCCESS;
  if (!d.whole_source) {
    d.uri = text_of(json, "source");
    return d;
  }
  d.uri = text_of(source, "uri");
  d.file_hash = text_of(source, "file_hash");
  d.modified = text_of(source, "modified");
  if (json["licence"].get(licence) == simdjson::SUCCESS) {
    d.licence = text_of(licence, "id");
    d.evidence = text_of(licence, "evidence");
  }
  return d;
}

}  // namespace moru::data
