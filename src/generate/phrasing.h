// Phrasing: the questions that ask about a topic, in Korean and English.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "generate/topic.h"

namespace moru::generate {

/// A question with slots. "{topic}" is the topic's name with what qualifies it; "{topic:은}" adds the particle that the
/// name's last sound asks for, named by its form after a consonant (은, 이, 을, 으로, 이란, 과). A template whose slots
/// a topic cannot fill is not used for it.
struct Template {
  std::string_view name;  ///< "how-to-ko/3": never reused for another wording.
  std::string_view text;
};

/// Korean templates ask about every topic; English ones about topics whose name and answer are English.
struct Templates {
  std::span<const Template> korean, english;
};

Templates templates(Family family);
/// With the slot {name}; at least one.
std::span<const Template> templates_by_other_name(Family family);

struct Question {
  std::string text;
  std::string_view phrasing;  ///< Template::name
  bool korean = true;
};

/// Every question that the templates can ask about a topic, in the tables' order, Korean first.
std::vector<Question> questions(const Topic& topic);

/// Questions by the topic's other names, one for each, by templates drawn with `seed`. None of them says how the topic
/// is called, so that only training on one can tell that the name stands for it.
std::vector<Question> questions_by_other_names(const Topic& topic, uint64_t seed);

/// The topic's name as a question says it, with its qualifier.
std::string display_name(const Topic& topic);

}  // namespace moru::generate
