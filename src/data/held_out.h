// Held-out documents: what nothing is trained on, so that questions about them ask for more than remembering.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace moru::data {

/// Whether the document with this address is held out, where a share of all is. By the address alone: a whole document,
/// and all that came from one address, stays on its side when its text changes or others come and go; a larger share
/// holds out what a smaller one did, and more.
bool is_held_out(std::string_view uri, double share, uint64_t seed);

/// Throws Error naming `place` if all of the documents are held out: nothing would be left to learn from.
void check_some_are_left(uint64_t held_out, uint64_t documents, const std::string& place);

/// A list of Document::id in a JSON file, in order.
void write_held_out(const std::filesystem::path& file, const std::set<std::string>& documents);
/// The list; none for an empty path or a file that is not there. Throws Error naming the file if it is no such list.
std::set<std::string> read_held_out(const std::filesystem::path& file);

}  // namespace moru::data
