#include "pipeline/record_data.h"

#include <nlohmann/json.hpp>

#include "core/ordered_work.h"
#include "core/threads.h"
#include "data/dataset.h"
#include "data/decision_line.h"
#include "data/document_record.h"
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

/// What is put of a document: made on any thread, put in order.
struct DocumentRow {
  ledger::Source source;
  ledger::Node node;
  ledger::ByteRange range;
  std::string before;  ///< The id that it was collected with, if curating changed it.
};

DocumentRow row_of(const data::Document& d) {
  const Json facts = {{"collector", d.source.collector}, {"language", d.language}, {"bytes", d.text.size()}};
  const auto before = d.metadata.find("collected_as");
  return {{d.source.uri, d.source.file_hash, d.source.range.end, d.source.modified, d.licence.id, d.licence.evidence},
          {d.id, ledger::Kind::document, label_of(d.title.empty() ? d.text : d.title), dump_json(facts)},
          range_of(d.source.range),
          before == d.metadata.end() ? std::string() : before->second};
}

/// Calls read(reader, line, place) for every line of a dataset on all cores, and use(result) in the dataset's order.
template <class Reader, class Row, class Read, class Use>
void for_each_row(const data::DatasetReader& dataset, Read read, Use use) {
  constexpr size_t kBatchLines = 256, kBatchBytes = size_t{1} << 20;
  struct Batch {
    Reader reader;
    std::string bytes;
    std::vector<std::pair<size_t, std::string>> lines;  // where each ends, and its place
    std::vector<Row> rows;
  };
  std::vector<Batch> batches(2 * processor_count());
  OrderedWork ordered(
      batches.size(),
      [&](size_t slot) {
        Batch& batch = batches[slot];
        size_t begin = 0;
        for (const auto& [end, place] : batch.lines) {
          batch.rows.push_back(read(batch.reader, std::string_view(batch.bytes).substr(begin, end - begin), place));
          begin = end;
        }
      },
      [&](size_t slot) {
        Batch& batch = batches[slot];
        for (Row& row : batch.rows) use(row);
        batch.bytes.clear();
        batch.lines.clear();
        batch.rows.clear();
      });
  Batch* batch = nullptr;
  dataset.for_each_line([&](std::string_view line, const data::RecordPlace& place) {
    if (batch != nullptr && (batch->lines.size() == kBatchLines || batch->bytes.size() >= kBatchBytes)) {
      ordered.submit();
      batch = nullptr;
    }
    if (batch == nullptr) batch = &batches[ordered.next()];
    batch->bytes += line;
    batch->lines.emplace_back(batch->bytes.size(), place.text());
  });
  if (batch != nullptr) ordered.submit();
  ordered.finish();
}

}  // namespace

void record_documents(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger) {
  ledger::Source last;  // documents of one file stand together; the furthest range is what is known of its size
  std::string source;
  uint64_t put_bytes = 0;
  const auto put_last = [&] {
    if (!source.empty() && last.bytes != put_bytes) ledger.put(last);
  };
  for_each_row<data::DocumentLineReader, DocumentRow>(
      data::DatasetReader(dataset, data::kDocumentSchema),
      [](data::DocumentLineReader& reader, std::string_view line, std::string_view place) {
        return row_of(reader.read(line, place));
      },
      [&](DocumentRow& row) {
        if (row.source.uri == last.uri && row.source.sha256 == last.sha256) {
          last.bytes = std::max(last.bytes, row.source.bytes);
        } else {
          put_last();
          last = row.source;
          put_bytes = last.bytes;
          source = ledger.put(last);
        }
        ledger.put(row.node);
        ledger.put(ledger::Edge{row.node.id, source, std::string(ledger::kExtract), row.range});
        ledger.put(ledger::Edge{artefact, row.node.id, std::string(ledger::kMember), {}});
        // A document that curating changed: its decisions stand under the id that it was collected with.
        if (!row.before.empty() && ledger.has(row.before))
          ledger.put(ledger::Edge{row.node.id, row.before, std::string(ledger::kOrigin), {}});
      });
  put_last();
}

void record_decisions(const std::filesystem::path& dataset, const std::string& artefact, ledger::Ledger& ledger) {
  for_each_row<data::DecisionLineReader, data::DecisionLine>(
      data::DatasetReader(dataset, data::kDecisionSchema),
      [](data::DecisionLineReader& reader, std::string_view line, std::string_view place) {
        return reader.read(line, place);
      },
      [&](data::DecisionLine& d) {
        // A file from which no document came, so that one can ask what became of it. One too large to read has no hash.
        if (d.whole_source && !d.uri.empty())
          ledger.put(ledger::Source{d.uri, d.file_hash, 0, d.modified, d.licence, d.evidence});
        if (d.document.empty()) d.document = d.uri;
        ledger.put(ledger::Decision{d.document, d.rule, d.action, d.value, d.limit, d.detail}, artefact);
      });
}

void record_samples(const std::filesystem::path& dataset, const std::set<std::string>& held_out_documents,
                    const std::string& artefact, ledger::Ledger& ledger) {
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
    if (s.held_out) ledger.put(ledger::Edge{artefact, s.id, std::string(ledger::kHeldOut), {}});
  });
  for (const std::string& document : held_out_documents)
    if (ledger.has(document)) ledger.put(ledger::Edge{artefact, document, std::string(ledger::kHeldOut), {}});
}

void record_taught(const std::string& artefact, ledger::Ledger& ledger) {
  for (const ledger::Link& input : ledger.parents(artefact, ledger::kInput))
    if (input.node.label == "generate")
      ledger.put(ledger::Edge{artefact, input.node.id, std::string(ledger::kTaught), {}});
}

}  // namespace moru::pipeline
