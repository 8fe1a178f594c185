// POST /v1/chat/completions, as a client sees it.
#include <sys/wait.h>

#include <atomic>
#include <set>

#include "serve/test_server.h"

namespace moru::serve {
namespace {

/// The text that a stream's events make; checks that each event is as the API has it.
std::string text_of(const std::vector<std::string>& events, std::string* finish_reason = nullptr) {
  EXPECT_GE(events.size(), 3U);
  if (events.empty()) return {};
  EXPECT_EQ(events.back(), "[DONE]");
  std::string text, id;
  for (size_t i = 0; i + 1 < events.size(); ++i) {
    const Json chunk = Json::parse(events[i]);
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    EXPECT_EQ(chunk["model"], "tiny");
    if (id.empty()) id = chunk["id"];
    EXPECT_EQ(chunk["id"], id);
    if (chunk["choices"].empty()) continue;
    const Json& choice = chunk["choices"][0];
    EXPECT_EQ(choice["index"], 0);
    EXPECT_EQ(choice["delta"].contains("role"), i == 0);
    text += choice["delta"].value("content", "");
    if (finish_reason != nullptr && choice["finish_reason"].is_string()) *finish_reason = choice["finish_reason"];
  }
  return text;
}

TEST(ChatCompletions, AnswersWholeAsTheApiHasIt) {
  TestServer server;
  HttpClient client = server.client();
  const HttpResponse response = client.post(ask("표란?"));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.headers.at("content-type"), "application/json");
  const Json json = response.json();
  EXPECT_TRUE(json["id"].get<std::string>().starts_with("chatcmpl-"));
  EXPECT_EQ(json["object"], "chat.completion");
  EXPECT_NEAR(json["created"].get<double>(), static_cast<double>(std::time(nullptr)), 60);
  EXPECT_EQ(json["model"], "tiny");
  ASSERT_EQ(json["choices"].size(), 1U);
  EXPECT_EQ(json["choices"][0]["index"], 0);
  EXPECT_EQ(json["choices"][0]["message"]["role"], "assistant");
  const std::string reason = json["choices"][0]["finish_reason"];
  EXPECT_TRUE(reason == "stop" || reason == "length");
  const Json& usage = json["usage"];
  EXPECT_EQ(usage["total_tokens"], usage["prompt_tokens"].get<int>() + usage["completion_tokens"].get<int>());
  EXPECT_LE(usage["completion_tokens"], 12);

  // The same connection goes on, and what is asked again is answered alike: greedy unless the model says otherwise.
  const HttpResponse again = client.post(ask("표란?"));
  EXPECT_EQ(again.json()["choices"], json["choices"]);
  EXPECT_NE(again.json()["id"], json["id"]);

  infer::SamplingParameters parameters;
  parameters.max_tokens = 12;
  EXPECT_EQ(json["choices"][0]["message"]["content"], server.engine.chat({{"user", "표란?"}}, parameters).text);
}

TEST(ChatCompletions, StreamsTheSameAnswer) {
  TestServer server;
  HttpClient client = server.client();
  const Json whole = client.post(ask("What is a table?")).json();
  const HttpResponse stream = client.post(ask("What is a table?", {{"stream", true}}));
  ASSERT_EQ(stream.status, 200);
  EXPECT_EQ(stream.headers.at("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(stream.headers.at("transfer-encoding"), "chunked");
  std::string reason;
  EXPECT_EQ(text_of(events_of(stream.body), &reason), whole["choices"][0]["message"]["content"]);
  EXPECT_EQ(reason, whole["choices"][0]["finish_reason"]);
  EXPECT_EQ(stream.body.find("usage"), std::string::npos);

  const std::vector<std::string> events = events_of(
      client.post(ask("What is a table?", {{"stream", true}, {"stream_options", {{"include_usage", true}}}})).body);
  ASSERT_GE(events.size(), 4U);
  EXPECT_TRUE(Json::parse(events[0])["usage"].is_null());
  const Json last = Json::parse(events[events.size() - 2]);
  EXPECT_TRUE(last["choices"].empty());
  EXPECT_EQ(last["usage"], whole["usage"]);
}

TEST(ChatCompletions, ParametersReachTheEngine) {
  TestServer server({}, {8, 256, 128, 1}, {1.0, 1.0, 3});
  HttpClient client = server.client();
  const Json short_answer = client.post(ask("표", {{"max_tokens", nullptr}})).json();
  EXPECT_LE(short_answer["usage"]["completion_tokens"], 3);

  const auto content = [&](const Json& more) {
    return client.post(ask("모루", more)).json()["choices"][0]["message"]["content"].get<std::string>();
  };
  EXPECT_EQ(content({{"seed", 4}}), content({{"seed", 4}}));
  std::set<std::string> drawn;
  for (int i = 0; i < 8; ++i) drawn.insert(content(Json::object()));
  EXPECT_GT(drawn.size(), 1U) << "without a seed, answers at temperature 1 differ";
  const std::string greedy = content({{"temperature", 0}, {"max_tokens", 30}});
  ASSERT_GT(greedy.size(), 4U);
  size_t end = 1;
  while (end < greedy.size() && (static_cast<unsigned char>(greedy[end]) & 0xC0) == 0x80) ++end;
  EXPECT_EQ(content({{"temperature", 0}, {"max_tokens", 30}, {"stop", greedy.substr(0, end)}}), "");
}

TEST(ChatCompletions, TheModelsOwnTemplateWritesThePrompt) {
  const text::ModelChat chat = text::ModelChat::from_template(
      "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}"
      "<|user|>{{ m.content }}{% endfor %}{% if tools %}{{ tools | tojson }}{% endif %}{{ style }}",
      "t", "");
  TestServer server({}, {8, 256, 128, 1}, {}, 4096, shared_model(), chat);
  HttpClient client = server.client();
  const auto prompt_tokens = [&](const Json& more) {
    const HttpResponse response = client.post(ask("q", more));
    EXPECT_EQ(response.status, 200) << response.body;
    return response.json()["usage"]["prompt_tokens"].get<int>();
  };
  EXPECT_EQ(prompt_tokens(Json::object()), 2);
  EXPECT_EQ(prompt_tokens({{"chat_template_kwargs", {{"style", "z"}}}}), 3);
  const Json tools = {{{"type", "function"}, {"function", {{"name", "f"}}}}};
  EXPECT_GT(prompt_tokens({{"tools", tools}}), 10);
  EXPECT_EQ(prompt_tokens({{"tools", tools}, {"tool_choice", "none"}}), 2);
  const HttpResponse refused = client.post(
      R"({"model": "tiny", "messages": [{"role": "user", "content": "q"}, {"role": "tool", "content": "r"}]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["error"]["code"], "chat_template_error");
  EXPECT_NE(refused.body.find("no tools here"), std::string::npos);
}

TEST(ChatCompletions, RefusesInTheApisShape) {
  TestServer server;
  HttpClient client = server.client();
  const auto error = [&](const std::string& body, int status) {
    const HttpResponse response = client.post(body);
    EXPECT_EQ(response.status, status) << response.body;
    const Json json = response.json()["error"];
    for (const char* key : {"message", "type", "param", "code"}) EXPECT_TRUE(json.contains(key)) << key;
    return json;
  };
  EXPECT_EQ(error(ask("q", {{"model", "other"}}), 404)["code"], "model_not_found");
  EXPECT_EQ(error("{", 400)["code"], "invalid_json");
  EXPECT_EQ(error(ask("q", {{"temperature", 9}}), 400)["param"], "temperature");
  EXPECT_EQ(error(ask("q", {{"n", 3}}), 400)["type"], "invalid_request_error");
  const Json long_one = error(ask(std::string(5000, 'q')), 400);
  EXPECT_EQ(long_one["code"], "context_length_exceeded");
  EXPECT_EQ(long_one["param"], "messages");
  // A stream that cannot begin is an error with its status, not a stream.
  EXPECT_EQ(error(ask(std::string(5000, 'q'), {{"stream", true}}), 400)["code"], "context_length_exceeded");
  client.send(HttpClient::post_text(ask("q"), "/v1/chat/completions", "text/plain"));
  EXPECT_EQ(client.read().status, 415);
  client.send(HttpClient::post_text(ask("q"), "/v1/chat/completions", "Application/JSON; charset=utf-8"));
  EXPECT_EQ(client.read().status, 200);
}

TEST(ChatCompletions, AFullQueueIsAnError) {
  TestServer server({}, {1, 256, 128, 1}, {}, 2);
  std::vector<HttpClient> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(server.client());
    clients.back().send(HttpClient::post_text(ask("표란?", {{"max_tokens", 200}})));
  }
  int good = 0, busy = 0;
  for (HttpClient& client : clients) {
    const HttpResponse response = client.read();
    if (response.status == 200) ++good;
    if (response.status != 503) continue;
    ++busy;
    EXPECT_EQ(response.json()["error"]["code"], "overloaded");
    EXPECT_EQ(response.headers.at("retry-after"), "1");
  }
  EXPECT_EQ(good + busy, 40);
  EXPECT_GT(good, 0);
}

TEST(ChatCompletions, ManyStreamsAtOnceEachGetTheirOwnAnswer) {
  TestServer server;
  constexpr int kStreams = 96;
  std::vector<std::string> expected;
  for (int i = 0; i < 8; ++i) {
    expected.push_back(server.client().post(ask(fmt::format("질문 {}", i))).json()["choices"][0]["message"]["content"]);
  }
  std::vector<HttpClient> clients;
  for (int i = 0; i < kStreams; ++i) {
    clients.push_back(server.client());
    ASSERT_TRUE(clients.back().send(HttpClient::post_text(ask(fmt::format("질문 {}", i % 8), {{"stream", true}}))));
  }
  for (int i = 0; i < kStreams; ++i) EXPECT_EQ(text_of(events_of(clients[i].read().body)), expected[i % 8]) << i;
  EXPECT_EQ(server.engine.status().running, 0U);
}

TEST(ChatCompletions, ALeavingClientFreesItsSlot) {
  TestServer server({}, {1, 256, 128, 1});
  // Some leave in the middle of a stream, some while they wait, some that do not stream.
  for (const bool stream : {true, false}) {
    std::vector<HttpClient> clients;
    for (int i = 0; i < 6; ++i) {
      clients.push_back(server.client());
      clients.back().send(HttpClient::post_text(ask("표란?", {{"stream", stream}, {"max_tokens", 230}})));
    }
    if (stream) {
      HttpResponse head = clients[0].read(true);
      EXPECT_EQ(head.status, 200);
      EXPECT_TRUE(clients[0].read_chunk(head));
    }
  }
  EXPECT_TRUE(eventually([&] { return server.engine.status().running + server.engine.status().waiting == 0; }));
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 0; }));
  EXPECT_EQ(server.client().post(ask("모루")).status, 200);
}

TEST(ChatCompletions, ASlowClientGetsItAllAndHoldsUpNobody) {
  TestServer server;
  HttpClient slow(server.port(), 2048);
  slow.send(HttpClient::post_text(ask("표란?", {{"stream", true}, {"max_tokens", 200}})));
  const Json whole = server.client().post(ask("표란?", {{"max_tokens", 200}})).json();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(server.engine.status().running, 0U);
  EXPECT_EQ(text_of(events_of(slow.read().body)), whole["choices"][0]["message"]["content"]);
}

TEST(ChatCompletions, AStreamThatWaitsSaysSo) {
  ServerOptions options;
  options.limits.heartbeat = std::chrono::milliseconds(5);
  TestServer server(options, {1, 256, 8, 1});
  std::vector<HttpClient> clients;
  for (int i = 0; i < 24; ++i) {
    clients.push_back(server.client());
    clients.back().send(HttpClient::post_text(ask("표란?", {{"stream", true}, {"max_tokens", 230}})));
  }
  // The head and the first event come before a slot is free.
  HttpResponse last = clients.back().read(true);
  EXPECT_EQ(last.status, 200);
  while (clients.back().read_chunk(last)) {
  }
  EXPECT_NE(last.body.find(": waiting\n\n"), std::string::npos);
  text_of(events_of(last.body));
}

TEST(ChatCompletions, StoppingTheServerLetsAnswersEnd) {
  TestServer server;
  HttpClient client = server.client(), idle = server.client();
  EXPECT_EQ(idle.get("/health").status, 200);
  client.send(HttpClient::post_text(ask("표란?", {{"stream", true}, {"max_tokens", 200}})));
  HttpResponse response = client.read(true);
  EXPECT_EQ(response.status, 200);
  server.stop();
  while (client.read_chunk(response)) {
  }
  text_of(events_of(response.body));
  EXPECT_EQ(idle.receive(), "");
  EXPECT_FALSE(server.client().connected());
}

TEST(ChatCompletions, StoppingWithoutPatienceEndsAnswers) {
  ServerOptions options;
  options.grace = std::chrono::milliseconds(0);
  TestServer server(options, {1, 256, 128, 1});
  std::vector<HttpClient> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(server.client());
    clients.back().send(HttpClient::post_text(ask("표란?", {{"max_tokens", 230}})));
  }
  EXPECT_TRUE(eventually([&] { return server.engine.status().waiting > 20; }));
  const auto before = std::chrono::steady_clock::now();
  server.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  EXPECT_TRUE(eventually([&] { return server.engine.status().running + server.engine.status().waiting == 0; }));
}

TEST(ChatCompletions, AClientOfHttp10GetsAStreamThatEndsWithTheConnection) {
  TestServer server;
  HttpClient client = server.client();
  const std::string body = ask("표란?", {{"stream", true}});
  client.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  const HttpResponse response = client.read();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.count("transfer-encoding"), 0U);
  text_of(events_of(response.body));
}

TEST(ChatCompletions, CurlReadsAStream) {
  TestServer server;
  const std::string command = fmt::format(
      "curl -sSN --max-time 20 http://127.0.0.1:{}/v1/chat/completions -H 'Content-Type: application/json' -d '{}'",
      server.port(), ask("table", {{"stream", true}}));
  FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string out;
  char piece[4096];
  while (const size_t got = std::fread(piece, 1, sizeof piece, pipe)) out.append(piece, got);
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_EQ(text_of(events_of(out)), server.client().post(ask("table")).json()["choices"][0]["message"]["content"]);
}

}  // namespace
}  // namespace moru::serve
