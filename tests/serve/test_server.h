// A server on a free port of loopback, with a small real model behind it.
#pragma once

#include <memory>
#include <thread>

#include "infer/tiny_model.h"
#include "serve/http_client.h"
#include "serve/server.h"

namespace moru::serve {

/// One model for all tests of the binary: it is immutable.
inline const infer::TinyModel& shared_model() {
  static const infer::TinyModel model = infer::tiny_model();
  return model;
}

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, infer::EngineOptions engine_options = {8, 256, 128, 1},
                      infer::GenerationDefaults defaults = {}, size_t waiting = 4096,
                      const infer::TinyModel& model = shared_model(), text::ModelChat chat = {})
      : engine(*model.model, model.tokenizer, engine_options, std::move(chat)),
        service(engine, ModelCard{"tiny", 1'700'000'000, "CC0-1.0", 7, model.model->weight_bytes()}, defaults, waiting),
        server(service, with_free_port(std::move(options))),
        thread_([this] { server.run(); }) {}
  ~TestServer() { stop(); }

  uint16_t port() const { return server.port(); }
  HttpClient client() const { return HttpClient(port()); }
  void stop() {
    server.stop();
    if (thread_.joinable()) thread_.join();
  }

  infer::Engine engine;
  Service service;
  Server server;

 private:
  static ServerOptions with_free_port(ServerOptions options) {
    options.port = 0;
    return options;
  }
  std::thread thread_;
};

/// A request's body with one question, and further members as JSON.
inline std::string ask(const std::string& question, const Json& more = Json::object()) {
  Json json = {{"model", "tiny"}, {"messages", {{{"role", "user"}, {"content", question}}}}, {"max_tokens", 12}};
  json.update(more);
  return json.dump();
}

/// Waits up to 10 s for a condition.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace moru::serve
