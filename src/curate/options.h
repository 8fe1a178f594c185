// The rules of a recipe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "curate/curate.h"
#include "curate/overrides.h"
#include "curate/rule.h"

namespace moru::curate {

struct Options::Rules {
  struct Entry {
    std::string name;
    bool enabled = true;
    std::unique_ptr<Rule> rule;
  };
  std::vector<Entry> entries;
  Overrides overrides;
};

}  // namespace moru::curate
