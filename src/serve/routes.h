// The routes' functions: one file each in routes/, one line of registration in routes.cpp.
#pragma once

#include "serve/http.h"

namespace moru::serve {

void chat_completions(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply);
void list_models(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply);
void retrieve_model(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply);
void health(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply);
void chat_page(const Service& service, const Request& request, const std::shared_ptr<Reply>& reply);

}  // namespace moru::serve
