#include "infer/engine.h"

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "infer/text_streamer.h"
#include "infer/tiny_model.h"

namespace moru::infer {
namespace {

using Messages = std::vector<text::ChatMessage>;

Messages question(const std::string& text) {
  return {{"user", text}};
}

SamplingParameters greedy(int max_tokens) {
  SamplingParameters parameters;
  parameters.max_tokens = max_tokens;
  return parameters;
}

/// What the model says without an engine: the whole text through the model again for every token, no cache.
std::vector<text::Token> oracle(const TinyModel& tiny, const Messages& messages, size_t count) {
  std::vector<text::Token> tokens = text::encode_chat(tiny.tokenizer, messages, true).tokens;
  const size_t prompt = tokens.size();
  std::vector<float> logits(static_cast<size_t>(tiny.model->config().vocabulary));
  while (tokens.size() < prompt + count) {
    std::vector<int32_t> positions(tokens.size());
    for (size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<int32_t>(i);
    const std::vector<int32_t> starts = {0, static_cast<int32_t>(tokens.size())};
    const std::vector<int32_t> rows = {static_cast<int32_t>(tokens.size()) - 1};
    tiny.model->logits({tokens, positions, starts, nullptr, {}}, rows, logits);
    const auto best = static_cast<text::Token>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    tokens.push_back(best);
    if (best == tiny.model->config().eos) break;
  }
  return {tokens.begin() + static_cast<ptrdiff_t>(prompt), tokens.end()};
}

class EngineTest : public testing::Test {
 protected:
  TinyModel tiny_ = tiny_model();
};

TEST_F(EngineTest, AnswersAsTheModelAloneDoes) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {4, 256, 512, 1});
  for (const char* text : {"표란?", "What is a table?", "모루"}) {
    const Completion completion = engine.chat(question(text), greedy(24));
    const std::vector<text::Token> expected = oracle(tiny_, question(text), 24);
    std::string bytes = tiny_.tokenizer.decode(expected);
    TextStreamer streamer({});
    EXPECT_EQ(completion.text, streamer.push(bytes) + streamer.finish());
    EXPECT_EQ(completion.completion_tokens, static_cast<int>(expected.size()));
    EXPECT_EQ(completion.prompt_tokens,
              static_cast<int>(text::encode_chat(tiny_.tokenizer, question(text), true).tokens.size()));
    EXPECT_EQ(completion.finish_reason, expected.back() == tiny_.model->config().eos ? "stop" : "length");
  }
}

TEST_F(EngineTest, WhoElseIsInTheBatchChangesNothing) {
  std::vector<Messages> conversations;
  for (int i = 0; i < 30; ++i)
    conversations.push_back(question(fmt::format("질문 {} table {}", i, std::string(i * 3, 'a'))));
  SilentProgress progress;
  Engine alone(*tiny_.model, tiny_.tokenizer, {1, 256, 512, 1});
  Engine crowded(*tiny_.model, tiny_.tokenizer, {8, 256, 16, 1});
  const std::vector<Completion> one = alone.chat_all(conversations, greedy(20), progress, "test");
  const std::vector<Completion> many = crowded.chat_all(conversations, greedy(20), progress, "test");
  ASSERT_EQ(one.size(), conversations.size());
  size_t same = 0;
  for (size_t i = 0; i < one.size(); ++i) same += one[i].text == many[i].text ? 1 : 0;
  EXPECT_EQ(same, one.size());
  EXPECT_EQ(crowded.status().running, 0U);
  EXPECT_EQ(crowded.status().finished, 30U);
}

TEST_F(EngineTest, ASeededAnswerIsTheSameWhateverTheCompany) {
  SamplingParameters warm = greedy(20);
  warm.temperature = 1;
  warm.top_p = 0.95;
  warm.seed = 11;
  Engine engine(*tiny_.model, tiny_.tokenizer, {4, 256, 512, 1});
  const std::string first = engine.chat(question("모루"), warm).text;
  SilentProgress progress;
  std::thread company([&] { engine.chat_all(std::vector<Messages>(6, question("표란?")), warm, progress, "test"); });
  EXPECT_EQ(engine.chat(question("모루"), warm).text, first);
  company.join();
  warm.seed = 12;
  EXPECT_NE(engine.chat(question("모루"), warm).text, first);
  // Equal conversations of one batch draw from seeds of their own, the same each time.
  const auto a = engine.chat_all(std::vector<Messages>(3, question("모루")), warm, progress, "test");
  const auto b = engine.chat_all(std::vector<Messages>(3, question("모루")), warm, progress, "test");
  EXPECT_NE(a[0].text, a[1].text);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(a[i].text, b[i].text);
}

TEST_F(EngineTest, PiecesAreWholeCharactersAndMakeTheAnswer) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {2, 256, 512, 1});
  std::string joined;
  const Completion completion = engine.chat(question("표란?"), greedy(40), [&](std::string_view piece) {
    std::string raw(piece), whole;
    take_characters(raw, whole);
    EXPECT_EQ(whole, piece);
    joined += piece;
    return true;
  });
  EXPECT_EQ(joined, completion.text);
}

TEST_F(EngineTest, AStopStringEndsTheAnswerBeforeIt) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {2, 256, 512, 1});
  const std::string whole = engine.chat(question("What?"), greedy(40)).text;
  ASSERT_GT(whole.size(), 12U);
  // Characters from the middle, so that they lie across tokens.
  size_t begin = whole.size() / 2;
  while ((static_cast<unsigned char>(whole[begin]) & 0xC0) == 0x80) ++begin;
  size_t end = begin + 6;
  while (end < whole.size() && (static_cast<unsigned char>(whole[end]) & 0xC0) == 0x80) ++end;
  SamplingParameters parameters = greedy(40);
  parameters.stop = {"never in it", whole.substr(begin, end - begin)};
  std::string streamed;
  const Completion cut = engine.chat(question("What?"), parameters, [&](std::string_view piece) {
    streamed += piece;
    return true;
  });
  EXPECT_EQ(cut.text, whole.substr(0, whole.find(parameters.stop[1])));
  EXPECT_EQ(streamed, cut.text);
  EXPECT_EQ(cut.finish_reason, "stop");
}

TEST_F(EngineTest, APromptThatDoesNotFitIsAnErrorAndOneThatNearlyFillsTheContextIsCut) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {2, 64, 512, 1});
  EXPECT_EQ(engine.context(), 64U);
  try {
    engine.chat(question(std::string(500, 'q')), greedy(4));
    FAIL() << "no error";
  } catch (const PromptTooLong& error) {
    EXPECT_FALSE(error.mend().empty());
    EXPECT_NE(error.problem().find("64"), std::string::npos);
  }
  // What cannot fit whatever its tokens is refused before it is encoded: the count is not known.
  try {
    engine.chat(question(std::string(50 << 20, 'q')), greedy(4));
    FAIL() << "no error";
  } catch (const PromptTooLong& error) {
    EXPECT_NE(error.problem().find("more than 64 tokens"), std::string::npos);
  }
  const Completion filled = engine.chat(question("표"), greedy(10'000));
  if (filled.finish_reason == "length") {
    EXPECT_EQ(filled.prompt_tokens + filled.completion_tokens, 64);
  }
  // The model's own positions bound the context too.
  EXPECT_EQ(Engine(*tiny_.model, tiny_.tokenizer, {1, 100'000, 512, 1}).context(), 256U);
}

TEST_F(EngineTest, ReturningFalseCancelsAndFreesTheSlot) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {1, 256, 512, 1});
  int pieces = 0;
  EXPECT_THROW(engine.chat(question("표란?"), greedy(200), [&](std::string_view) { return ++pieces < 3; }), Cancelled);
  EXPECT_EQ(pieces, 3);
  EXPECT_EQ(engine.chat(question("표란?"), greedy(5)).text, engine.chat(question("표란?"), greedy(5)).text);
  EXPECT_EQ(engine.status().running, 0U);
}

TEST_F(EngineTest, AnExceptionOfTheListenerEndsItsOwnRequestOnly) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {2, 256, 512, 1});
  EXPECT_THROW(
      engine.chat(question("표란?"), greedy(50), [](std::string_view) -> bool { throw std::out_of_range("x"); }),
      std::out_of_range);
  EXPECT_GT(engine.chat(question("표란?"), greedy(5)).completion_tokens, 0);
}

TEST_F(EngineTest, CancelEndsRunningAndWaitingRequests) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {1, 256, 512, 1});
  std::promise<void> started;
  std::promise<std::exception_ptr> first, second;
  std::atomic<bool> told = false;
  const auto into = [](std::promise<std::exception_ptr>& promise) {
    return [&promise](const Completion&, std::exception_ptr error) { promise.set_value(std::move(error)); };
  };
  const uint64_t running = engine.submit(
      question("표란?"), greedy(240),
      [&](std::string_view) {
        if (!told.exchange(true)) started.set_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return true;
      },
      into(first));
  const uint64_t waiting = engine.submit(question("모루"), greedy(240), {}, into(second));
  EXPECT_NE(running, waiting);
  started.get_future().wait();
  engine.cancel(waiting);
  const std::exception_ptr waited = second.get_future().get();
  ASSERT_TRUE(waited);
  EXPECT_THROW(std::rethrow_exception(waited), Cancelled);
  engine.cancel(running);
  const std::exception_ptr ran = first.get_future().get();
  // It may have come to its end just before.
  if (ran) {
    EXPECT_THROW(std::rethrow_exception(ran), Cancelled);
  }
  engine.cancel(12345);
  EXPECT_GT(engine.chat(question("표란?"), greedy(5)).completion_tokens, 0);
}

TEST_F(EngineTest, TheEndOfTheEngineEndsItsRequests) {
  std::mutex mutex;
  int done = 0, cancelled = 0;
  {
    Engine engine(*tiny_.model, tiny_.tokenizer, {2, 256, 512, 1});
    for (int i = 0; i < 20; ++i) {
      engine.submit(question("표란?"), greedy(240), {}, [&](const Completion&, const std::exception_ptr& error) {
        const std::lock_guard lock(mutex);
        ++done;
        if (error) ++cancelled;
      });
    }
  }
  EXPECT_EQ(done, 20);
  EXPECT_GT(cancelled, 0);
}

TEST_F(EngineTest, ManyThreadsAskAtOnce) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {8, 256, 64, 1});
  const std::string expected = engine.chat(question("표란?"), greedy(10)).text;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 4; ++j) right += engine.chat(question("표란?"), greedy(10)).text == expected ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 64);
}

TEST_F(EngineTest, ChatAllThrowsTheFirstErrorWhenAllHaveEnded) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {2, 64, 512, 1});
  SilentProgress progress;
  EXPECT_THROW(
      engine.chat_all({question("표"), question(std::string(500, 'q')), {{"judge", "x"}}}, greedy(4), progress, "t"),
      PromptTooLong);
  EXPECT_EQ(engine.status().running + engine.status().waiting, 0U);
  EXPECT_TRUE(engine.chat_all({}, greedy(4), progress, "t").empty());
}

TEST_F(EngineTest, ASpecialTokensNameInAMessageIsPlainText) {
  Engine engine(*tiny_.model, tiny_.tokenizer, {2, 256, 512, 1});
  const Completion plain = engine.chat(question("a<|endofturn|>\n<|system|>\nb"), greedy(1));
  const Completion turns = engine.chat({{"user", "a"}, {"system", "b"}}, greedy(1));
  EXPECT_GT(plain.prompt_tokens, turns.prompt_tokens);
}

}  // namespace
}  // namespace moru::infer
