// Held-out documents: what nothing is trained on, so that questions about them ask for more than remembering.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace moru::data {

/// A list of Document::id in a JSON file, in order.
void write_held_out(const std::filesystem::path& file, const std::set<std::string>& documents);
/// The list; none for an empty path or a file that is not there. Throws Error naming the file if it is no such list.
std::set<std::string> read_held_out(const std::filesystem::path& file);

}  // namespace moru::data
