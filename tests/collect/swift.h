// OpenStack Swift with its S3 interface: a real S3 server in a folder.
#pragma once

#include <ctime>

#include "collect/s3_signature.h"
#include "collect/servers.h"
#include "core/hash.h"

namespace moru::testing_servers {

class Swift {
 public:
  static constexpr const char* kAccessKey = "moru:reader";
  static constexpr const char* kSecret = "Zwischenablage7391";

  Swift() : port(free_port()) {
    make_directories(folder.path() / "node" / "d1");
    const std::string at = folder.path().string();
    for (const std::string kind : {"account", "container", "object"}) {
      const int own = free_port();
      const std::string builder = fmt::format("{}/{}.builder", at, kind);
      for (const std::vector<std::string>& step : {std::vector<std::string>{"create", "2", "1", "0"},
                                                   {"add", fmt::format("r1z1-127.0.0.1:{}/d1", own), "1"},
                                                   {"rebalance"}}) {
        std::vector<std::string> command = {"swift-ring-builder", builder};
        command.insert(command.end(), step.begin(), step.end());
        if (execute(command, at + "/ring.log") != 0) throw Error("swift", read_file(at + "/ring.log"), "");
      }
      start(kind, fmt::format("[DEFAULT]\nbind_port = {}\ndevices = {}/node\nmount_check = false\n{}[pipeline:main]\n"
                              "pipeline = {}-server\n[app:{}-server]\nuse = egg:swift#{}\n",
                              own, at, common(), kind, kind, kind));
    }
    start("proxy",
          fmt::format("[DEFAULT]\nbind_port = {}\n{}[pipeline:main]\npipeline = cache listing_formats s3api tempauth "
                      "proxy-server\n[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
                      "[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:1\n"
                      "[filter:listing_formats]\nuse = egg:swift#listing_formats\n[filter:s3api]\n"
                      "use = egg:swift#s3api\nlocation = us-east-1\n[filter:tempauth]\nuse = egg:swift#tempauth\n"
                      "user_moru_reader = {} .admin\n",
                      port, common(), kSecret));
    wait_for([&] { return listens(port); }, folder.path() / "proxy.log", 60);
  }

  /// PUT of a bucket ("/books") or an object.
  void put(const std::string& path, std::string_view bytes, const std::string& type = "") const {
    collect::S3Request request;
    request.method = "PUT";
    request.host = fmt::format("127.0.0.1:{}", port);
    request.path = path;
    request.body_sha256 = sha256(bytes);
    write_file_atomic(folder.path() / "body", bytes);
    std::vector<std::string> command = {"curl",
                                        "-s",
                                        "-f",
                                        "-X",
                                        "PUT",
                                        "--data-binary",
                                        "@" + (folder.path() / "body").string(),
                                        fmt::format("http://{}{}", request.host, path),
                                        "-H",
                                        "Content-Type: " + type};
    for (const std::string& header :
         collect::sign_s3_request(request, "us-east-1", {kAccessKey, kSecret, ""}, std::time(nullptr))) {
      command.push_back("-H");
      command.push_back(header);
    }
    for (int i = 0; i < 20; ++i) {  // its parts come up one after the other
      if (execute(command, folder.path() / "put.log") == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
    throw Error("swift", "PUT " + path + " fails: " + read_file(folder.path() / "proxy.log"), "");
  }
  std::string endpoint() const { return fmt::format("http://127.0.0.1:{}", port); }

  TemporaryDirectory folder;
  const int port;

 private:
  std::string common() const {
    return fmt::format("bind_ip = 127.0.0.1\nworkers = 0\nuser = {}\nswift_dir = {}\nlog_address = {}/none\n",
                       ::getuid() == 0 ? "root" : std::getenv("USER"), folder.path().string(), folder.path().string());
  }
  void start(const std::string& kind, const std::string& text) {
    const fs::path file = folder.path() / (kind + ".conf");
    write_file_atomic(file, text);
    programs_.push_back(
        std::make_unique<Program>(std::vector<std::string>{fmt::format("swift-{}-server", kind), file.string()},
                                  folder.path() / (kind + ".log")));
  }
  std::vector<std::unique_ptr<Program>> programs_;
};

}  // namespace moru::testing_servers
