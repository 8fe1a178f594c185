// GPT-2's table between bytes and printable characters, in which tokenizer.json writes its tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moru::text {

/// Each byte as one character: the printable ones of Latin-1 as themselves, the others as U+0100, U+0101, … in order
/// (Radford et al., "Language models are unsupervised multitask learners", 2019; encoder.py of its release).
std::string to_byte_level(std::string_view bytes);

/// The inverse; nothing if a character is not of the table.
std::optional<std::string> from_byte_level(std::string_view text);

}  // namespace moru::text
