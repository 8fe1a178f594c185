// What an evaluation found, as JSON: Report::facts.
#pragma once

#include <span>
#include <vector>

#include "core/json.h"
#include "evaluate/evaluate.h"
#include "evaluate/metrics.h"

namespace moru::evaluate {

/// One system's answers and their scores, in the order of the questions.
struct Answered {
  std::string system;
  bool baseline = false;
  std::vector<std::string> answers;
  std::vector<AnswerScore> scores;
};

/// {"method", "scores": […], "comparisons": […], "questions": [{id, set, document, question, references,
/// answers: [{system, answer, f1, exact}]}]}: enough to work out every number again. Nothing in it depends on when or
/// how fast it was made.
Json evaluation_facts(const std::vector<Question>& questions, const std::vector<Answered>& answered,
                      const std::vector<Score>& scores, const std::vector<Comparison>& comparisons);

/// Adds {"texts": [{system, set, kind, texts, tokens, bytes, units, bits_per_byte, perplexity}], "text_comparisons":
/// [{a, b, set, kind, bits_difference, p_value, p_adjusted, verdict}]} of the report to its facts.
void add_text_facts(Report& report);

/// "general", "documents", "answers".
std::string_view name_of(TextKind kind);

}  // namespace moru::evaluate
