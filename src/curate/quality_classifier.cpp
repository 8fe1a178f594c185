// quality_classifier: how much a document is like the good examples of a classifier's training, and not like the bad.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "curate/classifier.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

class QualityClassifier final : public DocumentRule<QualityClassifier> {
 public:
  explicit QualityClassifier(const Config& section)
      : minimum_(section.number("minimum", 0.5, 0, 1)),
        classifier_(open(section)),
        hash_(sha256_file(section.folder() / section.text("model"))) {}
  Json parameters() const override { return {{"model", hash_}, {"minimum", minimum_}}; }
  std::string limit() const override {
    return minimum_ == 0 ? std::string(tr("measured only", "재기만 함")) : fmt::format("p >= {:g}", minimum_);
  }
  std::vector<Quantity> quantities(const Item& item) const override {
    return {{"minimum", classifier_.probability(item.document.text), minimum_, false, minimum_ == 0}};
  }
  Verdict apply(Item& item) const {
    const double value = classifier_.probability(item.document.text);
    item.document.measures["quality"] = value;
    Verdict verdict;
    if (value >= minimum_) return verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = value;
    verdict.limit = minimum_;
    verdict.detail = "below minimum";
    return verdict;
  }

 private:
  static Classifier open(const Config& section) {
    const std::filesystem::path path = section.folder() / section.text("model");
    std::error_code code;
    if (!std::filesystem::is_regular_file(path, code))
      throw Error(
          section.place("model"),
          fmt::format(fmt::runtime(tr("the classifier \"{}\" is not there", "\"{}\" 분류기가 없습니다")),
                      path.string()),
          std::string(tr("make one from two folders of examples: moru curate train-classifier GOOD BAD --out FILE",
                         "예가 든 두 폴더로 만드세요: moru curate train-classifier 좋은폴더 나쁜폴더 --out 파일")));
    return Classifier::load(path);
  }
  double minimum_;  ///< 0: no limit.
  Classifier classifier_;
  std::string hash_;
};

}  // namespace

std::unique_ptr<Rule> make_quality_classifier(const Config& section) {
  return std::make_unique<QualityClassifier>(section);
}

}  // namespace moru::curate
