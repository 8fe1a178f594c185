// The chat page in a real browser: headless Chromium, driven over its DevTools protocol. With MORU_SCREENSHOTS=FOLDER
// the tests leave pictures there.
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <csignal>

#include "core/file.h"
#include "serve/test_server.h"

namespace moru::serve {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

/// A Chromium of its own, with one page.
class Browser {
 public:
  Browser() {
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setpgid(0, 0);
      const std::string profile = "--user-data-dir=" + profile_.path().string();
      std::freopen("/dev/null", "w", stdout);
      std::freopen("/dev/null", "w", stderr);
      ::execlp("chromium", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               "--hide-scrollbars", "--no-first-run", "--disable-extensions", "--remote-debugging-port=0",
               profile.c_str(), "about:blank", nullptr);
      ::_exit(127);
    }
    const fs::path port_file = profile_.path() / "DevToolsActivePort";
    eventually([&] { return fs::exists(port_file) && read_file(port_file).find('\n') != std::string::npos; }, 30);
    const auto port = static_cast<uint16_t>(std::stoi(read_file(port_file)));
    Json page;
    eventually(
        [&] {
          for (const Json& target : HttpClient(port).get("/json/list").json()) {
            if (target["type"] == "page") page = target;
          }
          return !page.is_null();
        },
        30);
    socket_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    const std::string url = page.at("webSocketDebuggerUrl");
    socket_.read_message_max(64 << 20);
    socket_.handshake("localhost", url.substr(url.find("/devtools")));
    for (const char* domain : {"Runtime", "Log", "Network", "Page"}) call(std::string(domain) + ".enable");
  }
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser() {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  Json call(const std::string& method, const Json& params = Json::object()) {
    const int id = ++last_;
    socket_.write(asio::buffer(Json{{"id", id}, {"method", method}, {"params", params}}.dump()));
    for (;;) {
      boost::beast::flat_buffer buffer;
      socket_.read(buffer);
      Json message = Json::parse(boost::beast::buffers_to_string(buffer.data()));
      if (message.value("id", 0) == id) {
        EXPECT_FALSE(message.contains("error")) << method << message.dump();
        return message.value("result", Json::object());
      }
      note(message);
    }
  }

  Json evaluate(const std::string& expression) {
    const Json result =
        call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
    EXPECT_FALSE(result.contains("exceptionDetails")) << expression << result.dump();
    return result["result"].value("value", Json());
  }
  std::string text(const std::string& selector) {
    const Json value = evaluate("document.querySelector(" + Json(selector).dump() + ")?.textContent ?? null");
    return value.is_string() ? value.get<std::string>() : "(no " + selector + ")";
  }
  bool wait(const std::string& condition) {
    return eventually([&] { return evaluate("!!(" + condition + ")") == true; }, 30);
  }
  void open(const std::string& url) {
    call("Page.navigate", {{"url", url}});
    EXPECT_TRUE(
        wait("document.readyState === 'complete' && location.href !== 'about:blank' && "
             "document.querySelector('#facts').textContent"));
  }
  void key(const std::string& name, int code, const std::string& text = "", int modifiers = 0) {
    call("Input.dispatchKeyEvent", {{"type", "keyDown"},
                                    {"key", name},
                                    {"code", name},
                                    {"windowsVirtualKeyCode", code},
                                    {"text", text},
                                    {"modifiers", modifiers}});
    call("Input.dispatchKeyEvent", {{"type", "keyUp"}, {"key", name}, {"code", name}, {"windowsVirtualKeyCode", code}});
  }
  void type(const std::string& words) {
    EXPECT_TRUE(wait("document.activeElement?.id === 'question'"));
    call("Input.insertText", {{"text", words}});
  }
  void size(int width, int height) {
    call("Emulation.setDeviceMetricsOverride",
         {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
  }
  void scheme(const std::string& light_or_dark) {
    call("Emulation.setEmulatedMedia", {{"features", {{{"name", "prefers-color-scheme"}, {"value", light_or_dark}}}}});
  }
  void picture(const std::string& name) {
    const char* folder = std::getenv("MORU_SCREENSHOTS");
    if (folder == nullptr) return;
    const std::string base64 = call("Page.captureScreenshot")["data"];
    write_file_atomic(fs::path(folder) / (name + ".base64"), base64);
  }

  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  template <class Condition>
  static bool eventually(Condition condition, int seconds) {
    for (int i = 0; i < seconds * 50; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  void note(const Json& message) {
    const std::string method = message.value("method", "");
    if (method == "Runtime.exceptionThrown" || method == "Log.entryAdded" || method == "Runtime.consoleAPICalled") {
      problems_.push_back(message.dump());
    }
    if (method == "Network.requestWillBeSent") requests_.push_back(message["params"]["request"]["url"]);
  }

  TemporaryDirectory profile_;
  pid_t pid_ = 0;
  asio::io_context context_;
  websocket::stream<asio::ip::tcp::socket> socket_{context_};
  int last_ = 0;
  std::vector<std::string> problems_, requests_;
};

const std::string kQuestion = "<i>What</i> is a table?";

/// A model whose greedy answer to kQuestion has HTML in it: tokens are pieces of tags, weights the first that will do.
const infer::TinyModel& html_model() {
  static const infer::TinyModel model = [] {
    for (uint64_t seed = 1;; ++seed) {
      infer::TinyModel tiny =
          infer::tiny_model(256, seed,
                            "<b> <img src=x onerror=alert(1)> <script> </script> <a href=x> <b> <img src=x "
                            "onerror=alert(1)> <script> </script> <a href=x>");
      infer::SamplingParameters parameters;
      parameters.max_tokens = 240;
      const std::string answer =
          infer::Engine(*tiny.model, tiny.tokenizer, {1, 256, 128, 1}).chat({{"user", kQuestion}}, parameters).text;
      if (answer.find("<img") != std::string::npos || answer.find("<b") != std::string::npos ||
          answer.find("<script") != std::string::npos) {
        return tiny;
      }
    }
  }();
  return model;
}

const std::string kDone = "document.querySelector('.answer:last-child')?.dataset.state === 'done'";

TEST(ChatPage, AsksAndShowsTheAnswerAsPlainText) {
  TestServer server({}, {8, 256, 128, 1}, {}, 4096, html_model());
  Browser browser;
  browser.size(1100, 800);
  browser.open(server.server.url() + "/?lang=en&ask=%3Ci%3EWhat%3C%2Fi%3E%20is%20a%20table%3F");
  ASSERT_TRUE(browser.wait(kDone));
  EXPECT_EQ(browser.text(".user .text"), kQuestion);
  const Json whole = server.client().post(ask(kQuestion, {{"max_tokens", nullptr}})).json();
  const std::string answer = whole["choices"][0]["message"]["content"];
  EXPECT_NE(answer.find('<'), std::string::npos) << "the test needs an answer with HTML in it: " << answer;
  EXPECT_EQ(browser.text(".answer .text"), answer);
  EXPECT_EQ(browser.evaluate("document.querySelectorAll('.text *').length"), 0);
  EXPECT_EQ(browser.text("#model"), "tiny");
  EXPECT_EQ(browser.text("#facts"), "Licence CC0-1.0 · 7 documents · context of 256 tokens");
  EXPECT_EQ(browser.evaluate("document.title"), "tiny · Moru");
  EXPECT_EQ(browser.evaluate("location.search"), "") << "a reload must not ask again";
  EXPECT_NE(browser.text(".foot").find("tokens"), std::string::npos);
  // It talks to its own server alone, and its policy forbids nothing that it needs.
  for (const std::string& url : browser.requests())
    EXPECT_TRUE(url.starts_with(server.server.url()) || url.starts_with("data:")) << url;
  for (const std::string& problem : browser.problems()) ADD_FAILURE() << problem;
}

TEST(ChatPage, IsUsedByKeyboardAndRemembersTheConversation) {
  TestServer server;
  Browser browser;
  browser.size(1100, 800);
  browser.open(server.server.url() + "/?lang=ko");
  EXPECT_EQ(browser.evaluate("document.documentElement.lang"), "ko");
  EXPECT_EQ(browser.evaluate("document.querySelector('#send').disabled"), true);
  EXPECT_EQ(browser.evaluate("document.activeElement.id"), "question");
  browser.picture("welcome");
  browser.type("표란?");
  EXPECT_EQ(browser.evaluate("document.querySelector('#send').disabled"), false);
  browser.key("Enter", 13, "\r", 8);  // With Shift: a new line.
  EXPECT_EQ(browser.evaluate("document.querySelector('#question').value"), "표란?\n");
  // Enter while an input method composes belongs to the input method.
  browser.evaluate(
      "document.querySelector('#question').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: "
      "true, bubbles: true}))");
  EXPECT_EQ(browser.evaluate("document.querySelectorAll('article').length"), 0);
  browser.key("Enter", 13, "\r");
  ASSERT_TRUE(browser.wait(kDone));
  EXPECT_EQ(browser.evaluate("document.querySelectorAll('article').length"), 2);
  EXPECT_EQ(browser.evaluate("document.querySelector('#question').value"), "");
  const std::string first = browser.text(".answer .text");

  browser.type("모루");
  browser.key("Enter", 13, "\r");
  ASSERT_TRUE(browser.wait("document.querySelectorAll('.answer').length === 2 && " + kDone));
  const Json conversation = {{"model", "tiny"},
                             {"messages",
                              {{{"role", "user"}, {"content", "표란?"}},
                               {{"role", "assistant"}, {"content", first}},
                               {{"role", "user"}, {"content", "모루"}}}}};
  const std::string expected = server.client().post(conversation.dump()).json()["choices"][0]["message"]["content"];
  EXPECT_EQ(browser.text(".answer:last-child .text"), expected);

  // The answer again, then a new conversation.
  browser.evaluate("document.querySelector('.again').click()");
  ASSERT_TRUE(browser.wait("document.querySelectorAll('.answer').length === 2 && " + kDone));
  EXPECT_EQ(browser.text(".answer:last-child .text"), expected);
  browser.evaluate("document.querySelector('#new-chat').click()");
  EXPECT_EQ(browser.evaluate("document.querySelectorAll('article').length"), 0);
  EXPECT_EQ(browser.evaluate("document.querySelector('#welcome').hidden"), false);
  // Every button has a name.
  EXPECT_EQ(browser.evaluate("[...document.querySelectorAll('button')].filter(b => !(b.getAttribute('aria-label') || "
                             "b.innerText.trim())).length"),
            0);
  for (const std::string& problem : browser.problems()) ADD_FAILURE() << problem;
}

TEST(ChatPage, StopsAnAnswerAndSaysWhatWentWrong) {
  TestServer server({}, {1, 256, 128, 1});
  Browser browser;
  browser.open(server.server.url() + "/?lang=en");
  // The one slot is taken for a while, so the page's question waits until it is stopped.
  std::atomic<bool> hold = true;
  std::thread holder([&] {
    infer::SamplingParameters parameters;
    parameters.max_tokens = 230;
    parameters.temperature = 1;
    while (hold) {
      server.engine.chat({{"user", "표란?"}}, parameters, [&](std::string_view) {
        while (hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return true;
      });
    }
  });
  EXPECT_TRUE(moru::serve::eventually([&] { return server.engine.status().running == 1; }));
  browser.type("What?");
  browser.key("Enter", 13, "\r");
  EXPECT_TRUE(browser.wait("document.querySelector('.answer')?.dataset.state === 'open'"));
  EXPECT_EQ(browser.evaluate("document.querySelector('#send').getAttribute('aria-label')"), "Stop");
  EXPECT_TRUE(moru::serve::eventually([&] { return server.engine.status().waiting == 1; }));
  browser.key("Escape", 27);
  EXPECT_TRUE(browser.wait("document.querySelector('.answer').dataset.state === 'stopped'"));
  EXPECT_NE(browser.text(".foot").find("Stopped"), std::string::npos);
  hold = false;
  holder.join();
  EXPECT_TRUE(
      moru::serve::eventually([&] { return server.engine.status().waiting + server.engine.status().running == 0; }));

  browser.evaluate("document.querySelector('#new-chat').click(); document.querySelector('#question').focus()");
  browser.type(std::string(3000, 'q'));
  browser.key("Enter", 13, "\r");
  EXPECT_TRUE(browser.wait("document.querySelector('.problem')"));
  EXPECT_NE(browser.text(".problem").find("longer than the model"), std::string::npos);

  server.stop();
  browser.evaluate("document.querySelector('#new-chat').click(); document.querySelector('#question').focus()");
  browser.type("Hello");
  browser.key("Enter", 13, "\r");
  EXPECT_TRUE(browser.wait("document.querySelector('.answer')?.dataset.state === 'failed'"));
  EXPECT_NE(browser.text(".problem").find("moru serve"), std::string::npos);
}

TEST(ChatPage, FitsANarrowScreenAndADarkRoom) {
  TestServer server;
  Browser browser;
  browser.size(360, 640);
  browser.open(
      server.server.url() +
      "/?lang=ko&ask=%ED%91%9C%EB%8A%94%20%EC%96%B4%EB%96%BB%EA%B2%8C%20%EB%A7%8C%EB%93%9C%EB%82%98%EC%9A%94%3F");
  ASSERT_TRUE(browser.wait(kDone));
  browser.picture("narrow");
  EXPECT_EQ(browser.evaluate(
                "document.documentElement.scrollWidth <= 360 && document.querySelector('#scroll').scrollWidth <= 360"),
            true);
  EXPECT_EQ(browser.evaluate("document.querySelector('form').getBoundingClientRect().bottom <= 640"), true);
  const auto background = "getComputedStyle(document.body).backgroundColor";
  browser.size(1100, 800);
  browser.scheme("light");
  const Json light = browser.evaluate(background);
  browser.picture("light");
  browser.scheme("dark");
  EXPECT_NE(browser.evaluate(background), light);
  browser.picture("dark");
}

}  // namespace
}  // namespace moru::serve
