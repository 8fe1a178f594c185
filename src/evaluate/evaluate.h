// Evaluating: questions with references, answered by several systems; metrics with intervals, paired comparisons.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/config.h"
#include "core/progress.h"
#include "data/dataset.h"

namespace moru::evaluate {

struct Question {
  std::string id;
  std::string text;
  std::vector<std::string> references;  ///< Any of them is right; the best match counts.
  std::string cluster;                  ///< Questions of one document are not independent: intervals are clustered by it.
  std::string set;                      ///< "held-out" or the file's name.
};

/// Something that answers questions: a model, a baseline. Answers come in the order of the questions.
struct System {
  std::string name;
  std::function<std::vector<std::string>(const std::vector<Question>&, ProgressSink&)> answer;
};

struct Interval {
  double mean = 0, low = 0, high = 0;  ///< 95 %.
};

struct Score {
  std::string system, set;
  uint64_t questions = 0, clusters = 0;
  Interval f1;     ///< Character-bigram F1 after normalising.
  Interval exact;  ///< Share of exact matches after normalising.
};

/// A minus B on the same questions.
struct Comparison {
  std::string a, b, set;
  Interval f1_difference;
  double p_value = 1;  ///< Two-sided, paired, by clusters.
};

struct Report {
  std::vector<Score> scores;
  std::vector<Comparison> comparisons;
  Json facts;  ///< All of it with every question, answer and score.
};

/// The held-out samples of a sample/1 dataset as questions.
std::vector<Question> held_out_questions(const data::DatasetReader& samples, size_t limit = 0);
/// A JSONL file: {"id", "question", "answers": […], "document": "path in the source"} a line. Throws Error with the line.
std::vector<Question> read_questions(const std::filesystem::path& path);

/// Okapi BM25 retrieval over the corpus (document/1): answers with the passage that fits best. Words are character
/// bigrams for Hangul and whole words for the rest.
System bm25_baseline(const data::DatasetReader& corpus);

Report evaluate(const std::vector<Question>& questions, const std::vector<System>& systems, ProgressSink& progress);

/// The report for the terminal, and as Markdown.
std::string report_text(const Report& report);
std::string report_markdown(const Report& report);

}  // namespace moru::evaluate
