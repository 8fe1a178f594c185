// moru curate train-classifier: the model of the rule `quality_classifier`, from a folder of good documents and one of
// bad ones.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/curate_commands.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/progress.h"
#include "curate/classifier.h"
#include "pipeline/folder_texts.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string good, bad, out;
  uint64_t maximum_documents = 20000;
  curate::ClassifierOptions options;
  bool json = false;
};

/// One document in five, told by its text, is kept out of the training and measures the model: copies stay together.
bool held_out(const data::Document& document) {
  return hash64(document.text, 5) % 5 == 0;
}

struct Read {
  std::vector<curate::TrainingExample> examples;
  std::vector<std::string> aside[2];
  Json sources[2];
};

void read(const std::string& folder, bool good, const Arguments& arguments, ProgressSink& progress, Read& into) {
  uint64_t taken = 0;
  into.sources[good ? 1 : 0] = pipeline::for_each_document(folder, progress, [&](const data::Document& document) {
    if (taken >= arguments.maximum_documents) return;
    ++taken;
    if (held_out(document))
      into.aside[good ? 1 : 0].push_back(document.text);
    else
      into.examples.push_back(curate::make_training_example(document.text, good, arguments.options.bits));
  });
}

void show(const Arguments& arguments, const curate::Classifier& classifier, const curate::ClassifierScores& s) {
  fmt::print("{}\n",
             fmt::format(fmt::runtime(tr("{}: {} weights", "{}: 가중치 {}개")), arguments.out, classifier.size()));
  if (s.good == 0 || s.bad == 0) {
    fmt::print("{}\n", tr("too few documents to keep some out of the training: its quality is not known",
                          "학습에서 빼 둘 문서가 모자라 성능을 잴 수 없습니다"));
    return;
  }
  fmt::print(
      "{}\n",
      fmt::format(
          fmt::runtime(tr("on {} good and {} bad documents kept out of the training: AUC {:.4f} ({:.4f} to "
                          "{:.4f}), accuracy at 0.5 {:.1f} % ({:.1f} to {:.1f}), 95 % intervals",
                          "학습에서 뺀 좋은 문서 {}개와 나쁜 문서 {}개에서: AUC {:.4f} ({:.4f}~{:.4f}), 0.5에서 "
                          "정확도 {:.1f} % ({:.1f}~{:.1f}), 95 % 구간")),
          s.good, s.bad, s.auc, s.auc_low, s.auc_high, 100 * s.accuracy, 100 * s.accuracy_low, 100 * s.accuracy_high));
  for (const auto& [share, limit, dropped] :
       {std::tuple{95, s.keep_95, s.drop_95}, std::tuple{99, s.keep_99, s.drop_99}})
    fmt::print("{}\n",
               fmt::format(fmt::runtime(tr("  minimum {1:.3f} keeps {0} % of the good and drops {2:.1f} % of the bad",
                                           "  minimum {1:.3f}은 좋은 것의 {0} %를 남기고 나쁜 것의 {2:.1f} %를 버림")),
                           share, limit, 100 * dropped));
  fmt::print(
      "{}\n",
      fmt::format(fmt::runtime(tr("in the recipe:\n  curate:\n    quality_classifier: {{model: {}, minimum: {:.3f}}}",
                                  "레시피에 적기:\n  curate:\n    quality_classifier: {{model: {}, minimum: {:.3f}}}")),
                  arguments.out, s.keep_95));
}

int train(const Arguments& arguments) {
  const std::filesystem::path beside = std::filesystem::path(arguments.out).parent_path();
  if (!beside.empty() && !std::filesystem::is_directory(beside))
    throw Error(arguments.out, std::string(tr("its folder is not there", "그 폴더가 없습니다")),
                std::string(tr("make the folder, or choose another --out", "폴더를 만들거나 다른 --out을 고르세요")));
  TerminalProgress progress;
  Read documents;
  read(arguments.good, true, arguments, progress, documents);
  read(arguments.bad, false, arguments, progress, documents);
  const curate::Classifier trained = curate::train_classifier(documents.examples, arguments.options, {});
  std::vector<double> values[2];
  for (int side = 0; side < 2; ++side)
    for (const std::string& text : documents.aside[side]) values[side].push_back(trained.probability(text));
  const curate::ClassifierScores scores = curate::score_classifier(values[1], values[0]);
  const Json provenance = {{"good", documents.sources[1]},          {"bad", documents.sources[0]},
                           {"examples", documents.examples.size()}, {"bits", arguments.options.bits},
                           {"epochs", arguments.options.epochs},    {"seed", arguments.options.seed},
                           {"held_out", curate::to_json(scores)}};
  const curate::Classifier classifier = trained.with_provenance(dump_json(provenance));
  classifier.save(arguments.out);
  if (arguments.json)
    fmt::print("{}\n", dump_json(provenance, 1));
  else
    show(arguments, classifier, scores);
  return 0;
}

}  // namespace

void register_curate_train_classifier(CLI::App& curate, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = curate.add_subcommand(
      "train-classifier", std::string(tr("Make the model of the rule \"quality_classifier\" from good and bad examples",
                                         "좋은 예와 나쁜 예로 \"quality_classifier\" 규칙의 모델 만들기")));
  command->add_option("good", arguments->good, std::string(tr("Folder of good documents", "좋은 문서가 든 폴더")))
      ->required();
  command->add_option("bad", arguments->bad, std::string(tr("Folder of bad documents", "나쁜 문서가 든 폴더")))
      ->required();
  command->add_option("--out", arguments->out, std::string(tr("The model's file", "모델 파일")))->required();
  command
      ->add_option("--max-documents", arguments->maximum_documents,
                   std::string(tr("Read no more of a folder (memory grows with it)",
                                  "폴더마다 이보다 많이 읽지 않음(메모리가 함께 늘어남)")))
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_option("--bits", arguments->options.bits, std::string(tr("2^bits weights", "가중치 2^bits개")))
      ->check(CLI::Range(12, 24))
      ->capture_default_str();
  command
      ->add_option("--epochs", arguments->options.epochs, std::string(tr("Passes over the examples", "예를 읽는 횟수")))
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.seed, std::string(tr("Of the order", "순서의 씨앗값")))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, std::string(tr("As JSON", "JSON으로")));
  command->callback([arguments, &run] { run = [arguments] { return train(*arguments); }; });
}

}  // namespace moru::cli
