// Evaluating: questions with references, answered by several systems; metrics with intervals, paired comparisons.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>  // Report holds a Json by value
#include <set>
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
  std::string cluster;  ///< Questions of one document are not independent: intervals are clustered by it.
  std::string set;      ///< "held-out" or the file's name.
};

/// What a model is to predict: a text, or the answer to a question in the model's chat format.
struct ScoredText {
  std::string text;
  std::string question;  ///< Empty: the text stands alone.
  std::string cluster;   ///< As Question::cluster.
};

/// What a set of texts is: it decides how the report speaks of it.
enum class TextKind {
  general,    ///< Texts that the training had nothing to do with: what a model loses on them it has forgotten.
  documents,  ///< Held-out documents.
  answers     ///< The references of a set of questions.
};

struct TextSet {
  std::string name;  ///< The source's; of answers, the questions' set.
  TextKind kind = TextKind::general;
  std::vector<ScoredText> texts;
};

/// Consecutive tokens that were predicted together.
struct ScoredBlock {
  double nats = 0;  ///< Sum of -log(probability).
  uint64_t tokens = 0, bytes = 0;
};

/// A block of a TextSet.
struct TextBlock : ScoredBlock {
  size_t text = 0;  ///< Its number in the set.
};

/// Something that answers questions: a model, a baseline. Answers come in the order of the questions.
struct System {
  std::string name;
  std::function<std::vector<std::string>(const std::vector<Question>&, ProgressSink&)> answer;
  bool baseline = false;  ///< Something plain that a model has to beat: the report says where it is not beaten.
  /// How well it predicts each set; a system that predicts nothing has none.
  std::function<std::vector<std::vector<TextBlock>>(const std::vector<TextSet>&, ProgressSink&)> predict = {};
};

struct Interval {
  double mean = 0, low = 0, high = 0;  ///< 95 %.
};

struct Score {
  std::string system, set;
  bool baseline = false;
  uint64_t questions = 0, clusters = 0;
  Interval f1;     ///< Character-bigram F1 after normalising.
  Interval exact;  ///< Share of exact matches after normalising.
};

/// What a comparison shows. A system is called better only if the interval excludes zero and the adjusted p-value is
/// below 0.05: else nothing is claimed.
enum class Verdict { not_shown, a_better, b_better };

/// A minus B on the same questions.
struct Comparison {
  std::string a, b, set;
  Interval f1_difference;
  double p_value = 1;     ///< Two-sided, paired, by clusters.
  double p_adjusted = 1;  ///< By Holm, over all comparisons of the report.
  /// Smallest true difference that these questions show in 4 of 5 cases; negative if it cannot be told.
  double detectable = -1;
  uint64_t a_higher = 0, same = 0, b_higher = 0;  ///< Questions, by F1.
  double exact_p_value = 1;  ///< McNemar's exact test on the exact matches; it takes questions as independent.
  Verdict verdict = Verdict::not_shown;
};

/// How well a system predicts a set of texts; the fewer bits, the better.
struct TextScore {
  std::string system, set;
  TextKind kind = TextKind::general;
  uint64_t texts = 0, tokens = 0, bytes = 0;
  uint64_t units = 0;  ///< What the intervals draw from: documents where there are 20, else windows.
  Interval bits_per_byte, perplexity;
};

/// A minus B on the same texts.
struct TextComparison {
  std::string a, b, set;
  TextKind kind = TextKind::general;
  Interval bits_difference;  ///< Bits per byte: negative where A predicts better.
  double p_value = 1, p_adjusted = 1;
  Verdict verdict = Verdict::not_shown;
};

struct Report {
  std::vector<Score> scores;
  std::vector<Comparison> comparisons;
  std::vector<TextScore> text_scores;
  std::vector<TextComparison> text_comparisons;
  Json facts;  ///< All of it with every question, answer and score.
};

/// The held-out chat samples of a sample/1 dataset as questions, clustered by the document they were made from. With a
/// limit, as many topics as possible are asked before any is asked twice; the choice depends on the samples' ids alone.
/// Those about `documents`, which are held out as a whole, are a set of their own, "held-out documents", with the same
/// limit.
std::vector<Question> held_out_questions(const data::DatasetReader& samples, size_t limit = 0,
                                         const std::set<std::string>& documents = {});
/// A JSONL file: {"id", "question", "answers": […], "document": "path in the source"} a line. Other members are left
/// alone; a question without a document is its own cluster. Throws Error with the line.
std::vector<Question> read_questions(const std::filesystem::path& path);

/// Okapi BM25 retrieval over the corpus (document/1): answers with the passage that fits best. Words are character
/// bigrams for Hangul and whole words for the rest. The index is built here; the corpus need not outlive the call.
System bm25_baseline(const data::DatasetReader& corpus);

/// Asks every system every question, and lets those that predict texts predict them. Throws Error if there are no
/// questions or systems, two systems share a name, a question has no reference, or a system gives another number of
/// answers than it got questions.
Report evaluate(const std::vector<Question>& questions, const std::vector<System>& systems, ProgressSink& progress,
                const std::vector<TextSet>& texts = {});

/// The report for the terminal, and as Markdown.
std::string report_text(const Report& report);
std::string report_markdown(const Report& report);

}  // namespace moru::evaluate
