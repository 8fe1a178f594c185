// moru serve and moru chat as a user runs them.
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <regex>
#include <thread>

#include "core/file.h"
#include "infer/tiny_model.h"
#include "serve/http_client.h"

namespace moru::cli {
namespace {

/// The program in a pseudo-terminal (`terminal`), or with pipes.
class Program {
 public:
  Program(const std::vector<std::string>& arguments, bool terminal) {
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    if (!terminal && (::pipe(in) != 0 || ::pipe(out) != 0)) throw std::runtime_error("pipe");
    pid_ = terminal ? ::forkpty(&out_, nullptr, nullptr, nullptr) : ::fork();
    if (pid_ == 0) {
      if (!terminal) {
        ::dup2(in[0], 0);
        ::dup2(out[1], 1);
        ::dup2(out[1], 2);
        for (const int descriptor : {in[0], in[1], out[0], out[1]}) ::close(descriptor);
      }
      ::setenv("MORU_LANG", "en", 1);
      ::setenv("OMP_NUM_THREADS", "1", 1);
      std::vector<char*> words = {const_cast<char*>(MORU_BINARY)};
      for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
      words.push_back(nullptr);
      ::execv(MORU_BINARY, words.data());
      ::_exit(127);
    }
    in_ = out_;
    if (!terminal) {
      ::close(in[0]);
      ::close(out[1]);
      in_ = in[1];
      out_ = out[0];
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  void write(std::string_view text) {
    EXPECT_EQ(::write(in_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end_input() { ::close(in_); }
  void signal(int number) const { ::kill(pid_, number); }
  /// Reads until the output holds `text`; false at its end.
  bool until(std::string_view text) {
    while (output_.find(text, seen_) == std::string::npos) {
      if (!more()) return false;
    }
    seen_ = output_.find(text, seen_) + text.size();
    return true;
  }
  /// Waits for the end; the exit status, or minus the signal.
  int end() {
    while (more()) {
    }
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  const std::string& output() const { return output_; }

 private:
  bool more() {
    char piece[4096];
    const ssize_t got = ::read(out_, piece, sizeof piece);
    if (got > 0) output_.append(piece, static_cast<size_t>(got));
    return got > 0;
  }
  pid_t pid_ = 0;
  int in_ = -1, out_ = -1;
  std::string output_;
  size_t seen_ = 0;
};

class ServeChat : public testing::Test {
 protected:
  void SetUp() override { infer::write_tiny_model(model_); }
  TemporaryDirectory directory_;
  const fs::path model_ = directory_.path() / "expert";
};

TEST_F(ServeChat, AnswersOnceAndExits) {
  Program once({"chat", model_, "--prompt", "표란?", "--max-tokens", "8"}, false);
  EXPECT_EQ(once.end(), 0);
  EXPECT_GT(once.output().size(), 1U);
  Program again({"chat", model_, "--prompt", "표란?", "--max-tokens", "8"}, false);
  EXPECT_EQ(again.end(), 0);
  EXPECT_EQ(again.output(), once.output());
}

TEST_F(ServeChat, LinesOfAPipeAreQuestions) {
  Program piped({"chat", model_, "--max-tokens", "8"}, false);
  piped.write("표란?\n\n/new\n표란?\n/new\n표란?");
  piped.end_input();
  EXPECT_EQ(piped.end(), 0);
  // Each conversation is new, so the three answers are one; nothing but answers is printed.
  const std::string& all = piped.output();
  const std::string answer = all.substr(0, all.size() / 3);
  EXPECT_EQ(all, answer + answer + answer);
  EXPECT_FALSE(answer.empty());
}

TEST_F(ServeChat, ATerminalGetsAPromptAndKeepsGoingAfterCtrlC) {
  Program chat({"chat", model_, "--max-tokens", "8"}, true);
  ASSERT_TRUE(chat.until("/new starts over"));
  ASSERT_TRUE(chat.until("> "));
  chat.write("\x03");
  ASSERT_TRUE(chat.until("/quit or Ctrl-D ends"));
  ASSERT_TRUE(chat.until("> "));
  chat.write("표란?\n");
  ASSERT_TRUE(chat.until("> "));
  chat.write("/new\n");
  ASSERT_TRUE(chat.until("a new conversation"));
  chat.write("/quit\n");
  EXPECT_EQ(chat.end(), 0);
}

TEST_F(ServeChat, AFolderThatIsNoModelIsAClearError) {
  for (const char* command : {"chat", "serve"}) {
    Program wrong({command, directory_.path().string()}, false);
    EXPECT_EQ(wrong.end(), 1);
    EXPECT_NE(wrong.output().find("config.json"), std::string::npos) << wrong.output();
    EXPECT_NE(wrong.output().find(directory_.path().string()), std::string::npos);
  }
}

TEST_F(ServeChat, ServesUntilItIsTerminated) {
  Program server({"serve", model_, "--port", "0", "--name", "office"}, false);
  ASSERT_TRUE(server.until("/health\n"));
  std::smatch match;
  ASSERT_TRUE(std::regex_search(server.output(), match, std::regex("http://127\\.0\\.0\\.1:(\\d+)/v1")));
  const int port = std::stoi(match[1]);
  serve::HttpClient client(static_cast<uint16_t>(port));
  EXPECT_EQ(client.get("/health").json()["model"], "office");
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(
      client.post(R"({"model": "office", "messages": [{"role": "user", "content": "표란?"}], "max_tokens": 4})").status,
      200);

  Program second({"serve", model_, "--port", std::to_string(port)}, false);
  EXPECT_EQ(second.end(), 1);
  EXPECT_NE(second.output().find("--port"), std::string::npos) << second.output();

  server.signal(SIGTERM);
  EXPECT_EQ(server.end(), 0);
  EXPECT_FALSE(serve::HttpClient(static_cast<uint16_t>(port)).connected());
}

}  // namespace
}  // namespace moru::cli
