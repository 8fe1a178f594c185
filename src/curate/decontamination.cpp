// decontamination: documents that hold questions or answers of evaluation sets, or a model would be asked what it has
// read. Word n-grams as in datatrove's n-gram decontamination (12), short items whole.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "curate/evaluation_sets.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

class Decontamination final : public DocumentRule<Decontamination> {
 public:
  explicit Decontamination(const Config& section)
      : ngram_(section.integer("ngram", 12, 3, 100)),
        shortest_(section.integer("minimum_words", 5, 1, 100)),
        drop_(section.choice("action", "drop", {"drop", "report"}) == "drop"),
        sets_(static_cast<size_t>(ngram_), static_cast<size_t>(std::min(shortest_, ngram_))) {
    const std::vector<std::string> files = section.texts("against");
    if (files.empty())
      throw Error(section.place("against"), std::string(tr("no evaluation set is named", "평가 집합이 없습니다")),
                  std::string(tr("list the files that training must not hold: against: [questions.jsonl]",
                                 "학습에 들어가면 안 되는 파일을 적으세요: against: [questions.jsonl]")));
    for (const std::string& file : files) {
      const std::filesystem::path path = section.folder() / file;
      sets_.add(path, section.place("against"));
      hashes_.push_back(sha256_file(path));
    }
    sets_.prepare();
  }
  Json parameters() const override {
    return {{"ngram", ngram_}, {"minimum_words", shortest_}, {"action", drop_ ? "drop" : "report"}, {"sets", hashes_}};
  }
  std::string limit() const override {
    return fmt::format(fmt::runtime(tr("no {} words in a row of {}", "{1}의 낱말이 {0}개 이상 이어지지 않음")), ngram_,
                       fmt::join(sets_.names(), ", "));
  }
  Verdict apply(Item& item) const {
    const auto found = sets_.find(item.document.text);
    if (found.empty()) return {};
    Verdict verdict;
    const EvaluationSets::Entry& first = *found.front();
    verdict.value = static_cast<double>(found.size());
    verdict.limit = 0.0;
    verdict.detail = fmt::format("line {} of {}: \"{}\"", first.item, sets_.names().at(first.set), first.text);
    for (const EvaluationSets::Entry* entry : found) ++verdict.counts[sets_.names().at(entry->set)];
    if (drop_) {
      verdict.action = Verdict::Action::drop;
    } else {
      item.document.measures["evaluation_overlap"] = static_cast<double>(found.size());
    }
    return verdict;
  }

 private:
  int64_t ngram_, shortest_;
  bool drop_;
  EvaluationSets sets_;
  std::vector<std::string> hashes_;
};

}  // namespace

std::unique_ptr<Rule> make_decontamination(const Config& section) {
  return std::make_unique<Decontamination>(section);
}

}  // namespace moru::curate
