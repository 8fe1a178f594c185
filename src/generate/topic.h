// Topic: one thing that can be asked about, and its answer in the text of a document.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "generate/outline.h"
#include "generate/prose.h"

namespace moru::generate {

/// What is asked about a topic; each has its own phrasings.
enum class Family {
  meaning,
  how_to,
  menu,
  command_key,
  key_effect,
  effect_key,
  use,
  syntax,
  returns,
  example,
  question
};

inline constexpr size_t kFamilies = 11;

std::string_view name_of(Family family);
/// The family's share of the topics where there are more than are kept: what people ask most has the most.
double share_of(Family family);

struct Topic {
  Family family = Family::meaning;
  std::string name;            ///< As a question names it.
  data::Range name_range;      ///< Where the document names it.
  bool is_title = false;       ///< The document as a whole is about it.
  bool needs_context = false;  ///< The name alone does not say what is meant.
  bool prefers_place = false;  ///< Its place tells it from namesakes better than its title does.
  std::string parent;          ///< The heading above, if it is neither the title nor a divider.
  Answer answer;
  double worth = 0.5;  ///< 0 … 1: which topics are kept where there are too many.

  // Filled by the caller of the generators.
  std::string generator;                 ///< Name and version ("heading-meaning/1").
  std::string document;                  ///< Document::id.
  std::string title, place;              ///< Of the document's outline.
  std::vector<std::string> other_names;  ///< Of a topic that its document as a whole is about.

  // Filled by choosing (choose.h).
  std::string qualifier;         ///< What tells it from its namesakes; empty if nothing need.
  bool place_qualifies = false;  ///< The qualifier is the place.
};

/// A way of finding topics in a document's structure. A new one is a file in generators/ and a line in registry.cpp.
struct Generator {
  std::string_view name;     ///< "heading-meaning"
  std::string_view version;  ///< Changes when its results do.
  void (*find)(const Outline& outline, const Options& options, std::vector<Topic>& topics);
};

/// All generators, in the order in which they run. Earlier ones win where two find the same.
std::span<const Generator> generators();

}  // namespace moru::generate
