// moru serve and moru chat with a LoRA adapter beside its base, as a user runs them.
#include <csignal>
#include <regex>

#include "core/random.h"
#include "infer/tiny_model.h"
#include "model/lora.h"
#include "run_moru.h"
#include "serve/http_client.h"

namespace moru::cli {
namespace {

using namespace testing_program;

constexpr const char* kQuestions[] = {"표란?", "What is a table?", "Choose Insert, then"};

/// `moru serve` on a free port until it goes out of scope.
class Server {
 public:
  explicit Server(const fs::path& model) : program_({"serve", model.string(), "--port", "0", "--threads", "1"}) {
    const std::regex address("http://127\\.0\\.0\\.1:(\\d+)/v1");
    std::smatch match;
    while (!program_.has_ended()) {
      const std::string printed = program_.printed();
      if (std::regex_search(printed, match, address)) {
        port_ = static_cast<uint16_t>(std::stoi(match[1]));
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (port_ == 0) throw std::runtime_error(program_.wait().error);
  }
  serve::HttpClient client() const { return serve::HttpClient(port_); }
  std::string printed() const { return program_.printed(); }
  int stop() {
    ::kill(program_.pid(), SIGTERM);
    return program_.wait().status;
  }

 private:
  Moru program_;
  uint16_t port_ = 0;
};

std::vector<std::string> by_chat(const fs::path& model) {
  std::vector<std::string> answers;
  for (const char* question : kQuestions) {
    const Outcome once = moru({"chat", model.string(), "--prompt", question, "--max-tokens", "8"});
    EXPECT_EQ(once.status, 0) << once.error;
    answers.push_back(once.out.substr(0, once.out.size() - 1));  // but the line's end
  }
  return answers;
}

/// A terminal is shown no control characters, which these untaught models write.
std::string for_terminal(std::string text) {
  std::erase_if(text,
                [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F; });
  return text;
}

class AdapterServe : public testing::Test {
 protected:
  void SetUp() override {
    infer::write_tiny_model(base_);
    std::string text;
    for (int i = 0; i < 12; ++i) text += "What is a table? A table holds cells. 표를 만들려면 삽입을 선택하십시오.\n";
    write_file_atomic(folder_.path() / "text.txt", text);
  }

  /// An adapter on `base` that changes what it says, as PEFT writes it: no tokenizer beside it.
  void make_adapter(const fs::path& base, const fs::path& folder) const {
    const auto model = model::load_model(base, tensor::DType::f32);
    const model::LoraOptions options{.rank = 4, .alpha = 8, .targets = {"q_proj", "o_proj", "down_proj"}};
    model::attach_adapters(model->parts(), options, tensor::DType::f32, 3);
    Random random(5);
    for (const model::NamedAdapter& one : model::adapters_of(model->parts()))
      for (float& x : one.adapter->b.value.span<float>()) x = static_cast<float>(random.normal()) * 0.5F;
    model::save_adapters(model->parts(), options, base.string(), folder);
  }
  /// The same as one model. `base`: where its tokenizer comes from.
  static void merge(const fs::path& adapter, const fs::path& base, const fs::path& folder) {
    const auto model = model::load_model(adapter);
    model::merge_adapters(model->parts());
    make_directories(folder);
    model::save_model(*model, folder);
    for (const char* name : {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"})
      if (fs::exists(base / name)) fs::copy_file(base / name, folder / name);
  }
  /// Over HTTP the adapter answers as in the terminal, as the merged model does, and not as its base.
  void expect_served(const fs::path& base, const fs::path& adapter) const {
    Server server(adapter);
    EXPECT_NE(server.printed().find("an adapter on " + base.stem().string()), std::string::npos) << server.printed();
    serve::HttpClient client = server.client();
    const Json models = client.get("/v1/models").json();
    ASSERT_EQ(models.at("data").size(), 1U);
    EXPECT_EQ(models["data"][0]["id"], adapter.filename().string());
    EXPECT_EQ(models["data"][0]["parent"], base.stem().string());
    EXPECT_GT(models["data"][0]["created"].get<int64_t>(), 0);
    std::vector<std::string> answers;
    for (const char* question : kQuestions) {
      const Json request = {{"model", adapter.filename().string()},
                            {"messages", {{{"role", "user"}, {"content", question}}}},
                            {"max_tokens", 8}};
      const serve::HttpResponse response = client.post(request.dump());
      EXPECT_EQ(response.status, 200) << response.body;
      answers.push_back(for_terminal(response.json()["choices"][0]["message"]["content"]));
    }
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(answers, by_chat(adapter));
    EXPECT_NE(answers, by_chat(base));
    const fs::path merged = folder_.path() / (adapter.filename().string() + "-merged");
    merge(adapter, base_, merged);
    // Merging rounds the weights, so that a close choice may fall otherwise.
    const std::vector<std::string> of_merged = by_chat(merged);
    size_t same = 0;
    for (size_t i = 0; i < answers.size(); ++i) same += answers[i] == of_merged[i] ? 1 : 0;
    EXPECT_GE(same + 1, answers.size());
    const double apart = bits_per_byte(adapter);
    EXPECT_NEAR(bits_per_byte(merged) / apart, 1, 0.01);
    EXPECT_GT(std::abs(bits_per_byte(base) / apart - 1), 0.05);
  }
  double bits_per_byte(const fs::path& model) const {
    const std::string text = (folder_.path() / "text.txt").string();
    const Outcome outcome = moru({"perplexity", model.string(), text, "--context", "64", "--json"});
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    return parse_json(outcome.out, "perplexity").at("bits_per_byte").get<double>();
  }

  TemporaryDirectory folder_;
  const fs::path base_ = folder_.path() / "base";
};

TEST_F(AdapterServe, OnAFloatBase) {
  make_adapter(base_, folder_.path() / "expert");
  expect_served(base_, folder_.path() / "expert");
}

TEST_F(AdapterServe, OnAQuantizedBase) {
  const fs::path quantized = folder_.path() / "base-8bit";
  const Outcome outcome = moru({"quantize", base_.string(), quantized.string(), "--bits", "8", "--group", "32",
                                "--text", (folder_.path() / "text.txt").string()});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  make_adapter(quantized, folder_.path() / "expert");
  expect_served(quantized, folder_.path() / "expert");
}

TEST_F(AdapterServe, OnAGgufBaseWhoseTokenizerAndTemplateItTakes) {
  const fs::path gguf = folder_.path() / "base.gguf";
  const Outcome outcome = moru({"convert", base_.string(), gguf.string()});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  make_adapter(gguf, folder_.path() / "expert");
  expect_served(gguf, folder_.path() / "expert");
  // To convert it is to ask for a whole model.
  const Outcome whole = moru({"convert", (folder_.path() / "expert").string(), (folder_.path() / "out.gguf").string()});
  EXPECT_EQ(whole.status, 1);
  EXPECT_NE(whole.error.find("adapter"), std::string::npos) << whole.error;
  EXPECT_NE(whole.error.find("merge"), std::string::npos) << whole.error;
}

TEST_F(AdapterServe, WithoutItsBaseItSaysWhatToWriteWhere) {
  make_adapter(base_, folder_.path() / "expert");
  fs::rename(base_, folder_.path() / "moved");
  for (const char* command : {"serve", "chat"}) {
    const Outcome outcome = moru({command, (folder_.path() / "expert").string()});
    EXPECT_EQ(outcome.status, 1) << command;
    EXPECT_NE(outcome.error.find("base_model_name_or_path"), std::string::npos) << outcome.error;
  }
  // Another model of that name, which the adapter does not fit.
  make_directories(base_);
  write_file_atomic(base_ / "config.json", "{}");
  EXPECT_EQ(moru({"serve", (folder_.path() / "expert").string()}).status, 1);
}

}  // namespace
}  // namespace moru::cli
