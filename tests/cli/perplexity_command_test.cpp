// moru perplexity as a user runs it.
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "infer/tiny_model.h"
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

TEST(PerplexityCommand, PrintsWhatItMeasuredAndUnderWhichContext) {
  const TemporaryDirectory folder;
  infer::write_tiny_model(folder.path() / "model");
  std::string text;
  for (int i = 0; i < 20; ++i) text += "A table holds cells. 표를 만들려면 삽입을 선택하십시오.\n";
  write_file_atomic(folder.path() / "a.txt", text);
  write_file_atomic(folder.path() / "b.txt", "What is a table?");
  const std::string model = (folder.path() / "model").string(), a = (folder.path() / "a.txt").string(),
                    b = (folder.path() / "b.txt").string();
  const Outcome outcome = moru({"perplexity", model, a, b, "--context", "64", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const Json json = parse_json(outcome.out, "output");
  EXPECT_EQ(json.at("texts"), 2);
  EXPECT_EQ(json.at("context"), 64);
  EXPECT_EQ(json.at("stride"), 32) << "half the context if not given";
  EXPECT_GT(json.at("perplexity").get<double>(), json.at("perplexity_interval").at(0).get<double>());
  const Outcome plain = moru({"perplexity", model, a, b, "--context", "64", "--stride", "16"});
  EXPECT_NE(plain.out.find("48 to 63 tokens"), std::string::npos) << plain.out;

  EXPECT_EQ(moru({"perplexity", model, a, "--context", "5000"}).status, 1);
  const Outcome missing = moru({"perplexity", model, (folder.path() / "none.txt").string()});
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.error.find("none.txt"), std::string::npos) << missing.error;
  EXPECT_EQ(moru({"perplexity", model}).status, 2);
}

}  // namespace
}  // namespace moru::cli
