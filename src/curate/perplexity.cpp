// perplexity: how far a document is from what a language model has read: broken encodings, tables of numbers, other
// languages and machine-made text stand out. Per character, so that it does not depend on a tokenizer.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "curate/rule.h"
#include "text/ngram_model.h"

namespace moru::curate {
namespace {

class Perplexity final : public DocumentRule<Perplexity> {
 public:
  explicit Perplexity(const Config& section)
      : minimum_(section.number("minimum", 0, 0)),
        maximum_(section.number("maximum", 0, 0)),
        model_(open(section)),
        hash_(sha256_file(section.folder() / section.text("model"))) {}
  Json parameters() const override { return {{"model", hash_}, {"minimum", minimum_}, {"maximum", maximum_}}; }
  std::string limit() const override {
    if (maximum_ == 0 && minimum_ == 0) return std::string(tr("measured only", "재기만 함"));
    return maximum_ == 0 ? fmt::format(">= {:g}", minimum_) : fmt::format("{:g} ... {:g}", minimum_, maximum_);
  }
  std::vector<Quantity> quantities(const Item& item) const override {
    const double value = std::exp2(model_.bits_per_character(item.document.text));
    return {{"minimum", value, minimum_, false, minimum_ == 0}, {"maximum", value, maximum_, true, maximum_ == 0}};
  }
  Verdict apply(Item& item) const {
    const double value = std::exp2(model_.bits_per_character(item.document.text));
    item.document.measures["perplexity"] = value;
    Verdict verdict;
    const bool low = value < minimum_;
    if (!low && (maximum_ == 0 || value <= maximum_)) return verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = value;
    verdict.limit = low ? minimum_ : maximum_;
    verdict.detail = low ? "below minimum" : "above maximum";
    return verdict;
  }

 private:
  static text::NgramModel open(const Config& section) {
    const std::filesystem::path path = section.folder() / section.text("model");
    std::error_code code;
    if (!std::filesystem::is_regular_file(path, code))
      throw Error(
          section.place("model"),
          fmt::format(fmt::runtime(tr("the language model \"{}\" is not there", "\"{}\" 언어 모델이 없습니다")),
                      path.string()),
          std::string(tr("make one from texts that are as yours should be: moru curate train-language-model "
                         "FOLDER --out FILE",
                         "바람직한 글이 든 폴더로 만드세요: moru curate train-language-model 폴더 --out 파일")));
    return text::NgramModel::load(path);
  }
  double minimum_, maximum_;  ///< 0: no limit.
  text::NgramModel model_;
  std::string hash_;
};

}  // namespace

std::unique_ptr<Rule> make_perplexity(const Config& section) {
  return std::make_unique<Perplexity>(section);
}

}  // namespace moru::curate
