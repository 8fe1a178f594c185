#include "curate/report_page.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "helper.h"

namespace moru::curate::testing {
namespace {

/// A run over documents that would break a careless page.
std::string page_of_run(const TemporaryDirectory& folder) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 12; ++i)
    documents.push_back(
        make_document(fmt::format("문서 {} </script><script>document.title = 'broken'</script> <b>굵게</b> & 끝 {}", i,
                                  std::string(i * 9, 'x')),
                      fmt::format("docs/{}<i>.html", i)));
  documents.push_back(documents.back());
  data::DatasetWriter input(folder.path() / "documents", std::string(data::kDocumentSchema));
  for (const data::Document& document : documents) input.add(data::to_json(document));
  input.finish(Json::object());
  data::DatasetWriter kept(folder.path() / "kept", std::string(data::kDocumentSchema));
  data::DatasetWriter decisions(folder.path() / "decisions", std::string(data::kDecisionSchema));
  SilentProgress progress;
  const Options options(Config::parse("length: {minimum_characters: 100}", "r"));
  const Report report = curate(data::DatasetReader(folder.path() / "documents", data::kDocumentSchema), options, kept,
                               decisions, progress);
  return report_page(report, data::DatasetReader(folder.path() / "decisions", data::kDecisionSchema));
}

TEST(ReportPage, HoldsTheWholeReportAndNothingFromOutside) {
  const TemporaryDirectory folder;
  const std::string page = page_of_run(folder);
  EXPECT_EQ(page.find("<script>document.title"), std::string::npos);
  EXPECT_EQ(page.find("http://"), page.find("http://www.w3.org"));
  EXPECT_EQ(page.find("https://"), std::string::npos);
  const size_t begin = page.find("id=\"data\">") + 10;
  const Json data = parse_json(page.substr(begin, page.find("</script>", begin) - begin), "page");
  EXPECT_EQ(data.at("facts").at("funnel").at(0).at("in"), 13);
  EXPECT_EQ(data.at("duplicates").at("rules").at("exact_duplicates").at("dropped"), 1);
  bool both_sides = false;
  for (const Json& limit : data.at("limits"))
    both_sides = both_sides || (!limit.at("kept").empty() && !limit.at("taken").empty());
  EXPECT_TRUE(both_sides);
  const TemporaryDirectory again;
  EXPECT_EQ(page_of_run(again), page);
}

TEST(ReportPage, ABrowserShowsIt) {
  const TemporaryDirectory folder;
  write_file_atomic(folder.path() / "report.html", page_of_run(folder));
  const std::string command = fmt::format(
      "timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir={0}/profile "
      "--lang=en --dump-dom file://{0}/report.html 2>/dev/null",
      folder.path().string());
  std::string shown;
  std::FILE* browser = ::popen(command.c_str(), "r");
  ASSERT_NE(browser, nullptr);
  char piece[4096];
  for (size_t got = 0; (got = std::fread(piece, 1, sizeof piece, browser)) > 0;) shown.append(piece, got);
  EXPECT_EQ(::pclose(browser), 0);
  EXPECT_NE(shown.find("<title>Corpus report</title>"), std::string::npos) << shown.substr(0, 400);
  EXPECT_NE(shown.find("id=\"limits\""), std::string::npos);
  EXPECT_NE(shown.find("minimum_characters"), std::string::npos);
  EXPECT_EQ(shown.find("[object"), std::string::npos);
  EXPECT_EQ(shown.find("broken</title>"), std::string::npos);
}

}  // namespace
}  // namespace moru::curate::testing
