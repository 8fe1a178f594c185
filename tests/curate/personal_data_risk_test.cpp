// What is done with personal data, what is reported of it, and what may be left.
#include <thread>

#include "core/error.h"
#include "curate/clopper_pearson.h"
#include "curate/personal_data_judgement.h"
#include "helper.h"

namespace moru::curate {
namespace {

using testing::make_document;
using testing::run_curate;

TEST(PersonalDataRule, TagsWithoutChangingTheText) {
  const std::string text = "메일 hong@firm.kr, 전화 010-1234-5678, IP 211.45.27.123.";
  const auto outcome =
      run_curate({make_document(text)}, "personal_data: {emails: tag, phones: tag}", {"personal_data"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  const data::Document& kept = outcome.kept[0];
  EXPECT_EQ(kept.text, "메일 hong@firm.kr, 전화 010-1234-5678, IP [IP ADDRESS].");
  EXPECT_EQ(kept.metadata.at("personal_data"), "email 7-19, phone 28-41");
  EXPECT_EQ(kept.text.substr(28, 13), "010-1234-5678");
  EXPECT_EQ(kept.measures.at("personal_data"), 2);
  const Json facts = outcome.report.facts.at("personal_data").at("kinds");
  EXPECT_EQ(facts.at("email"), Json({{"documents", 1}, {"actions", {{"tag", 1}}}, {"confidence", {{"format", 1}}}}));
  EXPECT_EQ(facts.at("phone").at("confidence"), Json({{"context", 1}}));
  EXPECT_EQ(outcome.decisions.at(0).at("detail"), "email 1, ip_address 1, phone 1");
}

TEST(PersonalDataRule, CountsEachDocumentOnceThoughItIsShownToo) {
  // The report shows samples around the limits of other rules, masked: no second count.
  std::vector<data::Document> documents;
  for (int i = 0; i < 30; ++i)
    documents.push_back(
        make_document(fmt::format("{} call 010-1234-56{:02} about the printer", i, i), fmt::format("{}", i)));
  const auto outcome = run_curate(documents, "length: {minimum_characters: 5}", {"length", "personal_data"});
  const Json facts = outcome.report.facts.at("personal_data");
  EXPECT_EQ(facts.at("kinds").at("phone").at("documents"), 30);
  EXPECT_EQ(facts.at("kinds").at("phone").at("actions").at("mask"), 30);
  EXPECT_EQ(facts.at("residual_risk").at("population"), 30);
}

TEST(PersonalDataRule, DropsADocumentThatIsFullOfIt) {
  const auto few = make_document("010-1234-5678 and 010-1234-5679", "a");
  const auto many = make_document("010-1234-5671 010-1234-5672 010-1234-5673", "b");
  const auto outcome = run_curate({few, many}, "personal_data: {phones: drop, drop_over: 2}", {"personal_data"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].text, "[PHONE] and [PHONE]");
  const auto dropped = outcome.decisions.at(1);
  EXPECT_EQ(dropped.at("action"), "drop");
  EXPECT_EQ(dropped.at("value"), 3);
  EXPECT_EQ(dropped.at("limit"), 2);
}

TEST(PersonalDataRule, KeepsCountsAndIgnores) {
  const auto document = make_document("hong@firm.kr 010-1234-5678");
  const auto outcome = run_curate({document}, "personal_data: {emails: keep, phones: ignore}", {"personal_data"});
  EXPECT_EQ(outcome.kept[0].text, document.text);
  EXPECT_TRUE(outcome.decisions.empty());
  EXPECT_EQ(outcome.report.facts.at("counts").at("personal_data"), Json({{"email", 1}}));
  EXPECT_THROW(run_curate({document}, "personal_data: {emails: hide}", {"personal_data"}), Error);
}

TEST(PersonalDataRule, ForeignersFollowResidentsUnlessToldOtherwise) {
  const auto document = make_document("900101-1234567 and 850505-5123456");
  EXPECT_EQ(run_curate({document}, "personal_data: {resident_numbers: false}", {"personal_data"}).kept[0].text,
            document.text);
  EXPECT_EQ(
      run_curate({document}, "personal_data: {resident_numbers: false, foreigner_numbers: mask}", {"personal_data"})
          .kept[0]
          .text,
      "900101-1234567 and [FOREIGNER NUMBER]");
}

TEST(PersonalDataRule, DecisionsNeedNotHoldWhatWasTakenOut) {
  const auto outcome =
      run_curate({make_document("call 010-1234-5678")}, "personal_data: {record_text: false}", {"personal_data"});
  EXPECT_EQ(dump_json(outcome.decisions.at(0)).find("1234"), std::string::npos);
  EXPECT_EQ(outcome.decisions.at(0).at("removed").at(0).at("replacement"), "[PHONE]");
}

TEST(PersonalDataRisk, AKnownShareIsEstimated) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 300; ++i)
    documents.push_back(
        make_document(i % 10 == 0 ? fmt::format("{} 어제 홍길동이 말했다.", i) : fmt::format("{} 아무도 없다.", i),
                      fmt::format("{}", i)));
  const auto outcome = run_curate(documents, "personal_data: {risk_sample: 100}", {"personal_data"});
  const Json risk = outcome.report.facts.at("personal_data").at("residual_risk");
  EXPECT_EQ(risk.at("population"), 300);
  EXPECT_EQ(risk.at("sample"), 100);
  EXPECT_EQ(risk.at("candidates").at("name"), risk.at("documents_with_candidates"));
  EXPECT_LE(risk.at("per_1000").at("low"), 100.0);
  EXPECT_GE(risk.at("per_1000").at("high"), 100.0);
  EXPECT_EQ(run_curate(documents, "personal_data: {risk_sample: 0}", {"personal_data"})
                .report.facts.at("personal_data")
                .contains("residual_risk"),
            false);
}

TEST(PersonalDataRisk, TheDrawDoesNotDependOnOrderOrThreads) {
  const auto ids = [](const RiskSample& sample) {
    std::vector<std::string> found;
    for (const RiskDocument& document : sample.documents()) found.push_back(document.id);
    return found;
  };
  RiskSample forward(50, 3), backward(50, 3), threads(50, 3), other(50, 4);
  for (int i = 0; i < 500; ++i) forward.offer(fmt::format("id{}", i), "text");
  for (int i = 499; i >= 0; --i) backward.offer(fmt::format("id{}", i), "text");
  for (int i = 0; i < 500; ++i) other.offer(fmt::format("id{}", i), "text");
  std::vector<std::thread> workers;
  for (int t = 0; t < 4; ++t)
    workers.emplace_back([&, t] {
      for (int i = t; i < 500; i += 4) threads.offer(fmt::format("id{}", i), "text");
    });
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(ids(forward).size(), 50U);
  EXPECT_EQ(ids(forward), ids(backward));
  EXPECT_EQ(ids(forward), ids(threads));
  EXPECT_NE(ids(forward), ids(other));
  EXPECT_EQ(threads.population(), 500U);
}

TEST(PersonalDataRisk, ClopperAndPearsonsOwnFigures) {
  // R: binom.test(x, n)$conf.int
  const ShareInterval none = clopper_pearson(0, 400);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.009179792, 1e-7);
  const ShareInterval some = clopper_pearson(7, 50);
  EXPECT_NEAR(some.low, 0.05819170, 1e-7);
  EXPECT_NEAR(some.high, 0.26739600, 1e-7);
  EXPECT_EQ(clopper_pearson(5, 5).high, 1);
  EXPECT_EQ(clopper_pearson(0, 0).high, 1);
}

TEST(PersonalDataRisk, LabelsGiveTheirOwnInterval) {
  std::vector<RiskDocument> sample(100);
  for (size_t i = 0; i < sample.size(); ++i) {
    sample[i].id = fmt::format("d{}", i);
    if (i < 20) sample[i].candidates.push_back({PersonalDataKind::name, Confidence::format, {0, 3}});
  }
  RiskLabels labels;
  for (int i = 0; i < 20; ++i) labels[fmt::format("d{}", i)] = i < 2;
  for (int i = 20; i < 70; ++i) labels[fmt::format("d{}", i)] = false;
  const RiskEstimate estimate = estimate_risk(sample, 1000, labels);
  EXPECT_NEAR(estimate.share, 0.2, 1e-12);
  EXPECT_NEAR(estimate.labelled_share, 0.2 * 2 / 20, 1e-12);
  EXPECT_EQ(estimate.labelled_without, 50U);
  EXPECT_LT(estimate.labelled_interval.low, 0.02);
  EXPECT_GT(estimate.labelled_interval.high, 0.02);
  // Nobody read those without candidates: they may hold anything.
  labels.erase(labels.lower_bound("d2"), labels.end());
  EXPECT_GE(estimate_risk(sample, 1000, labels).labelled_interval.high, 0.8);
}

TEST(PersonalDataRisk, APersonJudgesTheList) {
  const TemporaryDirectory folder;
  data::DatasetWriter writer(folder.path() / "corpus", std::string(data::kDocumentSchema));
  std::vector<std::string> ids;
  for (const std::string text : {"어제 홍길동이 왔다.", "아무도 없다.", "2147483648 bytes\tand more"}) {
    const data::Document document = make_document(text);
    ids.push_back(document.id);
    writer.add(data::to_json(document));
  }
  writer.finish(Json::object());
  const data::DatasetReader corpus(folder.path() / "corpus", data::kDocumentSchema);
  SilentProgress progress;
  const RiskDraw draw = draw_risk_sample(corpus, 10, 7, progress);
  EXPECT_EQ(draw.population, 3U);
  std::string list = risk_list(corpus, draw.sample);
  EXPECT_NE(list.find(ids[0] + "\tname\t어제 [홍길동]이 왔다."), std::string::npos) << list;
  EXPECT_NE(list.find(ids[1] + "\tnone\t아무도 없다."), std::string::npos) << list;
  EXPECT_NE(list.find("[2147483648] bytes and more"), std::string::npos) << list;
  for (const auto& [id, label] : {std::pair{0, "yes"}, {1, "no"}, {2, "No"}})
    list.insert(list.find("\t" + ids[static_cast<size_t>(id)]), label);
  write_file_atomic(folder.path() / "judged.tsv", list);
  const RiskLabels labels = read_risk_labels(folder.path() / "judged.tsv");
  EXPECT_EQ(labels, (RiskLabels{{ids[0], true}, {ids[1], false}, {ids[2], false}}));
  const RiskEstimate estimate = estimate_risk(draw.sample, draw.population, labels);
  EXPECT_NEAR(estimate.labelled_share, 1.0 / 3, 1e-12);
  EXPECT_NE(risk_text(estimate).find("333.3"), std::string::npos) << risk_text(estimate);

  write_file_atomic(folder.path() / "bad.tsv", "label\tdocument\nmaybe\tx\n");
  EXPECT_THROW(read_risk_labels(folder.path() / "bad.tsv"), Error);
  write_file_atomic(folder.path() / "empty.tsv", "label\tdocument\n\tx\n");
  EXPECT_THROW(read_risk_labels(folder.path() / "empty.tsv"), Error);
}

}  // namespace
}  // namespace moru::curate
