// moru chat MODEL
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>

#include "cli/commands.h"
#include "cli/terminal_text.h"
#include "core/error.h"
#include "core/language.h"
#include "infer/engine.h"
#include "infer/model_folder.h"

namespace moru::cli {
namespace {

struct ChatOptions {
  std::string model, system;
  std::optional<std::string> prompt;
  std::optional<double> temperature, top_p;
  std::optional<int> max_tokens;
  uint64_t seed = 0;
  size_t context = 4096;
};

/// Set by SIGINT. A signal handler can reach nothing else.
volatile sig_atomic_t interrupted = 0;
/// The handler writes into it: a signal between a look at the flag and the wait for a line would not end that wait, nor
/// would one that another thread takes.
int wake_pipe[2] = {-1, -1};

void catch_interrupts() {
  if (::pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;  // Ctrl-C then ends the program, as it always can
  struct sigaction action {};
  action.sa_handler = [](int) {
    const int error = errno;
    interrupted = 1;
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(wake_pipe[1], &byte, 1);  // a full pipe wakes as well
    errno = error;
  };
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
}

/// Waits until standard input has something or Ctrl-C was pressed.
void wait_for_input() {
  std::array<pollfd, 2> waited = {{{STDIN_FILENO, POLLIN, 0}, {wake_pipe[0], POLLIN, 0}}};
  while (::poll(waited.data(), waited.size(), -1) < 0 && errno == EINTR) {
  }
  char drained[64];
  while (::read(wake_pipe[0], drained, sizeof drained) > 0) {
  }
}

/// Lines of standard input, with Ctrl-C told apart from the end.
class LineReader {
 public:
  enum class Result { line, end, interrupt };

  Result read(std::string& line) {
    for (;;) {
      if (const size_t end = buffer_.find('\n'); end != std::string::npos) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return Result::line;
      }
      if (interrupted != 0) return Result::interrupt;
      wait_for_input();
      if (interrupted != 0) return Result::interrupt;
      if (pollfd input{STDIN_FILENO, POLLIN, 0}; ::poll(&input, 1, 0) == 0) continue;
      char piece[4096];
      const ssize_t got = ::read(STDIN_FILENO, piece, sizeof piece);
      if (got > 0) {
        buffer_.append(piece, static_cast<size_t>(got));
      } else if (got == 0 || errno != EINTR) {
        line = std::exchange(buffer_, {});
        return line.empty() ? Result::end : Result::line;
      }
    }
  }

 private:
  std::string buffer_;
};

class Chat {
 public:
  Chat(const ChatOptions& options, const infer::ModelFolder& folder)
      : options_(options),
        folder_(folder),
        engine_(*folder.model, folder.tokenizer, {1, options.context, infer::EngineOptions().prefill_tokens, 0},
                folder.chat) {
    forget();
  }

  /// Asks, streams the answer to standard output, and remembers both. Returns false if Ctrl-C stopped it.
  bool ask(const std::string& question) {
    messages_.push_back({"user", question});
    std::string answer;
    bool whole = true;
    for (bool again = true; again;) {
      again = false;
      try {
        engine_.chat(messages_, parameters(), [&](std::string_view piece) {
          answer += piece;
          fmt::print("{}", terminal_text(piece));
          std::fflush(stdout);
          return interrupted == 0;
        });
      } catch (const infer::PromptTooLong&) {
        const size_t first = options_.system.empty() ? 0 : 1;
        if (messages_.size() < first + 3) {
          messages_.pop_back();
          throw;
        }
        messages_.erase(messages_.begin() + static_cast<ptrdiff_t>(first),
                        messages_.begin() + static_cast<ptrdiff_t>(first) + 2);
        fmt::print(stderr, "{}\n",
                   tr("(the context is full: the oldest question is forgotten)",
                      "(문맥이 가득 차서 가장 오래된 질문을 잊습니다)"));
        again = true;
      } catch (const infer::Cancelled&) {
        whole = false;
      }
    }
    messages_.push_back({"assistant", answer});
    fmt::print("\n");
    std::fflush(stdout);
    return whole;
  }

  void forget() {
    messages_.clear();
    if (!options_.system.empty()) messages_.push_back({"system", options_.system});
  }

 private:
  infer::SamplingParameters parameters() {
    infer::SamplingParameters chosen;
    chosen.temperature = options_.temperature.value_or(folder_.defaults.temperature);
    chosen.top_p = options_.top_p.value_or(folder_.defaults.top_p);
    chosen.max_tokens = options_.max_tokens.value_or(folder_.defaults.max_tokens.value_or(1 << 30));
    chosen.seed = options_.seed + asked_++;
    return chosen;
  }

  const ChatOptions& options_;
  const infer::ModelFolder& folder_;
  infer::Engine engine_;
  std::vector<text::ChatMessage> messages_;
  uint64_t asked_ = 0;
};

std::string trimmed(const std::string& line) {
  const size_t begin = line.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

void print_help() {
  fmt::print(
      stderr, "{}\n",
      tr("/new starts over, /quit ends, Ctrl-C stops an answer.", "/new 새 대화, /quit 끝내기, Ctrl-C 답변 멈추기."));
}

/// Questions from standard input until its end; prompts and help only for a person at a terminal.
int converse(Chat& chat, const std::string& name) {
  const bool terminal = isatty(STDIN_FILENO) != 0;
  if (terminal) {
    fmt::print(stderr, "{}\n", name);
    print_help();
  }
  LineReader lines;
  for (std::string line;;) {
    interrupted = 0;
    if (terminal) {
      fmt::print("{}", isatty(STDOUT_FILENO) != 0 ? "\n\033[1m> \033[0m" : "\n> ");
      std::fflush(stdout);
    }
    const LineReader::Result result = lines.read(line);
    if (result == LineReader::Result::interrupt) {
      if (!terminal) return 130;
      fmt::print(stderr, "\n{}\n", tr("/quit or Ctrl-D ends.", "끝내려면 /quit이나 Ctrl-D를 쓰세요."));
      continue;
    }
    if (result == LineReader::Result::end) break;
    const std::string question = trimmed(line);
    if (question.empty()) continue;
    if (question == "/quit" || question == "/exit") return 0;
    if (question == "/new") {
      chat.forget();
      if (terminal) fmt::print(stderr, "{}\n", tr("(a new conversation)", "(새 대화)"));
      continue;
    }
    if (question == "/help") {
      print_help();
      continue;
    }
    try {
      if (!chat.ask(question)) {
        if (!terminal) return 130;
        fmt::print(stderr, "{}\n", tr("(stopped)", "(멈춤)"));
      }
    } catch (const Error& error) {
      fmt::print(stderr, "{}\n", error.what());
      if (!terminal) return 1;
    }
  }
  if (terminal) fmt::print("\n");
  return 0;
}

int run_chat(const ChatOptions& options) {
  const infer::ModelFolder folder = infer::open_model_folder(options.model);
  Chat chat(options, folder);
  catch_interrupts();
  if (options.prompt) return chat.ask(*options.prompt) ? 0 : 130;
  return converse(chat, folder.name);
}

}  // namespace

void register_chat(CLI::App& app, std::function<int()>& run) {
  const auto options = std::make_shared<ChatOptions>();
  CLI::App* command =
      app.add_subcommand("chat", std::string(tr("Talk with a model in the terminal", "터미널에서 모델과 대화합니다")));
  command
      ->add_option("model", options->model,
                   std::string(tr("Model folder, folder of a LoRA adapter (its adapter_config.json names the base), or "
                                  ".gguf file",
                                  "모델 폴더, LoRA 어댑터 폴더(adapter_config.json이 바탕 모델을 가리킴), 또는 .gguf "
                                  "파일")))
      ->required();
  command->add_option("--prompt", options->prompt,
                      std::string(tr("Answer this once and exit", "이 질문에 한 번 답하고 끝냅니다")));
  command->add_option(
      "--system", options->system,
      std::string(tr("What the model is told before the conversation", "대화 앞에 모델에게 주는 지시")));
  command
      ->add_option("--temperature", options->temperature,
                   std::string(tr("0: always the most likely token (default: the model's)",
                                  "0: 늘 가장 그럴듯한 토큰 (기본: 모델의 값)")))
      ->check(CLI::Range(0.0, 2.0));
  command
      ->add_option("--top-p", options->top_p,
                   std::string(tr("Share of the probability that is drawn from (default: the model's)",
                                  "뽑을 확률의 몫 (기본: 모델의 값)")))
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--max-tokens", options->max_tokens,
                   std::string(tr("Longest answer in tokens", "답변의 최대 토큰 수")))
      ->check(CLI::Range(1, 1 << 30));
  command
      ->add_option("--seed", options->seed,
                   std::string(tr("Seed, where the temperature is not 0", "온도가 0이 아닐 때의 시드")))
      ->capture_default_str();
  command
      ->add_option("--context", options->context,
                   std::string(tr("Tokens of a conversation; never more than the model's positions",
                                  "대화의 토큰 수. 모델의 위치 수를 넘지 않습니다")))
      ->check(CLI::Range(size_t{16}, size_t{1} << 24))
      ->capture_default_str();
  command->callback([options, &run] { run = [options] { return run_chat(*options); }; });
}

}  // namespace moru::cli
