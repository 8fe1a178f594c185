// Names of tasks: headings such as "자동 필터 적용", "행을 고정하려면", "Inserting Frames" as the verbs of a question.
#pragma once

#include <string>
#include <string_view>

namespace moru::generate {

/// A task in the forms that questions need; empty where the name has no verb that could be inflected.
struct TaskForms {
  std::string if_to;       ///< "자동 필터를 적용하려면"
  std::string way_of;      ///< "자동 필터를 적용하는" (… 방법)
  std::string wish;        ///< "자동 필터를 적용하고" (… 싶어요)
  std::string verb;        ///< English: "insert frames"
  bool is_clause = false;  ///< The name is "…려면" or "To …": it cannot stand as a noun.
  bool is_action = false;  ///< The name ends in an action, though it may have no inflected forms ("고정 및 분리").
  bool empty() const { return if_to.empty() && verb.empty(); }
};

/// Korean: names that end in "…려면", in a verb's noun form ("만들기") or in a noun that makes a verb with 하다
/// ("적용"). English: "To insert …", "Inserting …", also in a row ("Inserting, Editing, and Linking Frames").
TaskForms task_forms(std::string_view name);

}  // namespace moru::generate
