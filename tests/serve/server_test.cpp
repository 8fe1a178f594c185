// HTTP itself: limits, malformed requests, keep-alive, the small routes.
#include "serve/server.h"

#include "core/error.h"
#include "serve/page.h"
#include "serve/test_server.h"

namespace moru::serve {
namespace {

TEST(Server, TellsItsHealth) {
  TestServer server;
  const HttpResponse response = server.client().get("/health");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.json()["status"], "ok");
  EXPECT_EQ(response.json()["model"], "tiny");
  EXPECT_EQ(response.json()["slots"], (Json{{"total", 8}, {"used", 0}}));
}

TEST(Server, ListsItsModel) {
  TestServer server;
  HttpClient client = server.client();
  const Json list = client.get("/v1/models").json();
  EXPECT_EQ(list["object"], "list");
  ASSERT_EQ(list["data"].size(), 1U);
  EXPECT_EQ(list["data"][0]["id"], "tiny");
  EXPECT_EQ(list["data"][0]["object"], "model");
  EXPECT_EQ(list["data"][0]["created"], 1'700'000'000);
  EXPECT_EQ(list["data"][0]["licences"], "CC0-1.0");
  EXPECT_EQ(list["data"][0]["context_length"], 256);
  EXPECT_EQ(client.get("/v1/models/tiny").json(), list["data"][0]);
  EXPECT_EQ(client.get("/v1/models/t%69ny?x=y").json(), list["data"][0]);
  const HttpResponse missing = client.get("/v1/models/other");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.json()["error"]["code"], "model_not_found");
}

TEST(Server, UnknownAddressesAndMethodsAreJsonErrors) {
  TestServer server;
  HttpClient client = server.client();
  for (const char* path : {"/nothing", "/v1/models/", "/v1", "//", "/v1/chat/completions/", "/../etc/passwd"}) {
    const HttpResponse response = client.get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.json()["error"]["type"], "invalid_request_error");
  }
  const HttpResponse wrong = client.get("/v1/chat/completions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "POST");
  client.send(HttpClient::post_text("{}", "/health"));
  const HttpResponse posted = client.read();
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.headers.at("allow"), "GET, HEAD");
  client.send("OPTIONS /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n");
  const HttpResponse options = client.read();
  EXPECT_EQ(options.status, 405);
  EXPECT_EQ(options.headers.count("access-control-allow-origin"), 0U);
}

TEST(Server, HeadHasNoBody) {
  TestServer server;
  HttpClient client = server.client();
  client.send("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const HttpResponse head = client.read(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_GT(std::stoi(head.headers.at("content-length")), 0);
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST(Server, RequestsOnOneConnectionAreAnsweredInOrder) {
  TestServer server;
  HttpClient client = server.client();
  client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" +
              HttpClient::post_text(ask("표란?", {{"stream", true}})) +
              "GET /v1/models/tiny HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read().json()["status"], "ok");
  EXPECT_TRUE(client.read().body.ends_with("data: [DONE]\n\n"));
  const HttpResponse last = client.read();
  EXPECT_EQ(last.json()["id"], "tiny");
  EXPECT_EQ(last.headers.at("connection"), "close");
  EXPECT_EQ(client.receive(), "");
}

TEST(Server, MalformedRequestsGetAnAnswerAndAnEnd) {
  TestServer server;
  for (const char* request :
       {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS hello\r\n\r\n"}) {
    HttpClient client = server.client();
    client.send(request);
    const HttpResponse response = client.read();
    EXPECT_EQ(response.status, 400) << request;
    EXPECT_EQ(response.json()["error"]["type"], "invalid_request_error");
    EXPECT_EQ(client.receive(), "");
  }
  // A request that is cut off is no one's to answer.
  HttpClient client = server.client();
  client.send("GET /health HT");
  ::shutdown(client.descriptor(), SHUT_WR);
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(server.client().get("/health").status, 200);
}

TEST(Server, TooMuchIsRefusedBeforeItIsRead) {
  ServerOptions options;
  options.limits.body_bytes = 10'000;
  TestServer server(options);
  HttpClient body = server.client();
  body.send(HttpClient::post_text(std::string(2'000'000, ' ')));
  const HttpResponse refused = body.read();
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.json()["error"]["code"], "request_too_large");
  // The same in chunks, where no length is announced.
  HttpClient chunked = server.client();
  chunked.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n" +
               std::string(0x4000, ' ') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read().status, 413);
  HttpClient headers = server.client();
  headers.send("GET /health HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(headers.read().status, 431);
  EXPECT_EQ(server.client().get("/health").status, 200);
}

TEST(Server, ABodyInChunksAndOneThatIsAnnouncedAreRead) {
  TestServer server;
  const std::string body = ask("표란?");
  HttpClient chunked = server.client();
  chunked.send(
      fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                  body.size(), body));
  EXPECT_EQ(chunked.read().status, 200);
  HttpClient announced = server.client();
  announced.send(
      fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  "Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
                  body.size()));
  EXPECT_EQ(announced.read(true).status, 100);
  announced.send(body);
  EXPECT_EQ(announced.read().status, 200);
}

TEST(Server, SlowRequestsAndIdleConnectionsAreClosed) {
  ServerOptions options;
  options.limits.idle = options.limits.header = options.limits.body = std::chrono::milliseconds(100);
  TestServer server(options);
  HttpClient idle = server.client(), headers = server.client(), body = server.client();
  headers.send("GET /health HTTP/1.1\r\n");
  body.send("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 100\r\n\r\nx");
  EXPECT_EQ(idle.receive(), "");
  EXPECT_EQ(headers.receive(), "");
  EXPECT_EQ(body.receive(), "");
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 0; }));
}

TEST(Server, AClientThatDoesNotReadIsGivenUp) {
  ServerOptions options;
  options.limits.write = std::chrono::milliseconds(200);
  TestServer server(options);
  HttpClient client(server.port(), 1024);
  // Many pages asked for on one connection and never read fill every buffer on the way.
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.send(requests);
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 1; }));
  EXPECT_TRUE(eventually([&] { return server.server.connections() == 0; }));
  EXPECT_EQ(server.client().get("/health").status, 200);
}

TEST(Server, AForeignNameForThisMachineIsRefused) {
  ServerOptions options;
  options.allowed_hosts = {"expert.example.org"};
  TestServer server(options);
  HttpClient client = server.client();
  client.send("GET /v1/models HTTP/1.1\r\nHost: evil.example:80\r\n\r\n");
  const HttpResponse response = client.read();
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.json()["error"]["code"], "host_not_allowed");
  client.send("GET /v1/models HTTP/1.1\r\nHost: expert.example.org\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
}

TEST(Server, MoreClientsThanItTakesWaitTheirTurn) {
  ServerOptions options;
  options.connections = 4;
  TestServer server(options);
  std::vector<HttpClient> clients;
  for (int i = 0; i < 12; ++i) {
    clients.push_back(server.client());
    clients.back().send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
  for (HttpClient& client : clients) EXPECT_EQ(client.read().status, 200);
}

TEST(Server, APortInUseOrAForeignAddressIsAnError) {
  TestServer server;
  ServerOptions options;
  options.port = server.port();
  try {
    Server second(server.service, options);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), fmt::format("127.0.0.1:{}", server.port()));
    EXPECT_NE(error.mend().find("--port"), std::string::npos);
  }
  options.port = 0;
  options.host = "203.0.113.7";
  EXPECT_THROW(Server(server.service, options), Error);
  options.host = "no such host";
  EXPECT_THROW(Server(server.service, options), Error);
}

TEST(Server, ThePageAllowsItselfNothingForeign) {
  TestServer server;
  const HttpResponse page = server.client().get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  const std::string policy = page.headers.at("content-security-policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.body.find("http://") == std::string::npos                              ? 0
            : page.body.find("http://www.w3.org/2000/svg") == page.body.find("http://") ? 0
                                                                                        : 1,
            0);
  EXPECT_EQ(page.body.find("https://"), std::string::npos);
  EXPECT_EQ(page.body.find("innerHTML"), std::string::npos);
}

TEST(ContentSecurityPolicy, NamesTheHashOfEveryInlineElement) {
  // printf %s 'alert(1)' | openssl dgst -sha256 -binary | base64
  const std::string policy = content_security_policy("<style></style><script>alert(1)</script>");
  EXPECT_NE(policy.find("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';"), std::string::npos)
      << policy;
  EXPECT_NE(policy.find("style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';"), std::string::npos)
      << policy;
}

}  // namespace
}  // namespace moru::serve
