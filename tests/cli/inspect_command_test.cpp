// moru inspect as a user runs it.
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

const std::string kFamilies = std::string(MORU_SOURCE_DIR) + "/tests/model/families/";

TEST(InspectCommand, AModelFolderAndItsConfigurationAreCounted) {
  const Outcome folder = moru({"inspect", kFamilies + "exaone_moe-2"});
  EXPECT_EQ(folder.status, 0) << folder.error;
  EXPECT_NE(folder.out.find("81,112"), std::string::npos) << folder.out;
  const Outcome json = moru({"inspect", kFamilies + "exaone_moe-2/config.json", "--json"});
  EXPECT_EQ(json.status, 0) << json.error;
  const Json facts = parse_json(json.out, "output");
  EXPECT_EQ(facts.at("parameters"), 81'112);
  EXPECT_EQ(facts.at("tensors"), 151);
  EXPECT_EQ(facts.at("bytes"), 162'272);
  EXPECT_EQ(facts.at("window_layers"), (Json{{"8", 2}, {"16", 1}}));
  EXPECT_FALSE(facts.contains("files")) << "of the configuration alone nothing else is read";
}

TEST(InspectCommand, AnUnknownModelIsAnErrorThatNamesTheKnownOnes) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "config.json";
  write_file_atomic(path, R"({"model_type": "mamba"})");
  const Outcome unknown = moru({"inspect", path.string()});
  EXPECT_EQ(unknown.status, 1);
  for (const char* part : {"mamba", "exaone4", "exaone_moe", "gemma3_text", "llama", "qwen3_moe"})
    EXPECT_NE(unknown.error.find(part), std::string::npos) << unknown.error;
  EXPECT_EQ(moru({"inspect", (folder.path() / "nothing").string()}).status, 1);
  EXPECT_EQ(moru({"inspect"}).status, 2);
}

}  // namespace
}  // namespace moru::cli
