// The generators' doors, and what several of them share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "generate/topic.h"

namespace moru::generate {

void find_heading_meanings(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_how_tos(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_questions(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_purposes(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_menu_paths(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_functions(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_shortcut_keys(const Outline& outline, const Options& options, std::vector<Topic>& topics);
void find_table_terms(const Outline& outline, const Options& options, std::vector<Topic>& topics);

/// True for an item of a numbered list.
bool is_step(const data::Block& block);

/// True for a name that is too short to say by itself what is meant: one word that many dialogs could have.
bool is_vague(std::string_view name);

/// True for a name that is vague even as a page's title ("배경", "File").
bool is_very_vague(std::string_view name);

/// True for a line that names a way through menus ("Choose View - Navigator.", "보기 - 내비게이터를 선택합니다.").
bool is_menu_path(std::string_view line);

/// True if a sentence says first what it is for ("셀을 지우려면 …", "To clear a cell, …").
bool states_purpose(std::string_view sentence);

/// True if a text tells the reader to do something ("… 선택합니다", "Click …"), rather than what a thing is.
bool tells_what_to_do(std::string_view text);

/// True for the name of a key or of keys pressed together ("Ctrl + Shift + F5", "Page Up 키").
bool is_key(std::string_view text);
/// The key's name without what is not it: "Ctrl + A" as "Ctrl+A", "F2 키" as "F2", "(F3)" as "F3".
std::string clean_key(std::string_view text);
/// The part of a range that clean_key keeps, as far as it stands in one piece.
data::Range key_range(const data::Document& document, data::Range range);

/// True for a section about a function, a statement or another part of a programming language: its heading says so, or
/// it has a syntax.
bool is_function(const Outline& outline, const Section& section);

/// True if the name of a task points at something that only its page shows ("이 옵션을 …", "the selected …").
bool has_deixis(std::string_view name);

/// The heading above a section, if it is not the document's title and names something; else empty.
std::string parent_name(const Outline& outline, const Section& section);

/// Where a table's cell stands in the text: searched from `from` on inside the table, which moves behind it. An empty
/// range if it is not found.
data::Range cell_range(const data::Document& document, const data::Block& table, std::string_view cell, uint64_t& from);

}  // namespace moru::generate
