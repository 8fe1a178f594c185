// moru curate train-language-model: the n-gram model of the rule `perplexity`, from folders of texts as they should be.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/curate_commands.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/progress.h"
#include "pipeline/folder_texts.h"
#include "text/ngram_model.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::vector<std::string> folders;
  std::string out;
  int order = 5;
  uint32_t minimum_count = 2;
  uint64_t maximum_characters = 50'000'000;
};

/// One document in ten, told by its text, is kept out of the training and measures the model.
bool held_out(const data::Document& document) {
  return hash64(document.text, 10) % 10 == 0;
}

double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<size_t>(q * static_cast<double>(values.size())))];
}

int train(const Arguments& arguments) {
  if (std::filesystem::path(arguments.out).has_parent_path() &&
      !std::filesystem::is_directory(std::filesystem::path(arguments.out).parent_path()))
    throw Error(arguments.out, std::string(tr("its folder is not there", "그 폴더가 없습니다")),
                std::string(tr("make the folder, or choose another --out", "폴더를 만들거나 다른 --out을 고르세요")));
  TerminalProgress progress;
  text::NgramModel::Trainer trainer(arguments.order);
  Json sources = Json::array();
  std::vector<std::string> aside;
  uint64_t left_out = 0;
  for (const std::string& folder : arguments.folders)
    sources.push_back(pipeline::for_each_document(folder, progress, [&](const data::Document& document) {
      if (held_out(document)) {
        if (aside.size() < 2000) aside.push_back(document.text);
      } else if (trainer.characters() < arguments.maximum_characters) {
        trainer.add(document.text);
      } else {
        ++left_out;
      }
    }));
  const uint64_t characters = trainer.characters();
  const text::NgramModel model = trainer.finish(arguments.minimum_count, dump_json(sources));
  model.save(arguments.out);
  fmt::print("{}\n", fmt::format(fmt::runtime(tr("{}: {} characters read, {} n-grams of up to {} characters",
                                                 "{}: 글자 {}개를 읽음, 최대 {3}글자 n-그램 {2}개")),
                                 arguments.out, characters, model.ngrams(), model.order()));
  if (left_out > 0)
    fmt::print("{}\n", fmt::format(fmt::runtime(tr("{} documents past --max-characters were not read",
                                                   "--max-characters를 넘은 문서 {}개는 읽지 않음")),
                                   left_out));
  if (!aside.empty()) {
    std::vector<double> values;
    for (const std::string& text : aside) values.push_back(std::exp2(model.bits_per_character(text)));
    fmt::print("{}\n",
               fmt::format(
                   fmt::runtime(tr(
                       "perplexity per character of {} documents kept out of the training: median {:.1f}, "
                       "95 % below {:.1f}, 99 % below {:.1f}",
                       "학습에서 뺀 문서 {}개의 글자당 혼란도: 중앙값 {:.1f}, 95 %가 {:.1f} 미만, 99 %가 {:.1f} 미만")),
                   values.size(), quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99)));
    fmt::print(
        "{}\n",
        fmt::format(fmt::runtime(tr("in the recipe:\n  curate:\n    perplexity: {{model: {}, maximum: {:.0f}}}",
                                    "레시피에 적기:\n  curate:\n    perplexity: {{model: {}, maximum: {:.0f}}}")),
                    arguments.out, std::ceil(quantile(values, 0.99))));
  }
  return 0;
}

}  // namespace

void register_curate_train_language_model(CLI::App& curate, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = curate.add_subcommand(
      "train-language-model",
      std::string(tr("Make the n-gram model of the rule \"perplexity\" from folders of good texts",
                     "좋은 글이 든 폴더로 \"perplexity\" 규칙의 n-그램 모델 만들기")));
  command->add_option("folders", arguments->folders, std::string(tr("Folders of documents", "문서가 든 폴더")))
      ->required();
  command->add_option("--out", arguments->out, std::string(tr("The model's file", "모델 파일")))->required();
  command->add_option("--order", arguments->order, std::string(tr("Characters of an n-gram", "n-그램의 글자 수")))
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  command
      ->add_option(
          "--min-count", arguments->minimum_count,
          std::string(tr("Rarer n-grams of 3 characters and more are left out", "이보다 드문 3글자 이상 n-그램은 뺌")))
      ->capture_default_str();
  command
      ->add_option(
          "--max-characters", arguments->maximum_characters,
          std::string(tr("Read no more (memory grows with it)", "이보다 많이 읽지 않음(메모리가 함께 늘어남)")))
      ->capture_default_str();
  command->callback([arguments, &run] { run = [arguments] { return train(*arguments); }; });
}

}  // namespace moru::cli
