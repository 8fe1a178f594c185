// Lineage: questions to the graph.
#include "ledger/ledger.h"
#include "ledger/state.h"

namespace moru::ledger {
namespace {

// An edge that lineage follows: all but the inputs of an artefact whose members are known, and what only says what was
// held out.
constexpr std::string_view kFollowed =
    "(e.role NOT IN ('held_out','taught') AND "
    "(e.role<>'input' OR NOT EXISTS(SELECT 1 FROM edge m WHERE m.child=e.child AND m.role='member')))";

// What was held out of node ?1: of the artefact itself, or of the one with the model's weights.
constexpr std::string_view kHeldOutOf =
    "self(n) AS (SELECT number FROM node WHERE id=?1), "
    "held(n) AS (SELECT h.parent FROM edge t JOIN edge h ON h.child=t.parent AND h.role='held_out' WHERE "
    "t.role='taught' AND t.child IN (SELECT n FROM self UNION SELECT w.parent FROM edge w JOIN self ON w.child=self.n "
    "WHERE w.role='weights'))";

constexpr std::string_view kSourceColumns = "s.uri, s.sha256, s.bytes, s.modified, s.licence, s.evidence";

Node node_of(const Statement& row, int column = 0) {
  return {row.text(column), kind_of(row.text(column + 1)), row.text(column + 2), row.text(column + 3)};
}

Source source_of(const Statement& row) {
  return {row.text(0), row.text(1), static_cast<uint64_t>(row.integer(2)), row.text(3), row.text(4), row.text(5)};
}

std::vector<Source> sources_in(Statement& walk, std::string_view id) {
  walk.bind(1, id);
  std::vector<Source> sources;
  while (walk.step()) sources.push_back(source_of(walk));
  return sources;
}

int64_t sql_limit(size_t limit) {
  return limit > static_cast<size_t>(INT64_MAX) ? -1 : static_cast<int64_t>(limit);
}

}  // namespace

bool Ledger::has(std::string_view id) const {
  return number_of(id) != 0;
}

std::optional<Node> Ledger::node(std::string_view id) const {
  Statement find = state_->database.prepare("SELECT id, kind, label, facts FROM node WHERE id=?1");
  find.bind(1, id);
  if (!find.step()) return std::nullopt;
  return node_of(find);
}

std::vector<Node> Ledger::find(std::string_view prefix, size_t limit) const {
  // 'g' follows the hexadecimal digits: a range scan of the index, where LIKE would read every row.
  Statement find =
      state_->database.prepare("SELECT id, kind, label, facts FROM node WHERE id>=?1 AND id<?2 ORDER BY id LIMIT ?3");
  find.bind(1, prefix).bind(2, std::string(prefix) + "g").bind(3, sql_limit(limit));
  std::vector<Node> nodes;
  while (find.step()) nodes.push_back(node_of(find));
  return nodes;
}

std::vector<Node> Ledger::nodes(Kind kind, size_t limit) const {
  Statement find =
      state_->database.prepare("SELECT id, kind, label, facts FROM node WHERE kind=?1 ORDER BY id LIMIT ?2");
  find.bind(1, name_of(kind)).bind(2, sql_limit(limit));
  std::vector<Node> nodes;
  while (find.step()) nodes.push_back(node_of(find));
  return nodes;
}

std::optional<Source> Ledger::source(std::string_view id) const {
  Statement find = state_->database.prepare(
      "SELECT s.uri, s.sha256, s.bytes, s.modified, s.licence, s.evidence FROM source s JOIN node n ON n.number=s.node "
      "WHERE n.id=?1");
  find.bind(1, id);
  if (!find.step()) return std::nullopt;
  return source_of(find);
}

std::vector<std::string> Ledger::find_sources(std::string_view uri, size_t limit) const {
  Statement find = state_->database.prepare(
      "SELECT n.id FROM source s JOIN node n ON n.number=s.node WHERE s.uri=?1 OR substr(s.uri, -length(?2))=?2 ORDER "
      "BY s.uri LIMIT ?3");
  find.bind(1, uri).bind(2, "/" + std::string(uri)).bind(3, sql_limit(limit));
  std::vector<std::string> ids;
  while (find.step()) ids.push_back(find.text(0));
  return ids;
}

std::vector<Link> Ledger::links(std::string_view id, std::string_view role, size_t limit, bool up) const {
  Statement find = state_->database.prepare(
      fmt::format("SELECT n.id, n.kind, n.label, n.facts, e.role, e.range_begin, e.range_end FROM edge e JOIN node n "
                  "ON n.number=e.{} "
                  "WHERE e.{}=(SELECT number FROM node WHERE id=?1) AND (?2='' OR e.role=?2) ORDER BY e.rowid LIMIT ?3",
                  up ? "parent" : "child", up ? "child" : "parent"));
  find.bind(1, id).bind(2, role).bind(3, sql_limit(limit));
  std::vector<Link> links;
  while (find.step()) {
    Link& link = links.emplace_back(Link{node_of(find), find.text(4), std::nullopt});
    if (find.integer(5) >= 0)
      link.range = ByteRange{static_cast<uint64_t>(find.integer(5)), static_cast<uint64_t>(find.integer(6))};
  }
  return links;
}

std::vector<Link> Ledger::parents(std::string_view id, std::string_view role, size_t limit) const {
  return links(id, role, limit, true);
}
std::vector<Link> Ledger::children(std::string_view id, std::string_view role, size_t limit) const {
  return links(id, role, limit, false);
}

uint64_t Ledger::count_links(std::string_view id, std::string_view role, bool up) const {
  Statement count = state_->database.prepare(fmt::format(
      "SELECT count(*) FROM edge WHERE {}=(SELECT number FROM node WHERE id=?1) AND role=?2", up ? "child" : "parent"));
  count.bind(1, id).bind(2, role).step();
  return static_cast<uint64_t>(count.integer(0));
}

uint64_t Ledger::count_parents(std::string_view id, std::string_view role) const {
  return count_links(id, role, true);
}
uint64_t Ledger::count_children(std::string_view id, std::string_view role) const {
  return count_links(id, role, false);
}

std::vector<Source> Ledger::sources_of(std::string_view id) const {
  Statement walk = state_->database.prepare(fmt::format(
      "WITH RECURSIVE {}, up(n) AS (SELECT n FROM self UNION SELECT e.parent FROM up JOIN edge e ON e.child=up.n WHERE "
      "{} AND e.parent NOT IN (SELECT n FROM held)) "
      "SELECT {} FROM up JOIN source s ON s.node=up.n ORDER BY s.uri, s.sha256",
      kHeldOutOf, kFollowed, kSourceColumns));
  return sources_in(walk, id);
}

std::vector<Source> Ledger::held_out_sources_of(std::string_view id) const {
  // From the documents alone: what else is held out, questions, was made of documents that may well be taught.
  Statement walk = state_->database.prepare(fmt::format(
      "WITH RECURSIVE {}, up(n) AS (SELECT held.n FROM held JOIN node ON node.number=held.n WHERE node.kind='document' "
      "UNION SELECT e.parent FROM up JOIN edge e ON e.child=up.n WHERE {}) "
      "SELECT {} FROM up JOIN source s ON s.node=up.n ORDER BY s.uri, s.sha256",
      kHeldOutOf, kFollowed, kSourceColumns));
  return sources_in(walk, id);
}

std::vector<LicenceCount> Ledger::licences_of(std::string_view id) const {
  std::map<std::string, uint64_t> counts;
  for (const Source& source : sources_of(id)) ++counts[source.licence];
  std::vector<LicenceCount> licences;
  for (const auto& [licence, count] : counts) licences.push_back({licence, count});
  return licences;
}

std::vector<Node> Ledger::descendants(std::string_view id, size_t limit) const {
  // `own`: a file's documents, as collected and as curated; they stand on one side, which their address decides.
  // `without`: what was taught without them.
  Statement walk = state_->database.prepare(fmt::format(
      "WITH RECURSIVE own(n) AS (SELECT number FROM node WHERE id=?1 UNION SELECT e.child FROM own JOIN edge e ON "
      "e.parent=own.n JOIN node d ON d.number=e.child WHERE e.role IN ('extract','origin') AND d.kind='document'), "
      "without(n) AS (SELECT t.child FROM own JOIN edge h ON h.parent=own.n AND h.role='held_out' JOIN edge t ON "
      "t.parent=h.child AND t.role='taught'), "
      "down(n) AS (SELECT number FROM node WHERE id=?1 UNION SELECT e.child FROM down JOIN edge e ON e.parent=down.n "
      "WHERE {} AND e.child NOT IN (SELECT n FROM without)) "
      "SELECT n.id, n.kind, n.label, n.facts FROM down JOIN node n ON n.number=down.n WHERE n.id<>?1 "
      "ORDER BY n.kind, n.id LIMIT ?2",
      kFollowed));
  walk.bind(1, id).bind(2, sql_limit(limit));
  std::vector<Node> nodes;
  while (walk.step()) nodes.push_back(node_of(walk));
  return nodes;
}

std::vector<Decision> Ledger::decisions(std::string_view document) const {
  Statement find = state_->database.prepare(
      "SELECT document, rule, action, value, limit_text, detail FROM decision WHERE document=?1 ORDER BY rowid");
  find.bind(1, document);
  std::vector<Decision> decisions;
  while (find.step())
    decisions.push_back({find.text(0), find.text(1), find.text(2), find.text(3), find.text(4), find.text(5)});
  return decisions;
}

std::vector<Run> Ledger::runs(size_t limit) const {
  Statement find = state_->database.prepare(
      "SELECT id, recipe, recipe_sha256, started, finished, outcome, code, machine FROM run ORDER BY started DESC, "
      "rowid DESC LIMIT ?1");
  find.bind(1, sql_limit(limit));
  std::vector<Run> runs;
  while (find.step())
    runs.push_back({find.text(0), find.text(1), find.text(2), find.text(3), find.text(4), find.text(5), find.text(6),
                    find.text(7)});
  return runs;
}

std::vector<StepRecord> Ledger::steps_of(std::string_view artefact) const {
  Statement find = state_->database.prepare(
      "SELECT run, step, artefact, started, finished, outcome, parameters FROM step WHERE artefact=?1 ORDER BY "
      "started, rowid");
  find.bind(1, artefact);
  std::vector<StepRecord> steps;
  while (find.step())
    steps.push_back({find.text(0), find.text(1), find.text(2), find.text(3), find.text(4), find.text(5), find.text(6)});
  return steps;
}

}  // namespace moru::ledger
