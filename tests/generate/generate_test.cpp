#include "generate/generate.h"

#include "core/error.h"
#include "generate/fixture.h"
#include "generate/prose.h"

namespace moru::generate {
namespace {

std::vector<Page> handbook() {
  std::vector<Page> pages;
  pages.push_back(Page("scalc/navigator.html")
                      .heading(1, "내비게이터")
                      .paragraph("문서의 개체 목록을 표시하고 그 개체로 이동하게 합니다.", "summary")
                      .paragraph("Choose View - Navigator.", "how_to_get")
                      .paragraph("Ctrl+Shift+F5", "how_to_get")
                      .heading(2, "데이터 영역")
                      .paragraph("셀 커서가 있는 데이터 영역을 지정합니다.", "summary"));
  pages.push_back(Page("scalc/filter.html")
                      .heading(1, "자동 필터 적용")
                      .paragraph("자동 필터는 머리글에 콤보 상자를 넣습니다.")
                      .step("1", "자동 필터를 사용할 열을 선택합니다.")
                      .step("2", "데이터 - 자동 필터를 선택합니다. 첫 행에 화살표가 나타납니다.")
                      .paragraph("필터를 끄려면 데이터 - 자동 필터를 다시 선택합니다."));
  pages.push_back(Page("scalc/weekday.html")
                      .heading(2, "WEEKDAY ")
                      .paragraph("주어진 날짜의 요일을 구합니다.", "summary")
                      .heading(4, "Syntax", "syntax")
                      .code("WEEKDAY(Number [; Type])", "syntax")
                      .heading(4, "Example", "example")
                      .paragraph("=WEEKDAY(\"2000-06-14\") returns 4.", "example"));
  pages.push_back(Page("sbasic/eof.html")
                      .heading(1, "Eof Function")
                      .paragraph("파일 포인터가 파일 끝에 도달했는지 확인합니다.")
                      .heading(3, "Syntax:", "syntax")
                      .code("Eof (intexpression As Integer)", "syntax")
                      .heading(3, "Return value:", "returns")
                      .paragraph("Bool", "returns"));
  pages.push_back(Page("swriter/keys.html")
                      .heading(1, "Writer 단축키")
                      .paragraph("자주 쓰는 단축키는 다음과 같습니다:")
                      .table({{"단축키", "효과"}, {"Ctrl + A", "모두 선택"}, {"(F3)", "자동 텍스트를 펼칩니다."}}));
  pages.push_back(Page("scalc/errors.html")
                      .heading(1, "Calc의 오류 코드")
                      .table({{"오류 코드", "메시지", "설명"},
                              {"502", "인수", "함수의 인수가 유효하지 않습니다."},
                              {"#NUM!", "수", "계산 결과가 범위를 벗어납니다."}}));
  pages.push_back(Page("swriter/frames.html")
                      .heading(1, "Inserting Frames")
                      .paragraph("A frame holds text and pictures apart from the page.")
                      .step("1", "Choose Insert - Frame.")
                      .step("2", "Enter the size and click OK."));
  return pages;
}

TEST(Generate, AsksWhatAHeadingMeans) {
  const Outcome r = run(handbook());
  EXPECT_EQ(r.answer("meaning/내비게이터"), "문서의 개체 목록을 표시하고 그 개체로 이동하게 합니다.");
  EXPECT_TRUE(r.of("meaning/Syntax").empty());
}

TEST(Generate, AsksHowATaskIsDoneAndAnswersWithItsSteps) {
  const Outcome r = run(handbook());
  EXPECT_EQ(r.answer("how-to/자동 필터 적용"),
            "1. 자동 필터를 사용할 열을 선택합니다.\n2. 데이터 - 자동 필터를 선택합니다.");
  EXPECT_EQ(r.answer("how-to/필터를 끄려면"), "필터를 끄려면 데이터 - 자동 필터를 다시 선택합니다.");
  EXPECT_TRUE(r.of("meaning/자동 필터 적용").empty());
  Options many;
  many.phrasings = 64;
  std::string asked;
  for (const data::Sample& s : run(handbook(), many).of("how-to/자동 필터 적용")) asked += s.messages[0].content + "\n";
  EXPECT_NE(asked.find("자동 필터를 적용하려면 어떻게 해야 하나요?"), std::string::npos) << asked;
  EXPECT_NE(asked.find("자동 필터 적용 방법"), std::string::npos) << asked;
  EXPECT_NE(asked.find("Calc에서 자동 필터를 적용하려면"), std::string::npos) << asked;
}

TEST(Generate, AsksWhichMenuAndWhichKeyLeadThere) {
  const Outcome r = run(handbook());
  EXPECT_EQ(r.answer("menu/내비게이터"), "Choose View - Navigator.");
  EXPECT_EQ(r.answer("command-key/내비게이터"), "Ctrl+Shift+F5");
}

TEST(Generate, AsksAboutFunctions) {
  const Outcome r = run(handbook());
  EXPECT_EQ(r.answer("use/WEEKDAY 함수"), "주어진 날짜의 요일을 구합니다.");
  EXPECT_EQ(r.answer("syntax/WEEKDAY 함수"), "WEEKDAY(Number [; Type])");
  EXPECT_EQ(r.answer("example/WEEKDAY 함수"), "=WEEKDAY(\"2000-06-14\") returns 4.");
  EXPECT_EQ(r.answer("use/Eof 함수"), "파일 포인터가 파일 끝에 도달했는지 확인합니다.");
  EXPECT_EQ(r.answer("returns/Eof 함수"), "Bool");
}

TEST(Generate, AsksAboutKeysBothWays) {
  const Outcome r = run(handbook());
  EXPECT_EQ(r.answer("key-effect/Writer에서 Ctrl+A"), "모두 선택");
  EXPECT_EQ(r.answer("effect-key/Writer에서 모두 선택"), "Ctrl + A");
  EXPECT_EQ(r.answer("effect-key/Writer에서 자동 텍스트를 펼칩니다"), "F3");
  const std::vector<data::Sample> asked = r.of("effect-key/Writer에서 자동 텍스트를 펼칩니다");
  ASSERT_FALSE(asked.empty());
  EXPECT_NE(asked[0].messages[0].content.find("자동 텍스트를 펼치는"), std::string::npos)
      << asked[0].messages[0].content;
}

TEST(Generate, AsksAboutTermsInTables) {
  const Outcome r = run(handbook());
  EXPECT_EQ(r.answer("meaning/오류 코드 502"), "함수의 인수가 유효하지 않습니다.");
  EXPECT_EQ(r.answer("meaning/오류 코드 #NUM!"), "계산 결과가 범위를 벗어납니다.");
}

TEST(Generate, AsksAboutEnglishPagesInBothLanguages) {
  const Outcome r = run(handbook());
  const std::vector<data::Sample> asked = r.of("how-to/Inserting Frames");
  ASSERT_FALSE(asked.empty());
  size_t korean = 0, english = 0;
  for (const data::Sample& s : asked) ++(is_korean(s.messages[0].content) ? korean : english);
  EXPECT_GT(english, 0U);
  EXPECT_GT(korean, 0U);
  EXPECT_EQ(asked[0].messages[1].content, "1. Choose Insert - Frame.\n2. Enter the size and click OK.");
}

TEST(Generate, AFunctionIsCalledAsItsSyntaxSays) {
  Page page("scalc/averageifs.html");
  page.heading(1, "SECOND")
      .paragraph("여러 조건에 맞는 셀의 평균을 구합니다.", "summary")
      .heading(4, "구문", "syntax")
      .code("AVERAGEIFS(Average_range; Range1; Criterion1)", "syntax");
  page.titled("AVERAGEIFS function");
  const Outcome r = run({page});
  EXPECT_EQ(r.answer("use/AVERAGEIFS 함수"), "여러 조건에 맞는 셀의 평균을 구합니다.");
  EXPECT_EQ(r.answer("use/SECOND 함수"), "");
}

TEST(Generate, AsksByTheDocumentsOtherNamesOnlyToTrain) {
  Page fax("swriter/fax.html");
  fax.heading(1, "팩스 보내기").step("1", "파일 - 인쇄를 선택합니다.").step("2", "팩스 드라이버를 선택합니다.");
  fax.metadata("keywords", "모뎀, 전송\n공통 낱말\n팩스 보내기");
  Page mail("swriter/mail.html");
  mail.heading(1, "전자 메일 보내기").step("1", "파일 - 보내기를 선택합니다.").step("2", "받는 사람을 입력합니다.");
  mail.metadata("keywords", "공통 낱말");
  const Outcome r = run({fax, mail});
  size_t found = 0;
  for (const data::Sample& s : r.of("how-to/팩스 보내기")) {
    if (s.messages[0].content.find("모뎀 전송") == std::string::npos) continue;
    ++found;
    EXPECT_FALSE(s.held_out);
  }
  EXPECT_EQ(found, 1U);
  for (const data::Sample& s : r.samples)
    EXPECT_EQ(s.messages[0].content.find("공통"), std::string::npos) << s.messages[0].content;
}

TEST(Generate, ReadsKeysAndTasksOutOfTheirWording) {
  const Outcome r = run({Page("scalc/a.html")
                             .heading(1, "다시 계산하기")
                             .paragraph("모든 수식을 다시 계산합니다.", "summary")
                             .paragraph("키(F9)", "how_to_get")
                             .paragraph("Press Ctrl+1.", "how_to_get"),
                         Page("scalc/b.html")
                             .heading(1, "보기 바꾸기")
                             .paragraph("격자를 숨기려면:")
                             .item("도구 - 옵션을 선택하고 격자의 표시를 해제합니다.")
                             .item("또는 단추를 누릅니다.")});
  EXPECT_EQ(r.answer("command-key/다시 계산하기"), "F9");
  EXPECT_EQ(r.answer("how-to/격자를 숨기려면"), "도구 - 옵션을 선택하고 격자의 표시를 해제합니다.");
}

TEST(Generate, NeedsNoMarkupThatOnlyHelpPagesHave) {
  const Outcome r = run({Page("handbook/room.md")
                             .heading(1, "회의실")
                             .paragraph("회의실", "")
                             .paragraph("회의실은 모여 일하는 방입니다.")
                             .heading(2, "회의실 예약하기")
                             .numbered("1", "달력에서 날짜를 고릅니다.")
                             .numbered("2", "예약을 누릅니다."),
                         Page("handbook/sheet.md")
                             .heading(1, "Sheet functions")
                             .heading(2, "DAYSLEFT")
                             .paragraph("DAYSLEFT returns the days from today to a date.")
                             .code("DAYSLEFT(date)"),
                         Page("handbook/archive.md")
                             .heading(1, "Archive")
                             .heading(2, "Put a document into the archive")
                             .numbered("1", "Select the document.")
                             .numbered("2", "Click OK."),
                         Page("handbook/faq.md")
                             .heading(1, "자주 묻는 질문")
                             .heading(2, "휴가는 며칠인가요?")
                             .paragraph("해마다 15일이 주어집니다.")});
  EXPECT_EQ(r.answer("how-to/회의실 예약하기"), "1. 달력에서 날짜를 고릅니다.\n2. 예약을 누릅니다.");
  EXPECT_EQ(r.answer("meaning/회의실"), "회의실은 모여 일하는 방입니다.");
  EXPECT_EQ(r.answer("syntax/DAYSLEFT 함수"), "DAYSLEFT(date)");
  EXPECT_EQ(r.answer("how-to/Put a document into the archive"), "1. Select the document.\n2. Click OK.");
  EXPECT_EQ(r.answer("question/휴가는 며칠인가요?"), "해마다 15일이 주어집니다.");
}

TEST(Generate, EverySampleNamesWhereItsTextStands) {
  const Outcome r = run(handbook());
  ASSERT_FALSE(r.samples.empty());
  for (const data::Sample& s : r.samples) {
    ASSERT_GE(s.origins.size(), 2U);
    std::string source;
    for (const data::Origin& o : s.origins) {
      ASSERT_TRUE(r.documents.contains(o.document));
      ASSERT_LT(o.range.begin, o.range.end) << s.topic;
      source += r.documents.at(o.document).slice(o.range);
    }
    for (const std::string& line : {s.messages[1].content}) {  // without the numbers put before steps
      std::string bare;
      for (size_t i = 0; i < line.size(); ++i) {
        if ((i == 0 || line[i - 1] == '\n') && line[i] >= '1' && line[i] <= '9' && line.compare(i + 1, 2, ". ") == 0) {
          i += 2;
          continue;
        }
        if (line[i] != '\n') bare += line[i];
      }
      EXPECT_NE(fingerprint(source).find(fingerprint(bare)), std::string::npos) << s.topic << "\n"
                                                                                << source << "\n"
                                                                                << bare;
    }
    EXPECT_EQ(s.id, data::sample_id(s));
  }
}

TEST(Generate, HoldsAPhrasingOfEveryTopicBack) {
  const Outcome r = run(handbook());
  std::map<std::string, std::pair<size_t, size_t>> counts;
  for (const data::Sample& s : r.samples) ++(s.held_out ? counts[s.topic].first : counts[s.topic].second);
  EXPECT_EQ(counts.size(), r.report.topics);
  for (const auto& [topic, count] : counts) {
    EXPECT_GE(count.first, 1U) << topic;
    EXPECT_GE(count.second, 1U) << topic;
    EXPECT_LE(count.first + count.second, 6U) << topic;
  }
}

TEST(Generate, NoTwoTopicsShareAQuestion) {
  Options many;
  many.phrasings = 64;
  const Outcome r = run(handbook(), many);
  std::map<std::string, std::string> asked;
  for (const data::Sample& s : r.samples) {
    const auto [at, is_new] = asked.emplace(fingerprint(s.messages[0].content), s.topic);
    EXPECT_TRUE(is_new) << s.messages[0].content << " asks about " << s.topic << " and " << at->second;
  }
}

TEST(Generate, TheSameRunGivesTheSameBytesAndAnotherSeedOthers) {
  const Outcome first = run(handbook()), second = run(handbook());
  EXPECT_EQ(first.bytes, second.bytes);
  Options other;
  other.seed = 8;
  EXPECT_NE(first.bytes, run(handbook(), other).bytes);
}

TEST(Generate, TellsNamesakesApartOrLeavesThemOut) {
  const auto page = [](std::string path, std::string title, std::string answer) {
    return Page(std::move(path))
        .heading(1, title)
        .paragraph("이 문서가 다루는 것은 " + title + "입니다.")
        .heading(2, "둘째 항목 이름")
        .paragraph(answer);
  };
  const Outcome r = run({page("scalc/a.html", "정렬 대화 상자", "정렬할 열의 이름을 정합니다."),
                         page("swriter/b.html", "색인 대화 상자", "색인에 넣을 낱말을 정합니다.")});
  EXPECT_EQ(r.answer("meaning/정렬 대화 상자의 둘째 항목 이름"), "정렬할 열의 이름을 정합니다.");
  EXPECT_EQ(r.answer("meaning/색인 대화 상자의 둘째 항목 이름"), "색인에 넣을 낱말을 정합니다.");
  const Outcome lost = run({page("x/a.html", "대화 상자 이름", "정렬할 열의 이름을 정합니다."),
                            page("x/b.html", "대화 상자 이름", "색인에 넣을 낱말을 정합니다.")});
  for (const data::Sample& s : lost.samples) EXPECT_EQ(s.topic.find("둘째"), std::string::npos) << s.topic;
  EXPECT_GT(lost.report.facts["left_out"]["namesakes that nothing tells apart"], 0);
}

TEST(Generate, LeavesOutWhatIsSaidOfManyThings) {
  std::vector<Page> pages;
  for (const char* name : {"막대 차트 유형", "원형 차트 유형", "거품 차트 유형"})
    pages.push_back(
        Page(std::string("scalc/") + name).heading(1, name).paragraph("첫 번째 쪽에서 차트 유형을 정합니다."));
  const Outcome r = run(pages);
  EXPECT_EQ(r.report.topics, 0U);
  EXPECT_EQ(r.report.facts["left_out"]["an answer that many share"], 3);
}

TEST(Generate, AnswersStandAlone) {
  const Outcome r = run({Page("a.html")
                             .heading(1, "표 만들기 도구")
                             .paragraph("표의 종류는 다음과 같습니다:")
                             .paragraph("둘째 문단입니다."),
                         Page("b.html").heading(1, "아주 긴 설명").paragraph(std::string(600, 'x') + "."),
                         Page("c.html").heading(1, "빈 문서"), Page("d.html"),
                         Page("e.html").heading(1, "찾을 수 없는 것").paragraph("[text/a.xhp#b not found].")});
  EXPECT_EQ(r.report.topics, 0U);
  EXPECT_TRUE(r.samples.empty());
}

TEST(Generate, AnswersEndAtASentenceOrStepWithinTheLimit) {
  Options brief;
  brief.max_answer_chars = brief.max_steps_chars = 40;
  const Outcome r =
      run({Page("scalc/a.html")
               .heading(1, "긴 작업 실행")
               .step("1", "첫 단계로 열 하나를 선택합니다.")
               .step("2", "둘째를 누릅니다.")
               .step("3", "이 단계는 남은 자리에 들어갈 수 없을 만큼 깁니다. 그렇습니다."),
           Page("scalc/b.html")
               .heading(1, "셀 스타일")
               .paragraph(
                   "셀의 모양을 한데 모은 것입니다. 이 문장은 제한보다 길어서 답에 들어가지 못하는 둘째 문장입니다.")},
          brief);
  EXPECT_EQ(r.answer("how-to/긴 작업 실행"), "1. 첫 단계로 열 하나를 선택합니다.\n2. 둘째를 누릅니다.");
  EXPECT_EQ(r.answer("meaning/셀 스타일"), "셀의 모양을 한데 모은 것입니다.");
}

TEST(Generate, KeepsTheWorthiestTopics) {
  Options few;
  few.max_topics = 3;
  const Outcome r = run(handbook(), few);
  EXPECT_EQ(r.report.topics, 3U);
  EXPECT_FALSE(r.of("how-to/자동 필터 적용").empty());
  EXPECT_GT(r.report.facts["left_out"]["more topics than max_topics"], 0);
}

TEST(Generate, AnEmptyCorpusGivesNoSamples) {
  const Outcome r = run({});
  EXPECT_EQ(r.report.topics, 0U);
  EXPECT_EQ(r.report.facts["samples"], 0);
}

TEST(Options, AreReadFromTheRecipe) {
  const Config recipe = Config::parse(
      "held_out_share: 0.3\nphrasings: 8\nmax_answer_chars: 200\nmax_topics: 100\nseed: 3\ngenerators: [how-to, "
      "menu-path]\nplaces:\n  - {folder: scalc, name: Calc, weight: 0.5}\n",
      "r.yaml");
  const Options o = read_options(recipe);
  recipe.finish();
  EXPECT_EQ(o.phrasings, 8);
  EXPECT_EQ(o.max_topics, 100U);
  ASSERT_EQ(o.places.size(), 1U);
  EXPECT_EQ(o.places[0].name, "Calc");
  const Json json = to_json(o);
  EXPECT_EQ(json["generators"].size(), 2U);
  EXPECT_NE(to_json(Options{}), json);
}

TEST(Options, WrongValuesNameTheLine) {
  try {
    read_options(Config::parse("seed: 1\ngenerators: [how-to, teacher]\n", "r.yaml"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "r.yaml:2");
    EXPECT_NE(std::string(error.what()).find("menu-path"), std::string::npos) << error.what();
  }
  EXPECT_THROW(read_options(Config::parse("phrasings: 1\n", "r.yaml")), Error);
  EXPECT_THROW(read_options(Config::parse("held_out_share: 1.5\n", "r.yaml")), Error);
}

TEST(Generate, AHeldOutDocumentIsNeverTrainedOnAndAsksForNothingThatOthersAnswer) {
  std::vector<Page> pages;
  for (int i = 0; i < 40; ++i)
    pages.push_back(Page(fmt::format("scalc/page{}.html", i))
                        .heading(1, fmt::format("Gadget number {}", i))
                        .paragraph(fmt::format("Turns the gadget {} to its side and back.", i % 37), "summary"));
  Options options;
  options.held_out_documents = 0.4;
  options.languages = {"en"};
  const Outcome r = run(pages, options);
  EXPECT_GT(r.report.held_out_documents.size(), 5U);
  EXPECT_LT(r.report.held_out_documents.size(), 30U);
  std::set<std::string> trained, asked;
  size_t about_held_out = 0;
  for (const data::Sample& s : r.samples) {
    EXPECT_TRUE(s.phrasing.find("-en/") != std::string::npos) << s.phrasing;
    const bool held_out = r.report.held_out_documents.contains(s.origins.front().document);
    EXPECT_TRUE(s.held_out || !held_out) << s.messages[0].content;
    about_held_out += held_out ? 1 : 0;
    (held_out ? asked : trained).insert(s.messages[1].content);
  }
  EXPECT_GT(about_held_out, 0U);
  for (const std::string& answer : asked) EXPECT_FALSE(trained.contains(answer)) << answer;
  // A document stays on its side when others come.
  pages.push_back(
      Page("scalc/new.html").heading(1, "New gadget").paragraph("Opens the drawer of the desk.", "summary"));
  const Outcome more = run(pages, options);
  for (const std::string& id : r.report.held_out_documents) EXPECT_TRUE(more.report.held_out_documents.contains(id));
  EXPECT_THROW(read_options(Config::parse("languages: [fr]\n", "r.yaml")), Error);
}

}  // namespace
}  // namespace moru::generate
