#include "ledger/ledger.h"

#include <cassert>

#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "ledger/state.h"

namespace moru::ledger {
namespace {

constexpr std::array<std::string_view, 5> kKindNames = {"source", "document", "sample", "artefact", "model"};
// 2: edges say what was held out. A ledger of another version is made again from the artefacts.
constexpr int kSchemaVersion = 2;

// A range of -1, -1 stands for "the whole": NULLs would be distinct from each other in the unique index.
constexpr std::string_view kSchema = R"(
CREATE TABLE node(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, label TEXT NOT NULL, facts TEXT NOT NULL);
CREATE INDEX node_kind ON node(kind, id);
CREATE TABLE edge(child INTEGER NOT NULL REFERENCES node(number), role TEXT NOT NULL, parent INTEGER NOT NULL REFERENCES node(number),
  range_begin INTEGER NOT NULL, range_end INTEGER NOT NULL);
CREATE UNIQUE INDEX edge_child ON edge(child, role, parent, range_begin, range_end);
CREATE INDEX edge_parent ON edge(parent);
CREATE TABLE source(node INTEGER PRIMARY KEY REFERENCES node(number), uri TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
  modified TEXT NOT NULL, licence TEXT NOT NULL, evidence TEXT NOT NULL);
CREATE TABLE decision(artefact TEXT NOT NULL, document TEXT NOT NULL, rule TEXT NOT NULL, action TEXT NOT NULL, value TEXT NOT NULL,
  limit_text TEXT NOT NULL, detail TEXT NOT NULL);
CREATE UNIQUE INDEX decision_document ON decision(document, artefact, rule, action, value, detail);
CREATE TABLE run(id TEXT PRIMARY KEY, recipe TEXT NOT NULL, recipe_sha256 TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
  outcome TEXT NOT NULL, code TEXT NOT NULL, machine TEXT NOT NULL);
CREATE TABLE step(run TEXT NOT NULL, step TEXT NOT NULL, artefact TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
  outcome TEXT NOT NULL, parameters TEXT NOT NULL, PRIMARY KEY(run, step));
CREATE INDEX step_artefact ON step(artefact);
)";

}  // namespace

std::string_view name_of(Kind kind) {
  return kKindNames.at(static_cast<size_t>(kind));
}

Kind kind_of(std::string_view name) {
  const auto it = std::ranges::find(kKindNames, name);
  return it == kKindNames.end() ? Kind::artefact : static_cast<Kind>(it - kKindNames.begin());
}

std::string source_id(const Source& source) {
  return sha256(fmt::format("{}\n{}", source.uri, source.sha256));
}

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Ledger Ledger::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>(State{Database(path, false), {}, {}, {}, {}, {}, {}});
  const Database& db = state->database;
  // WAL: a reader (moru trace) and the writer do not wait for each other; NORMAL survives SIGKILL whole, and what a
  // power cut takes the next build puts again from the artefacts.
  db.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF;");
  Statement version = db.prepare("PRAGMA user_version");
  version.step();
  const int64_t found = version.integer(0);
  version.reset();
  if (found == 0) {
    db.run("BEGIN IMMEDIATE;");
    db.run(kSchema);
    db.run(fmt::format("PRAGMA user_version={}; COMMIT;", kSchemaVersion));
  } else if (found != kSchemaVersion) {
    throw DamagedError(db.place(),
                       fmt::format(fmt::runtime(tr("ledger of version {}, this program writes {}",
                                                   "원장 버전은 {}, 이 프로그램은 {}을(를) 씁니다")),
                                   found, kSchemaVersion),
                       std::string(tr("run \"moru build RECIPE\" here: it makes the ledger again from the artefacts",
                                      "여기서 \"moru build 레시피\"를 실행하세요. 산출물에서 원장을 다시 만듭니다")));
  } else {
    Statement check = db.prepare("PRAGMA quick_check(1)");
    if (!check.step() || check.text(0) != "ok")
      throw DamagedError(db.place(),
                         fmt::format("{}: {}", tr("the ledger is damaged", "원장이 손상되었습니다"), check.text(0)),
                         std::string(tr("run \"moru build RECIPE\" here: it makes the ledger again from the artefacts",
                                        "여기서 \"moru build 레시피\"를 실행하세요. 산출물에서 원장을 다시 만듭니다")));
  }
  // Ids are hashes, so rows go into the indexes at random: what is cached of these is not read from the file each time.
  db.run("PRAGMA cache_size=-65536;");
  state->put_node = std::make_unique<Statement>(
      db.prepare("INSERT INTO node(id, kind, label, facts) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id) DO UPDATE SET "
                 "kind=?2, label=?3, facts=?4 RETURNING number"));
  state->put_edge = std::make_unique<Statement>(db.prepare("INSERT OR IGNORE INTO edge VALUES(?1, ?2, ?3, ?4, ?5)"));
  state->put_source =
      std::make_unique<Statement>(db.prepare("INSERT OR REPLACE INTO source VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  state->put_decision =
      std::make_unique<Statement>(db.prepare("INSERT OR IGNORE INTO decision VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  return Ledger(std::move(state));
}

Ledger Ledger::open_read_only(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error(path.string(), std::string(tr("there is no ledger here", "여기에는 원장이 없습니다")),
                std::string(tr("give the folder of a built recipe with --workspace, or run \"moru build RECIPE\" first",
                               "빌드한 레시피의 폴더를 --workspace로 주거나 먼저 \"moru build 레시피\"를 실행하세요")));
  return Ledger(std::make_unique<State>(State{Database(path, true), {}, {}, {}, {}, {}, {}}));
}

Ledger::Transaction::Transaction(Ledger& ledger) : ledger_(ledger) {
  ledger_.state_->database.run("BEGIN IMMEDIATE");
}

Ledger::Transaction::~Transaction() {
  if (!open_) return;
  try {
    // Numbers given out in this transaction are given again to other nodes.
    ledger_.state_->numbers.clear();
    ledger_.state_->database.run("ROLLBACK");
  } catch (const Error&) {
    // SQLite rolls back by itself where the disk is full; there is nothing left to undo then.
  }
}

void Ledger::Transaction::commit() {
  ledger_.state_->database.run("COMMIT");
  open_ = false;
}

void Ledger::put(const Node& node) {
  Statement& put = *state_->put_node;
  put.bind(1, node.id).bind(2, name_of(node.kind)).bind(3, node.label).bind(4, node.facts);
  put.step();
  const int64_t number = put.integer(0);
  put.reset();
  state_->remember(node.id, number);
}

void Ledger::State::remember(std::string_view id, int64_t number) {
  // What was put long ago is hardly asked for again, and can be looked up.
  if (numbers.size() >= kMaxNumbers) numbers.clear();
  numbers.insert_or_assign(std::string(id), number);
}

int64_t Ledger::number_of(std::string_view id) const {
  const auto it = state_->numbers.find(std::string(id));
  if (it != state_->numbers.end()) return it->second;
  if (!state_->find_node)
    state_->find_node = std::make_unique<Statement>(state_->database.prepare("SELECT number FROM node WHERE id=?1"));
  Statement& find = *state_->find_node;
  find.bind(1, id);
  const int64_t number = find.step() ? find.integer(0) : 0;
  find.reset();
  if (number != 0) state_->remember(id, number);
  return number;
}

void Ledger::put(const Edge& edge) {
  const int64_t child = number_of(edge.child), parent = number_of(edge.parent);
  assert(child != 0 && parent != 0);
  if (child == 0 || parent == 0) return;
  const auto begin = edge.range ? static_cast<int64_t>(edge.range->begin) : -1;
  const auto end = edge.range ? static_cast<int64_t>(edge.range->end) : -1;
  state_->put_edge->bind(1, child).bind(2, edge.role).bind(3, parent).bind(4, begin).bind(5, end).run();
}

std::string Ledger::put(const Source& source) {
  const std::string id = source_id(source);
  if (number_of(id) == 0) put(Node{id, Kind::source, source.uri, ""});
  state_->put_source->bind(1, number_of(id))
      .bind(2, source.uri)
      .bind(3, source.sha256)
      .bind(4, static_cast<int64_t>(source.bytes));
  state_->put_source->bind(5, source.modified).bind(6, source.licence).bind(7, source.evidence).run();
  return id;
}

void Ledger::put(const Decision& d, std::string_view artefact) {
  state_->put_decision->bind(1, artefact).bind(2, d.document).bind(3, d.rule).bind(4, d.action).bind(5, d.value);
  state_->put_decision->bind(6, d.limit).bind(7, d.detail).run();
}

void Ledger::put(const Run& r) {
  Statement put = state_->database.prepare("INSERT OR REPLACE INTO run VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  put.bind(1, r.id).bind(2, r.recipe).bind(3, r.recipe_sha256).bind(4, r.started).bind(5, r.finished);
  put.bind(6, r.outcome).bind(7, r.code).bind(8, r.machine).run();
}

void Ledger::put(const StepRecord& s) {
  Statement put = state_->database.prepare("INSERT OR REPLACE INTO step VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  put.bind(1, s.run).bind(2, s.step).bind(3, s.artefact).bind(4, s.started).bind(5, s.finished);
  put.bind(6, s.outcome).bind(7, s.parameters).run();
}

void Ledger::close_open_runs(std::string_view outcome, std::string_view finished) {
  state_->database.prepare("UPDATE run SET outcome=?1, finished=?2 WHERE finished=''")
      .bind(1, outcome)
      .bind(2, finished)
      .run();
  state_->database.prepare("UPDATE step SET outcome=?1, finished=?2 WHERE finished=''")
      .bind(1, outcome)
      .bind(2, finished)
      .run();
}

}  // namespace moru::ledger
