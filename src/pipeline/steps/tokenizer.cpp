// tokenizer: byte-level BPE trained on the corpus and on the samples that training will see.
#include "text/tokenizer.h"

#include <set>

#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "data/dataset.h"
#include "data/document.h"
#include "data/held_out.h"
#include "data/sample.h"
#include "model/model_files.h"
#include "pipeline/record_data.h"
#include "pipeline/show.h"
#include "pipeline/steps/steps.h"
#include "text/bpe_trainer.h"
#include "train/train.h"

namespace moru::pipeline {
namespace {

// The special tokens and the 256 bytes are always there.
constexpr int64_t kLeastVocabulary = 512, kMostVocabulary = 1 << 20;

class TokenizerStep : public Step {
 public:
  explicit TokenizerStep(const Config& recipe) : base_(train::read_options(recipe.section("train")).base.path) {
    if (!base_.empty()) return;  // its tokens are what its weights know
    const Config section = recipe.section("tokenizer");
    options_.vocabulary_size = static_cast<size_t>(section.integer(
        "vocabulary_size", static_cast<int64_t>(options_.vocabulary_size), kLeastVocabulary, kMostVocabulary));
    options_.min_count =
        static_cast<uint64_t>(section.integer("min_count", static_cast<int64_t>(options_.min_count), 1));
    options_.max_token_bytes = static_cast<size_t>(
        section.integer("max_token_bytes", static_cast<int64_t>(options_.max_token_bytes), 1, 1024));
    options_.superword_share = section.number("superword_share", options_.superword_share, 0, 1);
    options_.memory_bytes = static_cast<size_t>(section.integer(
                                "memory_mib", static_cast<int64_t>(options_.memory_bytes >> 20), 16, 1 << 24))
                            << 20;
    options_.special_tokens = text::exaone_special_tokens();
  }

  std::string_view name() const override { return "tokenizer"; }
  int version() const override { return 1; }
  std::vector<std::string> inputs() const override { return {"curate", "generate"}; }
  Json external(const fs::path&) const override {
    if (base_.empty()) return Json::object();
    if (model::is_gguf_file(base_)) return {{"base", model::hash_of(base_)}};
    Json hashes = Json::object();
    for (const char* name :
         {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"})
      if (fs::exists(base_ / name)) hashes[name] = sha256_file(base_ / name);
    return hashes;
  }
  Json parameters() const override {
    if (!base_.empty()) return {{"base", true}};
    return {{"vocabulary_size", options_.vocabulary_size},
            {"min_count", options_.min_count},
            {"max_token_bytes", options_.max_token_bytes},
            {"superword_share", options_.superword_share},
            {"memory_mib", options_.memory_bytes >> 20}};
  }
  std::string about() const override {
    if (!base_.empty())
      return fmt::format(fmt::runtime(tr("take the tokenizer of {}", "{}의 토크나이저 사용")),
                         base_.filename().string());
    return fmt::format(fmt::runtime(tr("train a tokenizer of {} tokens", "토큰 {}개짜리 토크나이저 학습")),
                       grouped(options_.vocabulary_size));
  }

  void run(StepRun& run) const override {
    const data::DatasetReader corpus(run.input("curate").folder / "corpus", data::kDocumentSchema);
    const data::DatasetReader samples(run.input("generate").folder / "samples", data::kSampleSchema);
    uint64_t bytes = 0;
    const std::set<std::string> held_out = data::read_held_out(held_out_documents(run.input("generate").folder));
    const auto feed = [&](const std::function<void(std::string_view)>& take) {
      const auto count_and_take = [&](std::string_view text) {
        bytes += text.size();
        take(text);
      };
      corpus.for_each([&](const Json& record, std::string_view place) {
        const data::Document document = data::document_from_json(record, place);
        if (!held_out.contains(document.id)) count_and_take(document.text);
      });
      samples.for_each([&](const Json& record, std::string_view place) {
        const data::Sample sample = data::sample_from_json(record, place);
        if (sample.held_out) return;
        if (!sample.text.empty()) count_and_take(sample.text);
        for (const data::Message& message : sample.messages) count_and_take(message.content);
      });
    };
    const fs::path folder = run.out / "tokenizer";
    make_directories(folder);
    if (base_.empty())
      text::write_tokenizer(folder, text::train_bpe(options_, feed, run.progress));
    else
      model::write_text_files(base_, folder);
    const text::Tokenizer tokenizer = text::Tokenizer::load(folder);
    uint64_t tokens = 0, text_bytes = 0;
    corpus.for_each([&](const Json& record, std::string_view place) {
      const std::string text = data::document_from_json(record, place).text;
      text_bytes += text.size();
      tokens += tokenizer.encode(text).size();
    });
    run.facts = {{"vocabulary", tokenizer.vocabulary_size()},
                 {"bytes_read", bytes},
                 {"corpus_tokens", tokens},
                 {"bytes_per_token", tokens > 0 ? static_cast<double>(text_bytes) / static_cast<double>(tokens) : 0.0}};
  }

  std::string summary(const Artefact& a) const override {
    return fmt::format(fmt::runtime(tr("{} tokens; the corpus is {} tokens, {:.2f} bytes each",
                                       "토큰 {}개. 말뭉치는 {}토큰, 토큰당 {:.2f}바이트")),
                       grouped(a.facts.value("vocabulary", uint64_t{0})),
                       grouped(a.facts.value("corpus_tokens", uint64_t{0})), a.facts.value("bytes_per_token", 0.0));
  }

  void record(const Artefact& a, ledger::Ledger& ledger) const override { record_taught(a.key, ledger); }

 private:
  fs::path base_;  ///< Of a model that training goes on from; empty: train a tokenizer.
  text::BpeOptions options_;
};

}  // namespace

std::unique_ptr<Step> make_tokenizer_step(const Config& recipe, const RecipeFile&) {
  return std::make_unique<TokenizerStep>(recipe);
}

}  // namespace moru::pipeline
