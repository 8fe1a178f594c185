#include "pipeline/model_card.h"

#include "core/file.h"
#include "core/json.h"
#include "core/language.h"
#include "evaluate/text_scores.h"
#include "pipeline/evaluation.h"
#include "pipeline/show.h"

namespace moru::pipeline {
namespace {

template <class... Arguments>
std::string text(std::string_view english, std::string_view korean, const Arguments&... arguments) {
  return fmt::format(fmt::runtime(tr(english, korean)), arguments...);
}

std::string interval_text(const Json& json) {
  return fmt::format("{:.3f} ({:.3f} – {:.3f})", json.at("mean").get<double>(), json.at("low").get<double>(),
                     json.at("high").get<double>());
}

/// One table a set of questions.
std::string scores_text(const Json& scores) {
  std::map<std::string, std::string> rows;
  std::map<std::string, std::pair<uint64_t, uint64_t>> sizes;
  for (const Json& score : scores) {
    const auto set = score.at("set").get<std::string>();
    rows[set] += fmt::format("| {} | {} | {} |\n", score.at("system").get<std::string>(), interval_text(score.at("f1")),
                             interval_text(score.at("exact")));
    sizes[set] = {score.at("questions").get<uint64_t>(), score.at("clusters").get<uint64_t>()};
  }
  std::string result;
  for (const auto& [set, lines] : rows) {
    result += text("\n**{}**: {} questions about {} documents\n\n", "\n**{}**: 질문 {}개, 문서 {}개\n\n", set,
                   sizes[set].first, sizes[set].second);
    result += text("| system | F1 (95 % interval) | exact match (95 % interval) |\n",
                   "| 대상 | F1 (95 % 구간) | 완전 일치 (95 % 구간) |\n");
    result += "| --- | --- | --- |\n" + lines;
  }
  return result;
}

/// How well texts are predicted, before and after.
std::string texts_text(const Json& evaluation) {
  const Json texts = evaluation.value("texts", Json::array());
  if (texts.empty()) return {};
  std::string result = text(
      "\n**Prediction of texts** (fewer bits are better)\n\n| text | system | bits per byte (95 % "
      "interval) |\n",
      "\n**글 예측** (비트가 적을수록 낫습니다)\n\n| 글 | 대상 | 바이트당 비트 (95 % 구간) |\n");
  result += "| --- | --- | --- |\n";
  for (const evaluate::TextScore& s : report_from_facts(evaluation, "bom.json").text_scores)
    result += fmt::format("| {} | {} | {:.3f} ({:.3f} – {:.3f}) |\n", evaluate::display_name(s.set, s.kind), s.system,
                          s.bits_per_byte.mean, s.bits_per_byte.low, s.bits_per_byte.high);
  return result;
}

/// The codes of the languages that the samples ask and answer in ("Korean question, English answer").
std::string languages_text(const Artefact& samples) {
  const Json languages = samples.facts.value("samples_by_language", Json::object());
  std::string list;
  for (const auto& [name, code] : {std::pair("Korean", "ko"), std::pair("English", "en")})
    for (const auto& [language, count] : languages.items())
      if (language.find(name) != std::string::npos) {
        list += fmt::format("- {}\n", code);
        break;
      }
  return list.empty() ? "- ko\n- en\n" : list;
}

/// The model's type, as its config.json has it.
std::string family_of(const Artefact& train) {
  return train.facts.value("model", Json::object()).value("model_type", "exaone_moe");
}

}  // namespace

std::string model_card(const std::string& name, const Json& bom, const std::map<std::string, Artefact>& artefacts) {
  const Artefact &generate = artefacts.at("generate"), &train = artefacts.at("train"), &curate = artefacts.at("curate");
  const std::string family = family_of(train);
  std::string card = fmt::format(
      "---\nlibrary_name: moru\npipeline_tag: text-generation\nlanguage:\n{}tags:\n- moru\n- {}\n---\n\n# "
      "{}\n\n",
      languages_text(generate), family, name);
  const std::string documents =
      grouped(curate.facts.value("documents", uint64_t{0}) - generate.facts.value("held_out_documents", uint64_t{0}));
  const Json& base = bom.at("base");
  if (base.is_object()) {
    card += text("An expert model, trained further by Moru from {} (licence {}, SHA-256 {}) on {} documents.\n",
                 "{}(라이선스 {}, SHA-256 {})에서 출발해 Moru가 문서 {}개로 더 학습한 전문가 모델입니다.\n",
                 base.at("name").get<std::string>(), base.value("licence", "unknown"),
                 base.at("sha256").get<std::string>(), documents);
  } else {
    card += text(
        "A small expert model, trained from scratch by Moru on {} documents. It answers questions about them and knows "
        "nothing else.\n",
        "Moru가 문서 {}개로 처음부터 학습한 작은 전문가 모델입니다. 이 문서에 관한 질문에 답하며 그 밖의 것은 "
        "모릅니다.\n",
        documents);
  }

  card += fmt::format("\n## {}\n\n```sh\nmoru chat .\nmoru serve . --port 8080\n```\n", tr("Use", "쓰기"));

  card += fmt::format("\n## {}\n", tr("How good it is", "성능"));
  card += scores_text(bom.at("evaluation").at("scores"));
  card += texts_text(bom.at("evaluation"));
  card +=
      base.is_object()
          ? text(
                "\nF1 is over character bigrams; `base` is the model before training, `bm25` plain retrieval over the "
                "same documents. evaluation.md has the comparisons and examples.\n",
                "\nF1은 글자 바이그램 기준입니다. `base`는 학습 전의 모델, `bm25`는 같은 문서에 대한 단순 "
                "검색입니다. 비교와 예시는 evaluation.md에 있습니다.\n")
          : text(
                "\nF1 is over character bigrams; `untrained` is the same architecture with random weights, `bm25` "
                "plain retrieval over the same documents. evaluation.md has the comparisons and examples.\n",
                "\nF1은 글자 바이그램 기준입니다. `untrained`는 같은 구조의 무작위 가중치, `bm25`는 같은 문서에 "
                "대한 단순 검색입니다. 비교와 예시는 evaluation.md에 있습니다.\n");

  card += fmt::format("\n## {}\n\n", tr("Where it comes from", "출처"));
  card += text("| licence | files |\n", "| 라이선스 | 파일 |\n");
  card += "| --- | --- |\n";
  for (const auto& [licence, count] : bom.at("sources").at("licences").items())
    card += fmt::format("| {} | {} |\n", licence, count.get<uint64_t>());
  if (const Json& evaluation = bom.at("evaluation"); evaluation.contains("held_out_sources")) {
    std::vector<std::string> licences;
    for (const auto& [licence, count] : evaluation.at("held_out_sources").at("licences").items())
      licences.push_back(fmt::format("{} {}", licence, count.get<uint64_t>()));
    card += text("\nHeld out of the training, and only asked about in the evaluation: {} files ({}).\n",
                 "\n학습에서 빼고 평가에서만 물은 파일: {}개 ({}).\n",
                 evaluation.at("held_out_sources").at("count").get<uint64_t>(),
                 fmt::format("{}", fmt::join(licences, ", ")));
  }
  card += text(
      "\nEvery file with its hash, licence and the evidence for it stands in bom.json; `moru trace .` shows it. The "
      "licences above are "
      "those of the documents: whoever passes the model on has to look at what they ask.\n",
      "\n모든 파일의 해시, 라이선스와 그 근거가 bom.json에 있으며 `moru trace .`로 볼 수 있습니다. 위 라이선스는 "
      "문서의 것이므로 모델을 배포하려면 그 조건을 확인해야 합니다.\n");

  card += fmt::format("\n## {}\n\n", tr("How it was made", "만든 방법"));
  card += text(
      "- {} samples of {} topics, made from the documents' structure without a teacher model; {} were held out for "
      "evaluation\n",
      "- 문서 구조에서 교사 모델 없이 만든 표본 {}개(주제 {}개), 그중 {}개는 평가용으로 따로 둠\n",
      grouped(generate.facts.value("samples", uint64_t{0})), grouped(generate.facts.value("topics", uint64_t{0})),
      grouped(generate.facts.value("held_out", uint64_t{0})));
  card += text("- architecture `{}`: {} parameters, {} of them active for a token\n",
               "- `{}` 구조: 매개변수 {}개, 토큰 하나에 {}개 활성\n", family,
               grouped(train.facts.value("parameters", uint64_t{0})),
               grouped(train.facts.value("active_parameters", uint64_t{0})));
  card += text("- {} steps over {} tokens\n", "- {}단계, {}토큰\n", grouped(train.facts.value("steps", uint64_t{0})),
               grouped(train.facts.value("tokens", uint64_t{0})));
  card += text("- weights in this folder: {}\n", "- 이 폴더의 가중치: {}\n", bom.at("weights").get<std::string>());

  card += fmt::format("\n## {}\n\n", tr("Limits", "한계"));
  card += text(
      "It is small: it can mix up topics that are worded alike, and states wrong things as surely as right ones. Look "
      "up what matters in the "
      "documents themselves.\n",
      "작은 모델이라 비슷하게 적힌 주제를 섞을 수 있고, 틀린 것도 맞는 것처럼 말합니다. 중요한 것은 원래 문서에서 "
      "확인하세요.\n");
  return card;
}

}  // namespace moru::pipeline
