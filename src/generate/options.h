// What the recipe's `generate:` section decides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config.h"

namespace moru::generate {

/// What the documents of a folder are about as a whole, as a user names it: folder "scalc", name "Calc". Questions use
/// it ("Calc에서 …"), and it tells topics apart that are named alike.
struct Place {
  std::string folder;  ///< A part of the source's path: one folder name, or several joined by '/'.
  std::string name;
  double weight = 1;  ///< How much its topics count where there are more than `max_topics`.
};

struct Options {
  double held_out_share = 0.2;  ///< Share of each topic's phrasings that is never trained on (at least one a topic).
  /// Share of the documents that are held out with all their topics: chosen by the address, so that a document stays on
  /// its side.
  double held_out_documents = 0;
  std::vector<std::string> languages = {"ko", "en"};  ///< Of the questions.
  int phrasings = 6;                                  ///< Most phrasings a topic gets, held-out ones included.
  int other_names = 2;  ///< Most further questions by other names, such as index entries; all are trained on.
  size_t max_answer_chars = 160;
  size_t max_steps_chars = 240;         ///< The same for answers that are numbered steps, so that most are whole.
  size_t max_topics = 2500;             ///< The best ones are kept; 0 keeps all.
  std::vector<std::string> generators;  ///< Names of those that run; empty: all.
  std::vector<Place> places;            ///< The first that fits a document's path holds.
  uint64_t seed = 7;
};

/// Reads the recipe's `generate:` section. Throws Error for a value out of range and for an unknown generator.
Options read_options(const Config& section);
/// All that decides the result, for the artefact's key.
Json to_json(const Options& options);

}  // namespace moru::generate
