#include "core/error.h"
#include "curate/gopher.h"
#include "curate/prose.h"
#include "helper.h"

namespace moru::curate {
namespace {

using data::BlockKind;
using testing::block_texts;
using testing::make_document;
using testing::run_curate;

const std::string kKorean = "이 함수는 셀 범위에 있는 모든 숫자의 합계를 계산하여 결과를 돌려줍니다.";
const std::string kEnglish = "This function adds up all the numbers in a range of cells and returns the total of them.";
const std::string kGerman =
    "Diese Funktion berechnet die Summe aller Zahlen in einem Bereich und gibt das Ergebnis zurück.";

TEST(Language, FillsInTheLanguageAndKeepsAll) {
  const auto outcome = run_curate(
      {make_document(kKorean, "a"), make_document(kEnglish, "b"), make_document(kGerman, "c")}, "", {"language"});
  ASSERT_EQ(outcome.kept.size(), 3U);
  EXPECT_EQ(outcome.kept[0].language, "ko");
  EXPECT_EQ(outcome.kept[1].language, "en");
  EXPECT_EQ(outcome.kept[2].language, "de");
  EXPECT_GT(outcome.kept[0].measures.at("language_confidence"), 0.9);
  EXPECT_EQ(outcome.report.facts.at("languages").at("ko").at("documents"), 1);
}

TEST(Language, CodeIsInNoLanguage) {
  const auto document =
      make_document({{BlockKind::paragraph, "두 식을 비교합니다."},
                     {BlockKind::code, "Sub Example\n  Dim Result As Boolean\n  Result = A Eqv B\nEnd Sub"}});
  EXPECT_EQ(run_curate({document}, "", {"language"}).kept.at(0).language, "ko");
}

TEST(Language, KeepsOnlyTheListed) {
  const std::vector<data::Document> documents = {make_document(kKorean, "a"), make_document(kGerman, "b"),
                                                 make_document("123 456", "c")};
  auto outcome = run_curate(documents, "language: {keep: [ko, en]}", {"language"});
  ASSERT_EQ(outcome.kept.size(), 2U);  // an unknown language is no evidence of a wrong one
  ASSERT_EQ(outcome.decisions.size(), 1U);
  EXPECT_EQ(outcome.decisions[0].at("value"), "de");
  EXPECT_EQ(outcome.decisions[0].at("limit"), "en, ko");
  EXPECT_EQ(outcome.decisions[0].at("record").at("text"), kGerman);
  outcome = run_curate(documents, "language: {keep: ko, keep_unknown: false}", {"language"});
  EXPECT_EQ(outcome.kept.size(), 1U);
}

TEST(Boilerplate, TakesOutLinesThatRecur) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 10; ++i)
    documents.push_back(make_document({{BlockKind::title, "Help"},
                                       {BlockKind::paragraph, "Please  support us!"},
                                       {BlockKind::paragraph, fmt::format("Own text of page {}.", i)},
                                       {BlockKind::heading, "Example"},
                                       {BlockKind::code, "End Sub"},
                                       {BlockKind::paragraph, "How to get there", "how_to_get"},
                                       {BlockKind::list_item, i % 2 ? "please support us!" : "Rare line"}},
                                      fmt::format("docs/{}", i)));
  const auto outcome = run_curate(documents, "boilerplate: {share: 0.5, minimum_documents: 5}", {"boilerplate"});
  ASSERT_EQ(outcome.kept.size(), 10U);
  EXPECT_EQ(block_texts(outcome.kept[0]), (std::vector<std::string>{"Help", "Own text of page 0.", "Example", "End Sub",
                                                                    "How to get there", "Rare line"}));
  EXPECT_EQ(outcome.kept[1].text, "Help\n\nOwn text of page 1.\n\nExample\n\nEnd Sub\n\nHow to get there");
  EXPECT_EQ(outcome.row("boilerplate").changed, 10U);
  EXPECT_EQ(outcome.decisions.at(0).at("removed").at(0).at("text"), "Please  support us!\n\n");
  EXPECT_EQ(outcome.decisions.at(0).at("value"), 1);
  EXPECT_EQ(outcome.report.facts.at("counts").at("boilerplate").at("Please support us!"), 10);
}

TEST(Boilerplate, ListMarksGoWithTheirLineAndMarkupIsNoLine) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 4; ++i) {
    auto document = make_document(fmt::format("# Page {}\n\nText.\n\n- Home\n- Own {}\n- Imprint\n", i, i),
                                  fmt::format("docs/{}", i));
    constexpr std::array<data::Range, 5> kRanges = {{{2, 8}, {10, 15}, {19, 23}, {26, 31}, {34, 41}}};
    document.blocks.clear();
    for (const data::Range range : kRanges) {
      data::Block& block = document.blocks.emplace_back();
      block.kind = range.begin == 2    ? BlockKind::title
                   : range.begin == 10 ? BlockKind::paragraph
                                       : BlockKind::list_item;
      block.range = range;
    }
    documents.push_back(std::move(document));
  }
  const auto outcome = run_curate(documents, "boilerplate: {share: 0.5, minimum_documents: 2}", {"boilerplate"});
  EXPECT_EQ(outcome.kept.at(1).text, "# Page 1\n\n- Own 1\n");
  EXPECT_EQ(block_texts(outcome.kept.at(1)), (std::vector<std::string>{"Page 1", "Own 1"}));
}

TEST(Boilerplate, BothLimitsMustBePassed) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 10; ++i)
    documents.push_back(
        make_document({{BlockKind::paragraph, fmt::format("Page {}", i)}, {BlockKind::paragraph, "Footer"}},
                      fmt::format("docs/{}", i)));
  EXPECT_TRUE(
      run_curate(documents, "boilerplate: {share: 0.5, minimum_documents: 11}", {"boilerplate"}).decisions.empty());
  EXPECT_TRUE(
      run_curate(documents, "boilerplate: {share: 1.0, minimum_documents: 5}", {"boilerplate"}).decisions.empty());
  EXPECT_EQ(
      run_curate(documents, "boilerplate: {share: 0.99, minimum_documents: 10}", {"boilerplate"}).decisions.size(),
      10U);
}

TEST(Boilerplate, ADocumentOfNothingElseIsDroppedAsTooShort) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 4; ++i)
    documents.push_back(
        make_document("The same notice on every single page of this collection.", fmt::format("docs/{}", i)));
  const auto outcome =
      run_curate(documents, "boilerplate: {share: 0.5, minimum_documents: 2}", {"boilerplate", "length"});
  EXPECT_TRUE(outcome.kept.empty());
  EXPECT_EQ(outcome.row("length").dropped, 4U);
}

TEST(Length, EachLimitDropsWithItsValue) {
  const std::string recipe =
      "length: {minimum_characters: 10, maximum_characters: 40, minimum_words: 3, maximum_words: 6}";
  const auto outcome = run_curate({make_document("짧은 글 하나", "a"), make_document("두개의 어절만있는이문서", "b"),
                                   make_document("a b c d e f g", "c"), make_document(std::string(41, 'x'), "d"),
                                   make_document("이 글은 네 어절입니다.", "e")},
                                  recipe, {"length"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].source.uri, "e");
  EXPECT_EQ(outcome.kept[0].measures.at("words"), 4);
  std::vector<std::string> seen;
  for (const Json& d : outcome.decisions)
    seen.push_back(
        fmt::format("{} {} {}", d.at("source").get<std::string>(), d.at("value").dump(), d.at("limit").dump()));
  EXPECT_EQ(seen, (std::vector<std::string>{"a 7 10", "b 2 3", "c 7 6", "d 41 40"}));
}

TEST(Length, AMaximumBelowTheMinimumIsAnErrorThatNamesTheLine) {
  try {
    run_curate({}, "length:\n  minimum_characters: 100\n  maximum_characters: 50\n");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "recipe.yaml:3");
  }
}

TEST(Gopher, CountsDuplicateLinesAndParagraphs) {
  const Repetition r = measure_repetition("aa\nbb\naa\n\ncc\n\ncc");
  // Lines aa bb aa cc cc: two copies of five; 4 characters of 16.
  EXPECT_DOUBLE_EQ(r.duplicate_lines, 2.0 / 5);
  EXPECT_DOUBLE_EQ(r.duplicate_line_characters, 4.0 / 16);
  EXPECT_DOUBLE_EQ(r.duplicate_paragraphs, 1.0 / 3);
  EXPECT_DOUBLE_EQ(r.duplicate_paragraph_characters, 2.0 / 16);
}

TEST(Gopher, CountsTopNGrams) {
  const Repetition r = measure_repetition("가 나 다 가 나 라 가 나");
  EXPECT_EQ(r.top_gram_count[0], 3U);
  EXPECT_DOUBLE_EQ(r.top_gram[0], 3.0 * 3 / 15);  // "가 나", 3 characters, 3 times, of 15
  EXPECT_EQ(r.top_gram_count[1], 1U);
  EXPECT_DOUBLE_EQ(r.top_gram[1], 5.0 / 15);
  EXPECT_DOUBLE_EQ(measure_repetition("one").top_gram[0], 0);
  EXPECT_DOUBLE_EQ(measure_repetition("").duplicate_lines, 0);
}

TEST(Gopher, CountsRepeatedNGramsGreedily) {
  // a b c d e | a b c d e | a b c d e: the second and third copy are jumped over.
  const Repetition r = measure_repetition("a b c d e a b c d e a b c d e");
  EXPECT_DOUBLE_EQ(r.repeated_gram[0], 10.0 / 29);
  // The 10-gram of the last two copies has been seen at the first two.
  EXPECT_DOUBLE_EQ(r.repeated_gram[5], 10.0 / 29);
}

TEST(Repetition, DropsWhatOnlyRepeatsItself) {
  std::string loop;
  for (int i = 0; i < 40; ++i) loop += "사세요 지금 바로 사세요\n";
  const auto outcome = run_curate(
      {make_document(loop, "a"), make_document(kKorean, "b"), make_document("짧은 글", "c")}, "", {"repetition"});
  ASSERT_EQ(outcome.kept.size(), 2U);
  ASSERT_EQ(outcome.decisions.size(), 1U);
  EXPECT_EQ(outcome.decisions[0].at("detail"), "duplicate_lines");
  EXPECT_DOUBLE_EQ(outcome.decisions[0].at("value"), 39.0 / 41);  // the last line break begins an empty line
  EXPECT_EQ(outcome.decisions[0].at("limit"), 0.8);
}

TEST(Repetition, FewWordsAreNotJudged) {
  const std::string text = "메뉴 보기\n메뉴 보기\n메뉴 보기\n메뉴 보기";
  EXPECT_EQ(run_curate({make_document(text)}, "", {"repetition"}).kept.size(), 1U);
  EXPECT_EQ(run_curate({make_document(text)}, "repetition: {minimum_words: 5}", {"repetition"}).kept.size(), 0U);
}

TEST(Repetition, TablesAndCodeDoNotCountAndZeroSwitchesOff) {
  std::string loop = "x = x + 1";
  for (int i = 0; i < 40; ++i) loop += "\nx = x + 1";
  const auto in_code =
      make_document({{BlockKind::paragraph, kEnglish}, {BlockKind::code, loop}, {BlockKind::table, loop}});
  EXPECT_EQ(run_curate({in_code}, "", {"repetition"}).kept.size(), 1U);
  EXPECT_EQ(prose_of(in_code), kEnglish + "\n\n");
  EXPECT_EQ(text_without_code(in_code).find("x = x"), text_without_code(in_code).rfind("\n\n") + 2);
  std::string off = "repetition: {";
  for (const char* key :
       {"duplicate_paragraphs", "duplicate_paragraph_characters", "duplicate_lines", "duplicate_line_characters",
        "top_2_gram", "top_3_gram", "top_4_gram", "repeated_5_gram", "repeated_6_gram", "repeated_7_gram",
        "repeated_8_gram", "repeated_9_gram", "repeated_10_gram"})
    off += fmt::format("{}: 0, ", key);
  EXPECT_EQ(run_curate({make_document(loop)}, off + "minimum_words: 0}", {"repetition"}).kept.size(), 1U);
  EXPECT_EQ(run_curate({make_document(loop)}, "", {"repetition"}).kept.size(), 0U);  // as prose it counts
}

TEST(Options, UnknownKeysAndWrongValuesAreErrors) {
  EXPECT_THROW(run_curate({}, "lenght: {minimum_words: 3}"), Error);
  EXPECT_THROW(run_curate({}, "length: {minimum_word: 3}"), Error);
  EXPECT_THROW(run_curate({}, "near_duplicates: {similarity: 1.5}"), Error);
  EXPECT_THROW(run_curate({}, "boilerplate: {share: much}"), Error);
  EXPECT_THROW(run_curate({}, "repetition: {enabled: maybe}"), Error);
}

TEST(Options, ParametersNameEveryRuleThatRuns) {
  const Options all{Config::parse("", "r")};
  const auto usual = static_cast<size_t>(std::ranges::count_if(registry(), &Registration::by_default));
  EXPECT_EQ(all.to_json().size(), usual);
  const Options fewer{Config::parse("length: {enabled: false}\nnear_duplicates: {similarity: 0.9}", "r")};
  EXPECT_EQ(fewer.to_json().size(), usual - 1);
  EXPECT_NE(dump_json(fewer.to_json()).find("\"similarity\":0.9"), std::string::npos);
}

}  // namespace
}  // namespace moru::curate
