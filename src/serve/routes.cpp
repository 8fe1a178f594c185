// The table of routes: one line each.
#include "serve/routes.h"

namespace moru::serve {

std::span<const Route> routes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/chat/completions", chat_completions},
      Route{"GET", "/v1/models", list_models},
      Route{"GET", "/v1/models/*", retrieve_model},
      Route{"GET", "/health", health},
      Route{"GET", "/", chat_page},
  };
  return kRoutes;
}

}  // namespace moru::serve
