// Real servers for tests: each is started on a free port in a folder of its own, and stopped with the test.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/file.h"

namespace moru::testing_servers {

/// A port of 127.0.0.1 that nobody listens on now.
inline int free_port() {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(s, reinterpret_cast<sockaddr*>(&address), size) != 0) throw Error("", "no free port", "");
  ::getsockname(s, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(s);
  return ntohs(address.sin_port);
}

inline bool listens(int port) {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool open = ::connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(s);
  return open;
}

/// A program in a process group of its own, whose output goes to a file. Ends with this object, or with the test.
class Program {
 public:
  Program(std::vector<std::string> arguments, const fs::path& log, const std::vector<std::string>& environment = {}) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    for (const std::string& entry : environment) ::putenv(const_cast<char*>(entry.c_str()));
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { stop(SIGTERM); }

  /// Ends it, by force where it does not go.
  void stop(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    for (int i = 0; i < 300 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) ::usleep(10'000);
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  /// Exit status of a program that ends by itself.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
};

inline int execute(const std::vector<std::string>& arguments, const fs::path& log,
                   const std::vector<std::string>& environment = {}) {
  return Program(arguments, log, environment).wait();
}

inline void wait_for(const std::function<bool()>& ready, const fs::path& log, int seconds = 30) {
  for (int i = 0; i < seconds * 50; ++i) {
    if (ready()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw Error(log.string(), "the server does not answer: " + (fs::exists(log) ? read_file(log) : ""), "");
}

/// nginx with a root folder of pages; `server` goes into its server section.
class Nginx {
 public:
  explicit Nginx(const std::string& server = "", const std::string& http = "", bool tls = false) : port(free_port()) {
    make_directories(root());
    if (tls) make_certificates();
    const std::string listen =
        tls ? fmt::format("listen 127.0.0.1:{} ssl; ssl_certificate {}/server.pem; ssl_certificate_key {}/server.key;",
                          port, folder.path().string(), folder.path().string())
            : fmt::format("listen 127.0.0.1:{};", port);
    std::string temporary;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      temporary += fmt::format("  {}_temp_path {}/temporary-{};\n", kind, folder.path().string(), kind);
    const std::string text = fmt::format(
        "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{ worker_connections 64; "
        "}}\nhttp {{\n{1}  types {{ text/html html; text/plain txt; text/markdown md; application/xml xml; "
        "application/gzip gz; application/octet-stream bin; }}\n  gzip on; gzip_min_length 1000; gzip_types "
        "text/plain;\n"
        "  log_format short '$status $request_uri $http_user_agent';\n  access_log {0}/access.log short;\n{2}\n  "
        "server "
        "{{\n    {3}\n    root {0}/root;\n    {4}\n  }}\n}}\n",
        folder.path().string(), temporary, http, listen, server);
    write_file_atomic(folder.path() / "nginx.conf", text);
    start();
  }
  void start() {
    program_ = std::make_unique<Program>(
        std::vector<std::string>{"/usr/sbin/nginx", "-p", folder.path().string(), "-c",
                                 (folder.path() / "nginx.conf").string(), "-e", (folder.path() / "error.log").string()},
        folder.path() / "out.log");
    wait_for([&] { return listens(port); }, folder.path() / "error.log");
  }
  void stop() { program_.reset(); }

  fs::path root() const { return folder.path() / "root"; }
  fs::path ca_file() const { return folder.path() / "ca.pem"; }
  void put(const std::string& path, std::string_view bytes) const {
    make_directories((root() / path).parent_path());
    std::ofstream(root() / path, std::ios::binary) << bytes;
  }
  std::string url(const std::string& path, const std::string& scheme = "http") const {
    return fmt::format("{}://127.0.0.1:{}{}", scheme, port, path);
  }
  /// "STATUS PATH USER-AGENT" of each request since the last call.
  std::vector<std::string> requests() {
    std::ifstream log(folder.path() / "access.log");
    std::vector<std::string> lines;
    for (std::string line; std::getline(log, line);) lines.push_back(line);
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ += lines.size();
    return lines;
  }

  TemporaryDirectory folder;
  const int port;

 private:
  /// An authority of our own, and a certificate of it for 127.0.0.1.
  void make_certificates() const {
    const std::string at = folder.path().string() + "/";
    write_file_atomic(at + "names", "subjectAltName=IP:127.0.0.1\n");
    const auto openssl = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), "openssl");
      if (execute(arguments, at + "openssl.log") != 0) throw Error("openssl", read_file(at + "openssl.log"), "");
    };
    const std::vector<std::string> key = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"};
    std::vector<std::string> ca = {"req",     "-x509",       "-subj", "/CN=Test authority", "-days", "2",
                                   "-keyout", at + "ca.key", "-out",  at + "ca.pem"};
    ca.insert(ca.end(), key.begin(), key.end());
    openssl(ca);
    std::vector<std::string> request = {"req",  "-subj",          "/CN=127.0.0.1", "-keyout", at + "server.key",
                                        "-out", at + "server.csr"};
    request.insert(request.end(), key.begin(), key.end());
    openssl(request);
    openssl({"x509", "-req", "-in", at + "server.csr", "-CA", at + "ca.pem", "-CAkey", at + "ca.key", "-CAcreateserial",
             "-days", "2", "-extfile", at + "names", "-out", at + "server.pem"});
  }
  std::unique_ptr<Program> program_;
  size_t read_ = 0;
};

/// Every file below a folder in which the text stands: for secrets that must stand nowhere.
inline std::vector<std::string> files_with(const fs::path& folder, std::string_view text) {
  std::vector<std::string> found;
  for (const fs::path& file : list_files(folder))
    if (read_file(folder / file).find(text) != std::string::npos) found.push_back(file.string());
  return found;
}

}  // namespace moru::testing_servers
