// GET /health
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "serve/routes.h"
#include "serve/service.h"

namespace moru::serve {

void health(const Service& service, const Request&, const std::shared_ptr<Reply>& reply) {
  const infer::EngineStatus status = service.engine().status();
  reply->send({200,
               "application/json",
               dump_json({{"status", "ok"},
                          {"model", service.card().id},
                          {"slots", {{"total", status.slots}, {"used", status.running}}},
                          {"waiting", status.waiting},
                          {"finished", status.finished},
                          {"generated_tokens", status.generated_tokens}}),
               {{"Cache-Control", "no-store"}},
               {}});
}

}  // namespace moru::serve
