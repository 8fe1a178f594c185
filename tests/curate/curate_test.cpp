#include "curate/curate.h"

#include "core/error.h"
#include "core/random.h"
#include "curate/spool.h"
#include "helper.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

using data::BlockKind;
using testing::make_document;
using testing::run_curate;

std::vector<data::Document> mixed_collection(size_t count) {
  Random random(77);
  const std::vector<std::string> words = {"셀",         "함수", "글꼴을", "문서에서",     "메뉴를",
                                          "선택합니다", "the",  "menu",   "opens",        "a",
                                          "dialog",     "표",   "값을",   "hong@firm.kr", "010-1234-5678"};
  std::vector<data::Document> documents;
  for (size_t i = 0; i < count; ++i) {
    std::string text;
    for (uint64_t n = random.below(120); n > 0; --n)
      text += words[random.below(words.size())] + fmt::format(" {} ", random.below(9));
    if (i % 7 == 3 && i > 7) text = documents[i - 3].text + " 끝";
    if (i % 11 == 5 && i > 11) text = documents[i - 4].text;
    documents.push_back(make_document(
        {{BlockKind::title, "쪽"}, {BlockKind::paragraph, text}, {BlockKind::paragraph, "공통 안내 문구입니다"}},
        fmt::format("docs/{:04}", i), i % 5 ? "MPL-2.0" : "unknown"));
  }
  return documents;
}

struct Threads {
  explicit Threads(const char* count) { ::setenv("MORU_THREADS", count, 1); }
  ~Threads() { ::unsetenv("MORU_THREADS"); }
};

TEST(Curate, TheBytesDoNotDependOnTheThreads) {
  const auto documents = mixed_collection(700);
  std::vector<std::string> hashes;
  for (const char* threads : {"1", "2", "5"}) {
    const Threads set(threads);
    const auto outcome = run_curate(documents);
    hashes.push_back(outcome.kept_hash + outcome.decisions_hash);
    EXPECT_GT(outcome.row("near_duplicates").dropped, 0U);
    EXPECT_GT(outcome.row("personal_data").changed, 0U);
    EXPECT_GT(outcome.row("boilerplate").changed, 0U);
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[0], hashes[2]);
}

TEST(Curate, TheBytesDoNotDependOnTheMemory) {
  const auto documents = mixed_collection(400);
  const auto whole = run_curate(documents);
  for (const uint64_t memory : {uint64_t{1}, uint64_t{100000}}) {
    const auto spilled = run_curate(documents, "", {}, memory);
    EXPECT_EQ(whole.kept_hash, spilled.kept_hash);
    EXPECT_EQ(whole.decisions_hash, spilled.decisions_hash);
  }
}

TEST(Curate, KeptCopiesSayHowManyTheyStandFor) {
  // Copies are counted, whichever rule found them.
  std::vector<data::Document> documents;
  std::string text;
  for (int i = 0; i < 200; ++i) text += fmt::format("낱말{} ", i);
  for (const char* uri : {"a", "b", "c"}) documents.push_back(make_document(text, uri));
  documents.push_back(make_document(text + "끝", "d", "unknown"));
  for (data::Document& document : documents) document.title = "제목";
  const auto outcome = run_curate(documents, "", {"exact_duplicates", "near_duplicates"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].source.uri, "a");
  EXPECT_EQ(outcome.kept[0].measures.at("cluster_size"), 4);
  for (const Json& decision : outcome.decisions)
    EXPECT_EQ(decision.at("cluster_size"), decision.at("rule") == "exact_duplicates" ? "3" : "2");
}

TEST(Curate, TheBytesDoNotDependOnTheUsersLanguage) {
  const auto documents = mixed_collection(60);
  ::setenv("MORU_LANG", "ko", 1);
  const auto korean = run_curate(documents);
  ::setenv("MORU_LANG", "en", 1);
  const auto english = run_curate(documents);
  ::unsetenv("MORU_LANG");
  EXPECT_EQ(korean.kept_hash + korean.decisions_hash, english.kept_hash + english.decisions_hash);
}

TEST(Curate, EveryDocumentIsKeptOrAccountedFor) {
  const auto documents = mixed_collection(300);
  const auto outcome = run_curate(documents);
  uint64_t flow = documents.size();
  for (const FunnelRow& row : outcome.report.funnel) {
    EXPECT_EQ(row.in, flow);
    EXPECT_EQ(row.in, row.dropped + row.out);
    EXPECT_LE(row.changed, row.out);
    flow = row.out;
  }
  EXPECT_EQ(flow, outcome.kept.size());
  std::map<std::string, int> seen;
  for (const Json& decision : outcome.decisions) {
    if (decision.at("action") != "drop") continue;
    ++seen[decision.at("document")];
    EXPECT_EQ(data::document_from_json(decision.at("record"), "t").source.uri, decision.at("source"));
  }
  for (const data::Document& document : outcome.kept) {
    EXPECT_EQ(document.id, data::document_id(document));
    const auto collected = document.metadata.find("collected_as");
    ++seen[collected == document.metadata.end() ? document.id : collected->second];
  }
  EXPECT_EQ(seen.size(), documents.size());
  for (const data::Document& document : documents) EXPECT_EQ(seen[document.id], 1);
}

TEST(Curate, FactsDescribeTheCorpus) {
  const auto outcome = run_curate(
      {make_document("가나다라 마바사 아자차카 타파하 거너더러 머버서 어저처커 터퍼허", "a"),
       make_document("A plain English sentence that is long enough to be kept by every rule.", "b", "unknown")});
  const Json& facts = outcome.report.facts;
  EXPECT_EQ(facts.at("documents"), 2);
  EXPECT_EQ(facts.at("licences"), Json({{"MPL-2.0", 1}, {"unknown", 1}}));
  EXPECT_EQ(facts.at("languages").at("en").at("documents"), 1);
  EXPECT_EQ(facts.at("lengths").at("min"), 35);
  EXPECT_EQ(facts.at("lengths").at("max"), 70);
  EXPECT_EQ(facts.at("funnel").size(),
            static_cast<size_t>(std::ranges::count_if(registry(), &Registration::by_default)));
}

TEST(Curate, AnEmptyCollectionGivesAnEmptyCorpus) {
  const auto outcome = run_curate({});
  EXPECT_TRUE(outcome.kept.empty() && outcome.decisions.empty());
  EXPECT_EQ(outcome.report.facts.at("documents"), 0);
}

TEST(Curate, WithoutRulesNothingChanges) {
  const auto outcome = run_curate({make_document(" x ")}, "", {"none"});
  EXPECT_EQ(outcome.kept.at(0).text, " x ");
  EXPECT_TRUE(outcome.report.funnel.empty());
}

TEST(Curate, DamagedDocumentsAreAnErrorThatNamesTheirPlace) {
  const TemporaryDirectory folder;
  data::DatasetWriter input(folder.path() / "in", std::string(data::kDocumentSchema));
  input.add({{"id", "x"}});
  input.finish(Json::object());
  const Options options{Config::parse("", "r")};
  data::DatasetWriter kept(folder.path() / "kept", std::string(data::kDocumentSchema));
  data::DatasetWriter decisions(folder.path() / "decisions", std::string(data::kDecisionSchema));
  SilentProgress progress;
  try {
    curate(data::DatasetReader(folder.path() / "in", data::kDocumentSchema), options, kept, decisions, progress);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.place().find("00000.jsonl.zst:1"), std::string::npos) << error.what();
  }
  // No manifest was written: what was left cannot be read by mistake.
  EXPECT_FALSE(fs::exists(folder.path() / "kept" / "manifest.json"));
}

TEST(Spool, GivesBackInOrderWhatOverflowsToAFileToo) {
  for (const size_t limit : {size_t{0}, size_t{64}, size_t{1} << 20}) {
    Spool spool({{}, limit});
    std::vector<std::string> records;
    for (int i = 0; i < 50; ++i)
      records.push_back(std::string(static_cast<size_t>(i % 9), static_cast<char>('a' + i % 26)));
    for (size_t i = 0; i < records.size();) {
      SpoolBlock block;
      for (const size_t end = std::min(records.size(), i + 7); i < end; ++i) block.add(records[i]);
      const size_t count = block.count();
      spool.add(block.pack(), count);
      EXPECT_EQ(block.count(), 0U);
    }
    EXPECT_EQ(spool.count(), 50U);
    std::vector<std::string> back;
    Spool::Reader reader(spool);
    for (std::string packed; reader.next(packed);)
      for (std::string& record : SpoolBlock::unpack(packed)) back.push_back(std::move(record));
    EXPECT_EQ(back, records);
  }
}

TEST(Funnel, LinesUpInKoreanAndEnglish) {
  const std::vector<FunnelRow> funnel = {{"length", 12345, 45, 0, 12300, "30자"},
                                         {"near_duplicates", 12300, 0, 7, 12300, ">= 0.8"}};
  for (const char* language : {"ko", "en"}) {
    ::setenv("MORU_LANG", language, 1);
    const std::string table = funnel_text(funnel);
    ::unsetenv("MORU_LANG");
    std::vector<std::string> lines;
    for (size_t begin = 0; begin < table.size();) {
      const size_t end = table.find('\n', begin);
      lines.push_back(table.substr(begin, end - begin));
      begin = end + 1;
    }
    ASSERT_EQ(lines.size(), 5U) << table;
    EXPECT_NE(lines[2].find("12,345"), std::string::npos);
    // The limits begin in one column.
    const auto column = [](const std::string& line, const std::string& cell) {
      return text::display_width(std::string_view(line).substr(0, line.find(cell)));
    };
    EXPECT_EQ(column(lines[2], "30자"), column(lines[3], ">= 0.8"));
    EXPECT_EQ(column(lines[2], "30자"), column(lines[0], std::string(language) == "ko" ? "기준" : "limit"));
    EXPECT_NE(lines[4].find("99.6 %"), std::string::npos);
  }
}

}  // namespace
}  // namespace moru::curate
