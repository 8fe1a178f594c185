#include "core/random.h"
#include "helper.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

using data::BlockKind;
using testing::block_texts;
using testing::make_document;
using testing::run_curate;

data::Document cleaned(const data::Document& document) {
  const auto outcome = run_curate({document}, "", {"white_space", "unicode"});
  EXPECT_EQ(outcome.kept.size(), 1U);
  return outcome.kept.at(0);
}

TEST(WhiteSpace, CollapsesInProse) {
  const auto document = cleaned(make_document("\uFEFF  가\u00A0\u3000나 \t다 \r\n라\u200B마\u2028바\n\n \n\n사  "));
  EXPECT_EQ(document.text, "가 나 다\n라마\n바\n\n사");
  EXPECT_EQ(block_texts(document), std::vector<std::string>{"가 나 다\n라마\n바\n\n사"});
  EXPECT_EQ(document.title, "가 나 다 라마 바 사");  // one line
}

TEST(WhiteSpace, CodeKeepsItsIndentationAndTablesTheirTabs) {
  auto source = make_document({{BlockKind::paragraph, " a   b "},
                               {BlockKind::code, "\r\n  if x:\r\n\ty  =  1  \r\n\r\n"},
                               {BlockKind::table, "n\t\tv  w \n1\t2\t"}});
  source.blocks[2].cells = {{"n", "", "v  w "}, {"1", "2", ""}};
  const auto document = cleaned(source);
  EXPECT_EQ(block_texts(document), (std::vector<std::string>{"a b", "  if x:\n\ty  =  1", "n\t\tv  w\n1\t2"}));
  EXPECT_EQ(document.blocks[2].cells, (std::vector<std::vector<std::string>>{{"n", "", "v  w"}, {"1", "2", ""}}));
}

TEST(WhiteSpace, MarkdownBetweenBlocksKeepsItsIndentation) {
  auto source = make_document("# Title\n\n- item one\n   - inner\n\n\n   more \n");
  source.blocks.resize(4);
  source.blocks[0].range = {2, 7};
  source.blocks[1].range = {11, 19};
  source.blocks[2].range = {25, 30};
  source.blocks[3].range = {36, 41};
  const auto document = cleaned(source);
  EXPECT_EQ(document.text, "# Title\n\n- item one\n   - inner\n\n   more\n");
  EXPECT_EQ(block_texts(document), (std::vector<std::string>{"Title", "item one", "inner", "more"}));
}

TEST(WhiteSpace, TextBetweenBlocksStaysApartFromABlockThatBeginsWithBlanks) {
  auto source = make_document("ab\n c");
  source.blocks.resize(2);
  source.blocks[0].range = {0, 1};
  source.blocks[1].range = {2, 5};
  const auto document = cleaned(source);
  EXPECT_EQ(document.text, "ab\nc");
  EXPECT_EQ(block_texts(document), (std::vector<std::string>{"a", "c"}));
}

TEST(WhiteSpace, ABlockOfBlanksGoes) {
  const auto document = cleaned(
      make_document({{BlockKind::paragraph, "a"}, {BlockKind::paragraph, " \u00A0"}, {BlockKind::paragraph, "b"}}));
  EXPECT_EQ(document.text, "a\n\nb");
  EXPECT_EQ(block_texts(document), (std::vector<std::string>{"a", "b"}));
}

TEST(WhiteSpace, CleanTextIsLeftAlone) {
  const auto source = make_document({{BlockKind::heading, "제목"}, {BlockKind::paragraph, "글 하나."}});
  const auto outcome = run_curate({source}, "", {"white_space", "unicode"});
  EXPECT_TRUE(outcome.decisions.empty());
  EXPECT_EQ(outcome.kept.at(0).id, source.id);
  EXPECT_FALSE(outcome.kept.at(0).metadata.contains("collected_as"));
  EXPECT_EQ(outcome.row("white_space").changed, 0U);
}

TEST(Unicode, ComposesTextTitleAndMetadata) {
  auto source = make_document({{BlockKind::heading, "\u1112\u1161\u11AB"}, {BlockKind::paragraph, "cafe\u0301 ㅋㅋ"}});
  source.metadata["path"] = "e\u0301";
  const auto outcome = run_curate({source}, "", {"unicode"});
  const auto& document = outcome.kept.at(0);
  EXPECT_EQ(block_texts(document), (std::vector<std::string>{"한", "café ㅋㅋ"}));
  EXPECT_EQ(document.title, "한");
  EXPECT_EQ(document.metadata.at("path"), "é");
  EXPECT_EQ(document.metadata.at("collected_as"), source.id);
  EXPECT_EQ(document.id, data::document_id(document));
  ASSERT_EQ(outcome.decisions.size(), 1U);
  EXPECT_EQ(outcome.decisions[0].at("action"), "change");
  EXPECT_EQ(outcome.decisions[0].at("document"), source.id);
}

/// Puts back what a decision says was removed.
std::string undo(std::string text, const Json& decision) {
  std::string before;
  size_t done = 0;
  uint64_t position = 0;
  for (const Json& piece : decision.at("removed")) {
    if (piece.at("field") != "text") continue;
    const uint64_t begin = piece.at("range").at(0);
    before += text.substr(done, begin - position);
    done += begin - position;
    EXPECT_EQ(text.substr(done, piece.at("replacement").get<std::string>().size()), piece.at("replacement"));
    done += piece.at("replacement").get<std::string>().size();
    before += piece.at("text").get<std::string>();
    position = piece.at("range").at(1);
  }
  return before + text.substr(done);
}

TEST(Normalise, RandomTextComesOutCleanWithItsBlocksAndCanBeUndone) {
  const std::vector<std::string> pieces = {"a",  "한", "\u1112\u1161", "\u11AB", "e\u0301", " ", "  ",
                                           "\t", "\n", "\r\n",         "\u00A0", "\u200B",  "글"};
  constexpr std::array kKinds = {BlockKind::paragraph, BlockKind::code, BlockKind::table, BlockKind::list_item};
  Random random(11);
  std::vector<data::Document> sources;
  for (int round = 0; round < 300; ++round) {
    std::vector<testing::Part> parts;
    for (uint64_t p = 0; p <= random.below(5); ++p) {
      std::string text;
      for (uint64_t i = 0; i < random.below(12); ++i) text += pieces[random.below(pieces.size())];
      // A letter that nothing composes with tells the blocks apart.
      parts.push_back(
          {kKinds[random.below(kKinds.size())], text + fmt::format("<{}>", p) + (random.below(2) ? " " : "")});
    }
    sources.push_back(make_document(parts, fmt::format("docs/{}", round)));
  }
  const auto outcome = run_curate(sources, "", {"white_space", "unicode"});
  ASSERT_EQ(outcome.kept.size(), sources.size());
  std::map<std::string, std::vector<Json>> decisions;
  for (const Json& decision : outcome.decisions) decisions[decision.at("document")].push_back(decision);
  for (size_t i = 0; i < sources.size(); ++i) {
    const data::Document& document = outcome.kept[i];
    EXPECT_TRUE(text::is_nfc(document.text));
    EXPECT_EQ(document.text.find('\r'), std::string::npos);
    EXPECT_EQ(document.text.find("\u200B"), std::string::npos);
    ASSERT_EQ(document.blocks.size(), sources[i].blocks.size());
    for (size_t b = 0; b < document.blocks.size(); ++b) {
      const std::string_view block = document.slice(document.blocks[b].range);
      EXPECT_TRUE(block.ends_with(fmt::format("<{}>", b))) << block;
      EXPECT_EQ(block.find('<'), block.rfind('<')) << block;
      EXPECT_LE(b == 0 ? 0 : document.blocks[b - 1].range.end, document.blocks[b].range.begin);
    }
    std::string text = document.text;
    auto& steps = decisions[sources[i].id];
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) text = undo(text, *step);
    EXPECT_EQ(text, sources[i].text);
  }
}

}  // namespace
}  // namespace moru::curate
