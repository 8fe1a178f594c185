// What the two halves of the ledger (writing, lineage) share.
#pragma once

#include "ledger/ledger.h"

namespace moru::ledger {

struct Ledger::State {
  Database database;
  // Node numbers by id, so that putting an edge costs no look-up of ids just put. Bounded: a collection has millions.
  static constexpr size_t kMaxNumbers = 65536;
  std::unordered_map<std::string, int64_t> numbers;
  // Prepared once: a build puts tens of thousands of rows.
  std::unique_ptr<Statement> put_node, put_edge, put_source, put_decision, find_node;

  void remember(std::string_view id, int64_t number);
};

Kind kind_of(std::string_view name);

}  // namespace moru::ledger
