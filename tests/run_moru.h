// Runs the built program as a user does.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"

namespace moru::testing_program {

struct Outcome {
  int status = -1;  ///< Exit status, or -1 if a signal ended it.
  int signal = 0;
  std::string out, error;
  double seconds = 0;
};

struct RunOptions {
  std::map<std::string, std::string> environment{};
  fs::path folder{};        ///< Where it runs.
  uint64_t file_limit = 0;  ///< RLIMIT_FSIZE, 0: none.
};

/// A process that runs in the background.
class Moru {
 public:
  Moru(std::vector<std::string> arguments, const RunOptions& options = {}) : start_(std::chrono::steady_clock::now()) {
    const char* other = std::getenv("MORU_PROGRAM");  // to test another build of it
    arguments.insert(arguments.begin(), other != nullptr ? other : MORU_BINARY);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    for (const char* name : {"out", "err"}) write_file_atomic(output_.path() / name, "");
    pid_ = ::fork();
    if (pid_ != 0) return;
    redirect(output_.path() / "out", STDOUT_FILENO);
    redirect(output_.path() / "err", STDERR_FILENO);
    if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(126);
    ::setenv("MORU_LANG", "en", 1);
    for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (options.file_limit > 0) {
      const rlimit limit{options.file_limit, options.file_limit};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  Moru(const Moru&) = delete;
  Moru& operator=(const Moru&) = delete;
  ~Moru() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// Waits for its end.
  Outcome wait() {
    if (pid_ > 0) ended(0);
    return outcome();
  }
  /// SIGKILL, unless it has ended by itself.
  Outcome kill() {
    if (!has_ended()) ::kill(pid_, SIGKILL);
    return wait();
  }
  /// Once it has, its number is no longer its own: nothing is sent to it.
  bool has_ended() { return pid_ == 0 || ended(WNOHANG); }
  /// What it wrote to standard error so far.
  std::string said() const { return read_file(output_.path() / "err"); }
  /// The same of standard output.
  std::string printed() const { return read_file(output_.path() / "out"); }
  pid_t pid() const { return pid_; }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  Outcome outcome() const {
    Outcome outcome;
    outcome.seconds = seconds();
    if (WIFEXITED(status_)) outcome.status = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) outcome.signal = WTERMSIG(status_);
    outcome.out = read_file(output_.path() / "out");
    outcome.error = said();
    return outcome;
  }
  static void redirect(const fs::path& path, int to) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, to);
  }
  bool ended(int flags) {
    if (::waitpid(pid_, &status_, flags) != pid_) return false;
    pid_ = 0;
    return true;
  }
  TemporaryDirectory output_;
  std::chrono::steady_clock::time_point start_;
  pid_t pid_ = 0;
  int status_ = 0;
};

inline Outcome moru(std::vector<std::string> arguments, const RunOptions& options = {}) {
  return Moru(std::move(arguments), options).wait();
}

/// A copy of examples/tiny/ in a fresh folder.
class TinyExample {
 public:
  TinyExample() {
    fs::copy(fs::path(MORU_SOURCE_DIR) / "examples" / "tiny", folder_.path() / "tiny", fs::copy_options::recursive);
  }
  fs::path folder() const { return folder_.path() / "tiny"; }
  std::string recipe() const { return (folder() / "recipe.yaml").string(); }
  void change(const std::string& from, const std::string& to) const {
    std::string text = read_file(recipe());
    const size_t at = text.find(from);
    if (at == std::string::npos) throw Error(recipe(), "the test looks for \"" + from + "\"", "");
    text.replace(at, from.size(), to);
    write_file_atomic(recipe(), text);
  }

 private:
  TemporaryDirectory folder_;
};

/// {step: content hash and hash of its facts} of every artefact in a workspace, and {"model": …} of the published
/// files.
inline std::map<std::string, std::string> hashes(const fs::path& workspace) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::directory_iterator(workspace / ".moru" / "artefacts")) {
    const Json artefact = read_json_file(entry.path() / "artefact.json");
    found[artefact.at("step").get<std::string>()] += artefact.at("key").get<std::string>() + " " +
                                                     artefact.at("content").get<std::string>() + " " +
                                                     artefact.at("facts_sha256").get<std::string>();
  }
  return found;
}

}  // namespace moru::testing_program
