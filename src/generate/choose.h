// Choosing: which topics are kept, and what tells namesakes apart.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "generate/topic.h"

namespace moru::generate {

/// Why topics were left out, with counts.
using LeftOut = std::map<std::string, uint64_t>;

/// Keeps one of topics with the same family, name and answer, and none of those whose answer many share; qualifies
/// namesakes (by place, title, heading above) until each name stands for one answer, and leaves out those that nothing
/// tells apart; keeps the `most` worthiest (0: all). The order of the topics is kept.
std::vector<Topic> choose(std::vector<Topic> topics, size_t most, LeftOut& left_out);

}  // namespace moru::generate
