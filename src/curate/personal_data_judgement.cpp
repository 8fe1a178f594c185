#include "curate/personal_data_judgement.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

constexpr size_t kReadWhole = 50;

std::string collected_id(const data::Document& document) {
  const auto found = document.metadata.find("collected_as");
  return found == document.metadata.end() ? document.id : found->second;
}

/// About so many bytes on both sides, cut at characters, on one line.
std::string excerpt(std::string_view text, data::Range range, size_t around) {
  size_t begin = range.begin > around ? range.begin - around : 0;
  size_t end = std::min<size_t>(text.size(), range.end + around);
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  std::string made(text.substr(begin, range.begin - begin));
  if (range.end > range.begin) made += fmt::format("[{}]", text.substr(range.begin, range.end - range.begin));
  made += text.substr(range.end, end - range.end);
  return text::normalise_space(made);
}

}  // namespace

RiskDraw draw_risk_sample(const data::DatasetReader& corpus, uint64_t size, uint64_t seed, ProgressSink& sink) {
  RiskSample sample(size, seed);
  Progress progress(sink, std::string(tr("residual risk", "잔여 위험")), std::string(tr("documents", "문서")),
                    corpus.count());
  corpus.for_each([&](const Json& json, std::string_view place) {
    const data::Document document = data::document_from_json(json, place);
    sample.offer(collected_id(document), document.text);
    progress.advance(1);
  });
  progress.finish();
  return {sample.documents(), sample.population()};
}

std::string risk_list(const data::DatasetReader& corpus, const std::vector<RiskDocument>& sample) {
  constexpr size_t kAround = 60;
  constexpr size_t kBeginning = 300;
  std::map<std::string_view, size_t> place_of;
  size_t without = 0;
  for (size_t i = 0; i < sample.size(); ++i)
    if (!sample[i].candidates.empty() || ++without <= kReadWhole) place_of[sample[i].id] = i;
  std::vector<std::string> lines(sample.size());
  corpus.for_each([&](const Json& json, std::string_view place) {
    const data::Document document = data::document_from_json(json, place);
    const std::string id = collected_id(document);
    const auto found = place_of.find(id);
    if (found == place_of.end()) return;
    const std::string source = text::normalise_space(document.source.uri);
    std::string& line = lines[found->second];
    for (const PersonalData& candidate : sample[found->second].candidates)
      line += fmt::format("\t{}\t{}\t{}\t{}\n", id, name_of(candidate.kind),
                          excerpt(document.text, candidate.range, kAround), source);
    if (line.empty())
      line = fmt::format("\t{}\tnone\t{}\t{}\n", id, excerpt(document.text, {0, 0}, kBeginning), source);
  });
  std::string list = "label\tdocument\tkind\texcerpt\tsource\n";
  for (const std::string& line : lines) list += line;
  return list;
}

RiskLabels read_risk_labels(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  RiskLabels labels;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const size_t tab = line.find('\t');
    const std::string label = text::lower(text::trim(line.substr(0, tab)));
    if (number == 1 && label == "label") continue;
    if (label.empty()) continue;
    if ((label != "yes" && label != "no") || tab == std::string_view::npos)
      throw Error(
          fmt::format("{}:{}", file.string(), number),
          fmt::format(fmt::runtime(tr("\"{}\" is no label", "\"{}\"은(는) 판정이 아닙니다")), label),
          std::string(tr("write yes or no in the first column, before a tab", "첫 칸에 yes나 no를 적고 탭을 두세요")));
    const std::string id(line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1));
    bool& personal = labels[id];
    personal = personal || label == "yes";
  }
  if (labels.empty())
    throw Error(
        file.string(), std::string(tr("no line has a label", "판정이 적힌 줄이 없습니다")),
        std::string(tr("write yes or no in the first column of the list", "목록의 첫 칸에 yes나 no를 적으세요")));
  return labels;
}

std::string risk_text(const RiskEstimate& e) {
  const auto per_1000 = [](double share) { return share * 1000; };
  std::string made = fmt::format(
      fmt::runtime(
          tr("The wide net finds something in {} of {} sampled documents (of {}): {:.1f} in 1,000, 95 % interval "
             "{:.1f} to {:.1f}. Most of it is nobody's data.\n",
             "문서 {2}개에서 뽑은 {1}개 가운데 {0}개에서 넓은 그물에 걸린 것이 있습니다. 1,000개에 {3:.1f}개꼴, 95 % "
             "구간 {4:.1f}~{5:.1f}. 대부분은 개인정보가 아닙니다.\n")),
      e.with_candidates, e.sample, e.population, per_1000(e.share), per_1000(e.interval.low),
      per_1000(e.interval.high));
  for (size_t i = 0; i < kPersonalDataKinds; ++i) {
    const KindInfo& kind = kind_info(static_cast<PersonalDataKind>(i));
    if (e.candidates[i] > 0) made += fmt::format("  {}  {}\n", tr(kind.english, kind.korean), e.candidates[i]);
  }
  if (e.labelled > 0)
    made += fmt::format(
        fmt::runtime(
            tr("By the labels of {} documents, personal data is left in {:.1f} of 1,000, 95 % interval {:.1f} to "
               "{:.1f} ({} of {} with candidates, {} of {} without).\n",
               "문서 {0}개의 판정에 따르면 1,000개에 {1:.1f}개꼴로 개인정보가 남았습니다. 95 % 구간 {2:.1f}~{3:.1f} "
               "(후보가 있는 문서 {4}/{5}, 없는 문서 {6}/{7}).\n")),
        e.labelled, per_1000(e.labelled_share), per_1000(e.labelled_interval.low), per_1000(e.labelled_interval.high),
        e.personal_with, e.labelled_with, e.personal_without, e.labelled_without);
  return made;
}

}  // namespace moru::curate
