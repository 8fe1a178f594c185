// moru serve MODEL
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "core/language.h"
#include "infer/engine.h"
#include "infer/model_folder.h"
#include "serve/server.h"

namespace moru::cli {
namespace {

struct ServeOptions {
  std::string model, name;
  size_t slots = 16;
  size_t context = 4096;
  size_t threads = 0;
  bool log = false;
  serve::ServerOptions server;
};

/// Every open stream is a descriptor, and the usual soft limit is 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void print_ready(const serve::Server& server, const serve::Service& service) {
  const serve::ModelCard& card = service.card();
  fmt::print(fmt::runtime(tr("{}: {:.1f} MB of weights, context of {} tokens, {} slots\n",
                             "{}: 가중치 {:.1f} MB, 문맥 {} 토큰, 슬롯 {}개\n")),
             card.id, static_cast<double>(card.weight_bytes) / 1e6, service.engine().context(),
             service.engine().status().slots);
  if (!card.base.empty()) fmt::print(fmt::runtime(tr("an adapter on {}\n", "{} 위의 어댑터\n")), card.base);
  if (!card.licences.empty()) {
    fmt::print(fmt::runtime(tr("made from {} documents, licence {}\n", "문서 {}개로 만듦, 라이선스 {}\n")),
               card.documents, card.licences);
  }
  fmt::print(
      fmt::runtime(
          tr("\n  chat page  {0}/\n  API        {0}/v1  (as OpenAI's; model \"{1}\")\n  health     {0}/health\n\n"
             "Ctrl-C stops it.\n",
             "\n  대화 페이지  {0}/\n  API          {0}/v1  (OpenAI 방식, 모델 \"{1}\")\n  상태         {0}/health\n\n"
             "Ctrl-C로 멈춥니다.\n")),
      server.url(), card.id);
  if (!server.loopback()) {
    fmt::print("{}\n", tr("Every machine that can reach this one may ask the model: there is no password.",
                          "이 기계에 닿을 수 있는 모든 기계가 모델에 물을 수 있습니다. 암호는 없습니다."));
  }
  std::fflush(stdout);
}

int run_serve(ServeOptions options) {
  raise_descriptor_limit();
  const infer::ModelFolder folder = infer::open_model_folder(options.model);
  infer::Engine engine(*folder.model, folder.tokenizer,
                       {options.slots, options.context, infer::EngineOptions().prefill_tokens, options.threads},
                       folder.chat);
  serve::ModelCard card = serve::read_card(folder.path, options.name.empty() ? folder.name : options.name);
  card.weight_bytes = folder.model->weight_bytes();
  const serve::Service service(engine, std::move(card), folder.defaults);
  if (options.log) {
    // One call a line: the stream's own lock keeps lines of several threads apart.
    options.server.log = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  }
  serve::Server server(service, options.server);
  print_ready(server, service);
  server.run(true);
  return 0;
}

}  // namespace

void register_serve(CLI::App& app, std::function<int()>& run) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", std::string(tr("Serve a model: the OpenAI API and a chat page",
                                                                 "모델을 서비스합니다: OpenAI API와 대화 페이지")));
  command
      ->add_option("model", options->model,
                   std::string(tr("Model folder, folder of a LoRA adapter (its adapter_config.json names the base), or "
                                  ".gguf file",
                                  "모델 폴더, LoRA 어댑터 폴더(adapter_config.json이 바탕 모델을 가리킴), 또는 .gguf "
                                  "파일")))
      ->required();
  command
      ->add_option("--port", options->server.port,
                   std::string(tr("Port; 0 takes a free one", "포트. 0이면 빈 포트를 씁니다")))
      ->capture_default_str();
  command
      ->add_option("--host", options->server.host,
                   std::string(tr("Address to listen on; 0.0.0.0 for all", "받을 주소. 0.0.0.0은 모든 주소")))
      ->capture_default_str();
  command
      ->add_option("--slots", options->slots,
                   std::string(tr("Answers written at the same time", "동시에 쓰는 답변 수")))
      ->check(CLI::Range(size_t{1}, size_t{4096}))
      ->capture_default_str();
  command
      ->add_option("--context", options->context,
                   std::string(tr("Tokens of a conversation; never more than the model's positions",
                                  "대화의 토큰 수. 모델의 위치 수를 넘지 않습니다")))
      ->check(CLI::Range(size_t{16}, size_t{1} << 24))
      ->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   std::string(tr("Processor threads for the model; 0 takes all",
                                  "모델이 쓸 프로세서 스레드 수. 0이면 모두 씁니다")))
      ->check(CLI::Range(size_t{0}, size_t{1024}))
      ->capture_default_str();
  command->add_option(
      "--name", options->name,
      std::string(tr("Name that clients ask for (default: the folder's)", "클라이언트가 부를 이름 (기본: 폴더 이름)")));
  command
      ->add_option("--allow-host", options->server.allowed_hosts,
                   std::string(tr("Name, besides localhost, that a proxy in front may pass on",
                                  "앞단 프록시가 넘겨주는 localhost 이외의 호스트 이름")))
      ->allow_extra_args(false);
  command->add_flag("--log", options->log,
                    std::string(tr("Print a line for every request", "요청마다 한 줄씩 출력합니다")));
  command->callback([options, &run] { run = [options] { return run_serve(*options); }; });
}

}  // namespace moru::cli
