// GET /v1/models and GET /v1/models/{id}
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "core/language.h"
#include "serve/api_error.h"
#include "serve/routes.h"
#include "serve/service.h"

namespace moru::serve {
namespace {

/// The API's four members, and what Moru knows besides.
Json model_json(const Service& service) {
  const ModelCard& card = service.card();
  Json json = {{"id", card.id},
               {"object", "model"},
               {"created", card.created},
               {"owned_by", "moru"},
               {"context_length", service.engine().context()},
               {"weight_bytes", card.weight_bytes},
               {"default_temperature", service.defaults().temperature},
               {"default_top_p", service.defaults().top_p}};
  if (!card.base.empty()) json["parent"] = card.base;  // as other servers call an adapter's base
  if (!card.licences.empty()) json["licences"] = card.licences;
  if (card.documents > 0) json["documents"] = card.documents;
  return json;
}

}  // namespace

void list_models(const Service& service, const Request&, const std::shared_ptr<Reply>& reply) {
  reply->send(
      {200, "application/json", dump_json({{"object", "list"}, {"data", Json::array({model_json(service)})}}), {}, {}});
}

void retrieve_model(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply) {
  if (request.rest != service.card().id) {
    throw ApiError(404,
                   fmt::format(fmt::runtime(tr("The model '{}' does not exist", "'{}' 모델이 없습니다")), request.rest),
                   "model", "model_not_found");
  }
  reply->send({200, "application/json", dump_json(model_json(service)), {}, {}});
}

}  // namespace moru::serve
