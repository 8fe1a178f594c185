// moru convert as a user runs it.
#include <gmock/gmock.h>

#include "core/file.h"
#include "model/model_files.h"
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;
using ::testing::HasSubstr;

const std::string kFamilies = std::string(MORU_SOURCE_DIR) + "/tests/model/families/";

/// Values of every tensor, by name.
std::map<std::string, std::vector<float>> values_in(const fs::path& model) {
  const model::ModelFiles files = model::open_model_files(model);
  std::map<std::string, std::vector<float>> values;
  for (const auto& [name, entry] : files.weights.tensors()) {
    values[name].resize(static_cast<size_t>(entry.count()));
    model::read_rows(entry, 0, values[name], name);
  }
  return values;
}

class ConvertCommand : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  TemporaryDirectory folder_;
};

TEST_F(ConvertCommand, AFolderBecomesAGgufFileAndComesBackTheSame) {
  for (const std::string family : {"llama-tied", "exaone_moe"}) {
    const std::string gguf = path(family + ".gguf"), back = path(family);
    const Outcome there = moru({"convert", kFamilies + family, gguf});
    ASSERT_EQ(there.status, 0) << there.error;
    EXPECT_THAT(there.out, HasSubstr(gguf));
    EXPECT_THAT(there.out, HasSubstr("BF16"));
    const Outcome again = moru({"convert", gguf, back});
    ASSERT_EQ(again.status, 0) << again.error;
    EXPECT_EQ(values_in(kFamilies + family), values_in(back)) << family;
  }
}

TEST_F(ConvertCommand, BlocksSayWhatTheyCost) {
  const Outcome outcome = moru({"convert", kFamilies + "qwen3", path("small.gguf"), "--type", "Q8_0"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("Q8_0"));
  EXPECT_THAT(outcome.out, HasSubstr("error of the weights in blocks: 0."));
  const Outcome korean = moru({"convert", path("small.gguf"), path("folder")}, {.environment = {{"MORU_LANG", "ko"}}});
  ASSERT_EQ(korean.status, 0) << korean.error;
  EXPECT_THAT(korean.out, HasSubstr("파라미터"));
  EXPECT_TRUE(fs::exists(path("folder") + "/config.json"));
}

TEST_F(ConvertCommand, UnhappyPathsSayWhatToDoAndLeaveNothingBehind) {
  const Outcome missing = moru({"convert", path("none.gguf"), path("out")});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.error, HasSubstr("none.gguf: there is no such file or folder"));
  EXPECT_THAT(moru({"convert", path("none"), path("out")}, {.environment = {{"MORU_LANG", "ko"}}}).error,
              HasSubstr("그런 파일이나 폴더가 없습니다"));

  const Outcome type = moru({"convert", kFamilies + "qwen3", path("out.gguf"), "--type", "q9"});
  EXPECT_EQ(type.status, 2);
  EXPECT_THAT(type.error, HasSubstr("q9"));
  const Outcome folder = moru({"convert", kFamilies + "qwen3", path("out"), "--type", "q4_k"});
  EXPECT_EQ(folder.status, 1);
  EXPECT_THAT(folder.error, HasSubstr("moru quantize"));

  write_file_atomic(path("mine.gguf"), "precious");
  const Outcome there = moru({"convert", kFamilies + "qwen3", path("mine.gguf")});
  EXPECT_EQ(there.status, 1);
  EXPECT_THAT(there.error, HasSubstr("already there"));
  EXPECT_EQ(read_file(path("mine.gguf")), "precious");

  write_file_atomic(path("broken.gguf"), "GGUF and then nothing that makes sense");
  EXPECT_EQ(moru({"convert", path("broken.gguf"), path("out")}).status, 1);
  EXPECT_EQ(moru({"convert", kFamilies + "qwen3"}).status, 2);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_.path())) ++files;
  EXPECT_EQ(files, 2U) << "only the two that were there before";
}

}  // namespace
}  // namespace moru::cli
