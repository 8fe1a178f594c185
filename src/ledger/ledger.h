// The ledger: what was made from what, by which step, when, with which parameters, and who may use it.
//
// A graph in one SQLite file. Nodes are sources (files), documents, samples, artefacts, models; an edge says that a
// child was made from a parent, and from which bytes of it. Inserting is idempotent, and all of the graph can be made
// again from the artefacts, so that a killed build or a lost file costs nothing but time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/database.h"

namespace moru::ledger {

enum class Kind { source, document, sample, artefact, model };
std::string_view name_of(Kind kind);

struct Node {
  std::string id;  ///< 64 hexadecimal digits.
  Kind kind = Kind::artefact;
  std::string label;  ///< For people: a title, a step's name, a path.
  std::string facts;  ///< JSON object; may be empty.
};

/// Bytes [begin, end) of the parent.
struct ByteRange {
  uint64_t begin = 0, end = 0;
  bool operator==(const ByteRange&) const = default;
};

/// Roles with a meaning to lineage. Others are free.
/// member: the child is an artefact, the parent a record in it. Where an artefact has members, its lineage goes through
/// them alone: a step may have dropped part of its input.
inline constexpr std::string_view kMember = "member";
/// input: the child is an artefact, the parent an artefact that its step read.
inline constexpr std::string_view kInput = "input";
/// extract: the child is a document, the parent the file that it stands in.
inline constexpr std::string_view kExtract = "extract";
/// origin: the child is a sample, the parent a document; or a document that a step changed and the one before.
inline constexpr std::string_view kOrigin = "origin";
/// held_out: the child is an artefact, the parent a record that it keeps for evaluation. The child is not made from it
/// by this edge.
inline constexpr std::string_view kHeldOut = "held_out";
/// taught: the child is an artefact, the parent the artefact whose held-out records it kept out: these are no part of
/// its lineage, by whatever way they could be reached.
inline constexpr std::string_view kTaught = "taught";
/// weights: the child is a model, the parent the artefact with its weights.
inline constexpr std::string_view kWeights = "weights";

struct Edge {
  std::string child, parent;  ///< Node ids; both must have been put before.
  std::string role;
  std::optional<ByteRange> range;
};

/// A file that documents came from, and who may use it.
struct Source {
  std::string uri;
  std::string sha256;
  uint64_t bytes = 0;
  std::string modified;  ///< ISO 8601 UTC.
  std::string licence;   ///< SPDX expression or "unknown".
  std::string evidence;  ///< How the licence is known.
};
/// SHA-256 over URI and file hash: the same bytes in two places are two sources.
std::string source_id(const Source& source);

/// What a curating rule did to a document.
struct Decision {
  std::string document, rule, action;
  std::string value, limit, detail;
};

struct Run {
  std::string id, recipe, recipe_sha256, started, finished, outcome, code, machine;
};
struct StepRecord {
  std::string run, step, artefact, started, finished, outcome, parameters;
};

/// One end of an edge as seen from the other.
struct Link {
  Node node;
  std::string role;
  std::optional<ByteRange> range;
};

/// A licence and how many sources carry it.
struct LicenceCount {
  std::string licence;
  uint64_t sources = 0;
};

class Ledger {
 public:
  /// For writing; made if it is not there, checked if it is. One writer at a time. Throws DamagedError if it is
  /// damaged.
  static Ledger open(const std::filesystem::path& path);
  /// For reading, also while another process writes. Throws Error if it is not there.
  static Ledger open_read_only(const std::filesystem::path& path);
  Ledger(Ledger&&) noexcept;
  ~Ledger();

  /// Everything put until commit() is stored whole or not at all.
  class Transaction {
   public:
    explicit Transaction(Ledger& ledger);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

   private:
    Ledger& ledger_;
    bool open_ = true;
  };

  /// Puts a node; one that is there already gets the new label and facts.
  void put(const Node& node);
  void put(const Edge& edge);
  /// Puts the source and its node; returns its id.
  std::string put(const Source& source);
  void put(const Decision& decision, std::string_view artefact);
  /// A run begins (or, with the same id, ends).
  void put(const Run& run);
  void put(const StepRecord& step);
  /// Runs that have no end are marked with this outcome: their process was killed.
  void close_open_runs(std::string_view outcome, std::string_view finished);

  bool has(std::string_view id) const;
  std::optional<Node> node(std::string_view id) const;
  /// Nodes whose id begins with the prefix, in order of id.
  std::vector<Node> find(std::string_view prefix, size_t limit = 20) const;
  std::vector<Node> nodes(Kind kind, size_t limit = SIZE_MAX) const;
  std::optional<Source> source(std::string_view id) const;
  /// Ids of the sources whose URI is this text or ends with "/" and it.
  std::vector<std::string> find_sources(std::string_view uri, size_t limit = 20) const;

  /// What the node was made from, and what was made from it; in the order in which edges were put. An empty role means
  /// all.
  std::vector<Link> parents(std::string_view id, std::string_view role = {}, size_t limit = SIZE_MAX) const;
  std::vector<Link> children(std::string_view id, std::string_view role = {}, size_t limit = SIZE_MAX) const;
  uint64_t count_parents(std::string_view id, std::string_view role) const;
  uint64_t count_children(std::string_view id, std::string_view role) const;

  /// The files that the node was made from, whole way up, in order of URI.
  std::vector<Source> sources_of(std::string_view id) const;
  /// The files of the documents that were held out of it: it is asked about these, and was made without them.
  std::vector<Source> held_out_sources_of(std::string_view id) const;
  /// Their licences, in order of name.
  std::vector<LicenceCount> licences_of(std::string_view id) const;
  /// All that was made from the node, whole way down: how many of each kind, and the nodes (in order of kind and id).
  std::vector<Node> descendants(std::string_view id, size_t limit = SIZE_MAX) const;
  std::vector<Decision> decisions(std::string_view document) const;
  std::vector<Run> runs(size_t limit = 20) const;
  std::vector<StepRecord> steps_of(std::string_view artefact) const;

 private:
  struct State;
  explicit Ledger(std::unique_ptr<State> state);
  int64_t number_of(std::string_view id) const;
  std::vector<Link> links(std::string_view id, std::string_view role, size_t limit, bool up) const;
  uint64_t count_links(std::string_view id, std::string_view role, bool up) const;
  std::unique_ptr<State> state_;
};

}  // namespace moru::ledger
