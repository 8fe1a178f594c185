#include "infer/model_folder.h"

#include "core/error.h"
#include "core/file.h"
#include "infer/tiny_model.h"

namespace moru::infer {
namespace {

std::string problem_of(const fs::path& path) {
  try {
    open_model_folder(path);
    return "no error";
  } catch (const Error& error) {
    EXPECT_FALSE(error.mend().empty());
    return error.what();
  }
}

TEST(ModelFolder, OpensWhatWasSavedAndAnswers) {
  const TemporaryDirectory directory;
  write_tiny_model(directory.path() / "expert");
  const ModelFolder folder = open_model_folder(directory.path() / "expert" / ".");
  EXPECT_EQ(folder.name, "expert");
  EXPECT_EQ(folder.defaults.temperature, 0);
  Engine engine(*folder.model, folder.tokenizer, {2, 128, 64, 1});
  SamplingParameters parameters;
  parameters.max_tokens = 5;
  EXPECT_GT(engine.chat({{"user", "표란?"}}, parameters).completion_tokens, 0);
}

TEST(ModelFolder, AFolderThatIsNoModelIsAnErrorThatNamesWhatIsMissing) {
  const TemporaryDirectory directory;
  EXPECT_NE(problem_of(directory.path() / "nowhere").find("nowhere"), std::string::npos);
  EXPECT_NE(problem_of(directory.path()).find("config.json"), std::string::npos);
  write_file_atomic(directory.path() / "file", "x");
  EXPECT_NE(problem_of(directory.path() / "file").find("file"), std::string::npos);
  write_tiny_model(directory.path() / "m");
  fs::remove(directory.path() / "m/tokenizer.json");
  EXPECT_NE(problem_of(directory.path() / "m").find("tokenizer.json"), std::string::npos);
  write_file_atomic(directory.path() / "m/tokenizer.json", "{");
  EXPECT_NE(problem_of(directory.path() / "m").find("tokenizer.json"), std::string::npos);
}

TEST(ModelFolder, DefaultsComeFromGenerationConfig) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "generation_config.json";
  EXPECT_EQ(load_generation_defaults(directory.path()).temperature, 0);
  write_file_atomic(
      file, R"({"do_sample": true, "temperature": 0.7, "top_p": 0.9, "max_new_tokens": 64, "eos_token_id": 53})");
  GenerationDefaults defaults = load_generation_defaults(directory.path());
  EXPECT_DOUBLE_EQ(defaults.temperature, 0.7);
  EXPECT_DOUBLE_EQ(defaults.top_p, 0.9);
  EXPECT_EQ(defaults.max_tokens, 64);
  // Without do_sample the values do not count, as in Hugging Face's generate.
  write_file_atomic(file, R"({"temperature": 0.7})");
  EXPECT_EQ(load_generation_defaults(directory.path()).temperature, 0);
  write_file_atomic(file, R"({"do_sample": true, "top_p": 7})");
  EXPECT_THROW(load_generation_defaults(directory.path()), Error);
  write_file_atomic(file, R"({"do_sample": true, "temperature": "hot"})");
  EXPECT_THROW(load_generation_defaults(directory.path()), Error);
}

}  // namespace
}  // namespace moru::infer
