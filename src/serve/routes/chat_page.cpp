// GET /
#include "serve/page.h"
#include "serve/routes.h"

namespace moru::serve {

void chat_page(const Service&, const Request&, const std::shared_ptr<Reply>& reply) {
  static const std::string policy = content_security_policy(chat_page_html());
  reply->send({200,
               "text/html; charset=utf-8",
               std::string(chat_page_html()),
               {{"Content-Security-Policy", policy},
                {"X-Content-Type-Options", "nosniff"},
                {"Referrer-Policy", "no-referrer"},
                {"Cache-Control", "no-cache"}},
               {}});
}

}  // namespace moru::serve
