#include "pipeline/record_data.h"

#include <nlohmann/json.hpp>

#include "data/dataset.h"
#include "data/document.h"
#include "data/sample.h"

namespace moru::pipeline {
namespace {

constexpr size_t kLabelBytes = 120;

/// The first line, cut at a character.
std::string label_of(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.size() <= kLabelBytes) return std::string(text);
  size_t cut = kLabelBytes;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "…";
}

ledger::ByteRange range_of(data::Range range) {
  return {range.begin, range.end};
}

/// A member that may be a text or a number, as text.
std::string as_text(const Json& record, const char* key) {
  const auto it = record.find(key);
  if (it == record.end() || it->is_null()) return {};
  return it->is_string() ? it->get<std::string>() : dump_json(*it);
}

}  // namespace

void record_documents(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger) {
  const data::DatasetReader reader(dataset, data::kDocumentSchema);
  std::string last_uri;
  uint64_t bytes = 0;
  reader.for_each([&](const Json& record, std::string_view place) {
    const data::Document d = data::document_from_json(record, place);
    // Documents of one file stand together; the furthest range is what is known of its size.
    bytes = d.source.uri == last_uri ? std::max(bytes, d.source.range.end) : d.source.range.end;
    last_uri = d.source.uri;
    const std::string source = ledger.put(
        ledger::Source{d.source.uri, d.source.file_hash, bytes, d.source.modified, d.licence.id, d.licence.evidence});
    const Json facts = {{"collector", d.source.collector}, {"language", d.language}, {"bytes", d.text.size()}};
    ledger.put(
        ledger::Node{d.id, ledger::Kind::document, label_of(d.title.empty() ? d.text : d.title), dump_json(facts)});
    ledger.put(ledger::Edge{d.id, source, std::string(ledger::kExtract), range_of(d.source.range)});
    ledger.put(ledger::Edge{artefact, d.id, std::string(ledger::kMember), {}});
    // A document that curating changed: its decisions stand under the id that it was collected with.
    const auto before = d.metadata.find("collected_as");
    if (before != d.metadata.end() && ledger.has(before->second))
      ledger.put(ledger::Edge{d.id, before->second, std::string(ledger::kOrigin), {}});
  });
}

void record_decisions(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger) {
  const data::DatasetReader reader(dataset, data::kDecisionSchema);
  reader.for_each([&](const Json& record, std::string_view) {
    std::string document = as_text(record, "document");
    const auto source = record.find("source");
    if (source != record.end() && source->is_object()) {
      // A file from which no document came, so that one can ask what became of it. One too large to read has no hash.
      const std::string uri = as_text(*source, "uri"), hash = as_text(*source, "file_hash");
      const Json licence = record.value("licence", Json::object());
      if (!uri.empty() && licence.is_object())
        ledger.put(ledger::Source{uri, hash, 0, as_text(*source, "modified"), as_text(licence, "id"),
                                  as_text(licence, "evidence")});
      if (document.empty()) document = uri;
    } else if (document.empty()) {
      document = as_text(record, "source");
    }
    ledger.put(ledger::Decision{document, as_text(record, "rule"), as_text(record, "action"), as_text(record, "value"),
                                as_text(record, "limit"), as_text(record, "detail")},
               artefact);
  });
}

void record_samples(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger) {
  const data::DatasetReader reader(dataset, data::kSampleSchema);
  reader.for_each([&](const Json& record, std::string_view place) {
    const data::Sample s = data::sample_from_json(record, place);
    const Json facts = {
        {"generator", s.generator}, {"topic", s.topic}, {"phrasing", s.phrasing}, {"held_out", s.held_out}};
    std::string label = s.text;
    for (const data::Message& message : s.messages)
      if (message.role == "user") label = message.content;
    ledger.put(ledger::Node{s.id, ledger::Kind::sample, label_of(label), dump_json(facts)});
    for (const data::Origin& origin : s.origins)
      ledger.put(ledger::Edge{s.id, origin.document, std::string(ledger::kOrigin), range_of(origin.range)});
    ledger.put(ledger::Edge{artefact, s.id, std::string(ledger::kMember), {}});
  });
}

}  // namespace moru::pipeline
