// POST /v1/chat/completions
#include <ctime>
#include <mutex>
#include <random>

#include "core/error.h"
#include "core/language.h"
#include "serve/api_error.h"
#include "serve/chat_request.h"
#include "serve/chat_response.h"
#include "serve/routes.h"
#include "serve/service.h"
#include "text/jinja.h"

namespace moru::serve {
namespace {

/// Only JSON by name: a form on a foreign page can post text, but not this type, without asking first.
void check_content_type(const Request& request) {
  std::string type(request.header("Content-Type"));
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (type == "application/json") return;
  throw ApiError(415,
                 std::string(tr("The request needs the header 'Content-Type: application/json'.",
                                "요청에 'Content-Type: application/json' 헤더가 있어야 합니다.")),
                 {}, "unsupported_media_type");
}

/// What the engine reports, as the API says it.
ApiError api_error(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const infer::PromptTooLong& e) {
    return ApiError(400, fmt::format("{}. {}.", e.problem(), e.mend()), "messages", "context_length_exceeded");
  } catch (const text::TemplateError& e) {
    return ApiError(400, e.what(), "messages", "chat_template_error");
  } catch (const infer::Cancelled& e) {
    return ApiError(503, std::string(tr("The server is stopping.", "서버가 멈추는 중입니다.")), {}, "server_stopping");
  } catch (const Error& e) {
    return ApiError(500, fmt::format("{}. {}.", e.problem(), e.mend()));
  } catch (const std::exception& e) {
    return ApiError(500, e.what());
  }
}

/// One answer on its way: the route opens it, the engine's thread fills it.
class Answer {
 public:
  Answer(std::shared_ptr<Reply> reply, ChatResponse response, bool stream)
      : reply_(std::move(reply)), response_(std::move(response)), stream_(stream) {}

  /// The engine has taken the request: a stream says so at once, however long the queue is.
  void accepted() {
    const std::lock_guard lock(mutex_);
    if (stream_ && !ended_) begin();
  }

  void text(std::string_view piece) {
    const std::lock_guard lock(mutex_);
    begin();
    reply_->write(response_.text_event(piece));
  }

  void done(const infer::Completion& completion, const std::exception_ptr& error) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (error && !streaming_) {
      reply_->send(api_error(error).response());
    } else if (error) {
      reply_->write("data: " + api_error(error).json() + "\n\n");
      reply_->end();
    } else if (!stream_) {
      reply_->send({200, "application/json", response_.whole(completion), {}, {}});
    } else {
      begin();
      std::string events = response_.last_event(completion.finish_reason);
      if (response_.include_usage) events += response_.usage_event(completion);
      reply_->write(events.append(kDoneEvent));
      reply_->end();
    }
  }

 private:
  /// Under the mutex.
  void begin() {
    if (std::exchange(streaming_, true)) return;
    reply_->begin({200,
                   "text/event-stream; charset=utf-8",
                   {},
                   {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}},
                   ": waiting\n\n"});
    reply_->write(response_.first_event());
  }

  std::mutex mutex_;
  std::shared_ptr<Reply> reply_;
  ChatResponse response_;
  bool stream_;
  bool streaming_ = false;  ///< The stream has begun: errors are events from now on.
  bool ended_ = false;
};

}  // namespace

void chat_completions(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply) {
  check_content_type(request);
  const ChatRequest chat = parse_chat_request(request.body);
  if (chat.model != service.card().id) {
    throw ApiError(404,
                   fmt::format(fmt::runtime(tr("The model '{}' does not exist; this server has '{}'.",
                                               "'{}' 모델이 없습니다. 이 서버에는 '{}' 모델이 있습니다.")),
                               chat.model, service.card().id),
                   "model", "model_not_found");
  }
  if (service.engine().status().waiting >= service.waiting()) {
    throw ApiError(503,
                   std::string(tr("The server is overloaded; try again later.",
                                  "서버에 요청이 너무 많습니다. 잠시 뒤에 다시 하세요.")),
                   {}, "overloaded");
  }

  std::random_device device;
  const uint64_t fresh_seed = (static_cast<uint64_t>(device()) << 32) | device();
  const auto answer = std::make_shared<Answer>(
      reply, ChatResponse{new_completion_id(), std::time(nullptr), chat.model, chat.include_usage}, chat.stream);
  infer::Engine::OnText on_text;
  if (chat.stream) {
    on_text = [answer](std::string_view piece) {
      answer->text(piece);
      return true;
    };
  }
  infer::Engine& engine = service.engine();
  const uint64_t number =
      engine.submit({chat.messages, sampling_of(chat, service.defaults(), fresh_seed), std::move(on_text),
                     [answer](const infer::Completion& completion, const std::exception_ptr& error) {
                       answer->done(completion, error);
                     },
                     chat.chat});
  answer->accepted();
  reply->when_gone([&engine, number] { engine.cancel(number); });
}

}  // namespace moru::serve
