#include "evaluate/bm25.h"

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/random.h"
#include "data/document.h"
#include "evaluate/evaluate.h"
#include "evaluate/passages.h"

namespace moru::evaluate {
namespace {

std::vector<Term> terms_of(std::string_view text) {
  std::vector<Term> terms;
  append_terms(text, terms);
  return terms;
}

TEST(Terms, AreBigramsForHangulAndWordsForTheRest) {
  EXPECT_EQ(terms_of("DSUM함수는"), (std::vector<Term>{terms_of("dsum")[0], terms_of("함수")[0], terms_of("수는")[0]}));
  EXPECT_EQ(terms_of("파일"), terms_of("\xE1\x84\x91\xE1\x85\xA1\xE1\x84\x8B\xE1\x85\xB5\xE1\x86\xAF"));  // decomposed
  EXPECT_EQ(terms_of("Writer-2"), terms_of("WRITER 2"));
  EXPECT_EQ(terms_of("\xC3\x89"
                     "cole"),
            terms_of("\xC3\xA9"
                     "cole"));
  EXPECT_EQ(terms_of("값").size(), 1U);
  EXPECT_EQ(terms_of("값 x").size(), 2U);
  EXPECT_TRUE(terms_of(" … ").empty());
  EXPECT_NE(terms_of("ab")[0], terms_of("a b")[0]);
}

TEST(Terms, OfAQuestionLeaveTheAskingOut) {
  EXPECT_EQ(query_terms("표 삭제 어떻게 하나요?"), terms_of("표 삭제"));
  EXPECT_EQ(query_terms("How do I delete a table?"), terms_of("delete table"));
  EXPECT_EQ(query_terms("어떻게 해?"), terms_of("어떻게 해"));
}

TEST(Bm25, ScoresByHand) {
  Bm25Index index;
  index.add(terms_of("red red fox"));
  index.add(terms_of("blue fox"));
  index.add(terms_of("green tree"));
  index.finish();
  Bm25Index::Scratch scratch;
  const auto hit = index.best(terms_of("red"), scratch);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->entry, 0U);
  // idf log(1 + 2.5/1.5); tf 2; length 3 of a mean of 7/3.
  const double expected = std::log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / (7.0 / 3)));
  EXPECT_NEAR(hit->score, expected, 1e-6);
}

TEST(Bm25, TakesTheEarliestOfEqualsAndNoneForUnknownTerms) {
  Bm25Index index;
  index.add(terms_of("other"));
  index.add(terms_of("same"));
  index.add(terms_of("same"));
  index.finish();
  Bm25Index::Scratch scratch;
  EXPECT_EQ(index.best(terms_of("same"), scratch)->entry, 1U);
  EXPECT_FALSE(index.best(terms_of("unknown"), scratch));
  EXPECT_FALSE(index.best({}, scratch));
  EXPECT_EQ(index.best(terms_of("same other"), scratch)->entry, 0U);
  EXPECT_EQ(index.best(terms_of("same"), scratch)->entry, 1U) << "a scratch is clean for the next search";
}

TEST(Bm25, OfNothingFindsNothing) {
  Bm25Index index;
  index.finish();
  Bm25Index::Scratch scratch;
  EXPECT_FALSE(index.best(terms_of("word"), scratch));
}

struct Builder {
  data::Document document;
  Builder& add(data::BlockKind kind, std::string_view text, int level = 0) {
    if (!document.text.empty()) document.text += '\n';
    const uint64_t begin = document.text.size();
    document.text += text;
    data::Block& block = document.blocks.emplace_back();
    block.kind = kind;
    block.range = {begin, document.text.size()};
    block.level = level;
    if (kind == data::BlockKind::title) document.title = text;
    return *this;
  }
};

using data::BlockKind;

TEST(Passages, CarryTheHeadingsAboveThem) {
  Builder builder;
  builder.add(BlockKind::title, "표").add(BlockKind::paragraph, "표를 다룹니다.");
  builder.add(BlockKind::heading, "행", 2).add(BlockKind::paragraph, "행을 더합니다.");
  builder.add(BlockKind::heading, "높이", 3).add(BlockKind::paragraph, "높이를 정합니다.");
  builder.add(BlockKind::heading, "열", 2)
      .add(BlockKind::paragraph, "열을 더합니다.")
      .add(BlockKind::list_item, "하나", 1);
  const std::vector<Passage> passages = cut_passages(builder.document, 100);
  ASSERT_EQ(passages.size(), 4U);
  EXPECT_EQ(passages[0].headings, "표");
  EXPECT_EQ(passages[2].headings, "표\n행\n높이");
  EXPECT_EQ(passages[3].headings, "표\n열");
  EXPECT_EQ(passages[3].text, "열을 더합니다.\n하나");
}

TEST(Passages, AreCutBetweenBlocksAndAtEmptyLinesWithoutBlocks) {
  Builder builder;
  builder.add(BlockKind::paragraph, "가나다라마")
      .add(BlockKind::paragraph, "바사아자차")
      .add(BlockKind::paragraph, std::string(60, 'x'));
  const std::vector<Passage> passages = cut_passages(builder.document, 9);
  ASSERT_EQ(passages.size(), 3U);
  EXPECT_EQ(passages[1].text, "바사아자차");
  data::Document plain;
  plain.text = "첫째 문단.\n\n둘째 문단.\n";
  EXPECT_EQ(cut_passages(plain, 8).size(), 2U);
  EXPECT_TRUE(cut_passages(data::Document(), 8).empty());
}

TEST(Passages, TakeATableRowByRow) {
  Builder builder;
  builder.add(BlockKind::heading, "단축키", 1).add(BlockKind::paragraph, "목록입니다.");
  builder.add(BlockKind::table, "F5 슬라이드 쇼\nEsc 끝내기");
  builder.document.blocks.back().cells = {{"F5", " 슬라이드 쇼"}, {"Esc", "", "끝내기"}, {""}};
  builder.add(BlockKind::paragraph, "끝.");
  const std::vector<Passage> passages = cut_passages(builder.document, 100);
  ASSERT_EQ(passages.size(), 4U);
  EXPECT_EQ(passages[1].headings, "단축키");
  EXPECT_EQ(passages[1].text, "F5 슬라이드 쇼");
  EXPECT_EQ(passages[2].text, "Esc 끝내기");
}

TEST(CutText, StopsAtASentenceElseAtASpaceElseBetweenCharacters) {
  EXPECT_EQ(cut_text("짧다.", 10), "짧다.");
  EXPECT_EQ(cut_text("하나를 합니다. 둘을 합니다. 셋", 12), "하나를 합니다.");
  EXPECT_EQ(cut_text("가나다라 마바사아 자차카", 10), "가나다라 마바사아");
  EXPECT_EQ(cut_text("가나다라마바사", 3), "가나다");
  EXPECT_EQ(cut_text("", 3), "");
}

class Corpus {
 public:
  explicit Corpus(const std::vector<data::Document>& documents) {
    data::DatasetWriter writer(directory_.path() / "corpus", std::string(data::kDocumentSchema));
    for (data::Document document : documents) {
      document.id = data::document_id(document);
      writer.add(data::to_json(document));
    }
    writer.finish(Json::object());
  }
  data::DatasetReader reader() const { return {directory_.path() / "corpus", data::kDocumentSchema}; }

 private:
  TemporaryDirectory directory_;
};

Question ask(std::string text) {
  Question question;
  question.text = std::move(text);
  return question;
}

TEST(Bm25Baseline, AnswersWithTheBestPassageWithoutItsHeadings) {
  Builder table, page;
  table.add(BlockKind::title, "표 만들기")
      .add(BlockKind::heading, "행 추가", 2)
      .add(BlockKind::paragraph, "삽입 메뉴에서 위에 행을 고릅니다.");
  table.add(BlockKind::heading, "열 삭제", 2).add(BlockKind::paragraph, "삭제 메뉴에서 열을 고릅니다.");
  page.add(BlockKind::title, "Page margins")
      .add(BlockKind::paragraph, "Choose Format - Page Style and set the margins.");
  const System system = bm25_baseline(Corpus({table.document, page.document}).reader());
  EXPECT_TRUE(system.baseline);
  SilentProgress silent;
  const auto answers =
      system.answer({ask("행은 어떻게 추가하나요?"), ask("How do I set page margins?"), ask("zzz"), ask("")}, silent);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0], "삽입 메뉴에서 위에 행을 고릅니다.");
  EXPECT_EQ(answers[1], "Choose Format - Page Style and set the margins.");
  EXPECT_EQ(answers[2], "");
  EXPECT_EQ(answers[3], "");
}

TEST(Bm25Baseline, AnEmptyCorpusAnswersNothing) {
  const System system = bm25_baseline(Corpus({}).reader());
  SilentProgress silent;
  EXPECT_EQ(system.answer({ask("무엇?")}, silent), std::vector<std::string>{""});
}

TEST(Bm25Baseline, IndexesMegabytesAndAnswersAThousandQuestionsInAboutASecond) {
  // Zipf-like words of two to four syllables from a fixed seed.
  Random random(7);
  std::vector<std::string> words;
  for (int i = 0; i < 5000; ++i) {
    std::string word;
    for (uint64_t syllables = 2 + random.below(3); syllables > 0; --syllables) {
      const auto c = static_cast<uint32_t>(0xAC00 + 28 * random.below(399));
      word += static_cast<char>(0xE0 | c >> 12);
      word += static_cast<char>(0x80 | (c >> 6 & 63));
      word += static_cast<char>(0x80 | (c & 63));
    }
    words.push_back(word);
  }
  const auto word = [&] { return words[static_cast<size_t>(std::pow(random.uniform(), 3) * 5000)]; };
  std::vector<data::Document> documents;
  size_t bytes = 0;
  while (bytes < 3'000'000) {
    Builder builder;
    builder.add(BlockKind::title, word() + " " + word());
    for (int paragraph = 0; paragraph < 8; ++paragraph) {
      std::string text;
      for (int i = 0; i < 25; ++i) text += word() + ' ';
      builder.add(BlockKind::paragraph, text);
    }
    bytes += builder.document.text.size();
    documents.push_back(std::move(builder.document));
  }
  const Corpus corpus(documents);
  std::vector<Question> questions;
  for (int i = 0; i < 1000; ++i)
    questions.push_back(ask(documents[random.below(documents.size())].title + " " + word()));
  const auto start = std::chrono::steady_clock::now();
  const System system = bm25_baseline(corpus.reader());
  const auto indexed = std::chrono::steady_clock::now();
  SilentProgress silent;
  const auto answers = system.answer(questions, silent);
  const auto answered = std::chrono::steady_clock::now();
  RecordProperty("index_ms", static_cast<int>(std::chrono::duration<double, std::milli>(indexed - start).count()));
  RecordProperty("answer_ms", static_cast<int>(std::chrono::duration<double, std::milli>(answered - indexed).count()));
  EXPECT_EQ(std::ranges::count(answers, std::string()), 0);
  // Ten times what it takes: this catches a search that has become quadratic, not a busy machine.
  EXPECT_LT(std::chrono::duration<double>(answered - start).count(), 20);
  EXPECT_EQ(answers, system.answer(questions, silent));
}

}  // namespace
}  // namespace moru::evaluate
