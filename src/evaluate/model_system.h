// A model as something that answers questions.
#pragma once

#include <string>

#include "evaluate/evaluate.h"
#include "infer/engine.h"

namespace moru::evaluate {

/// Asks the model each question as a conversation of one user's message, taking the likeliest token each time; at most
/// 160 tokens an answer, as long as the answers it is trained on. A question that does not fit the engine's context is
/// left unanswered, and said. What else the engine throws comes through. The engine must outlive the system.
System model_system(std::string name, infer::Engine& engine);

}  // namespace moru::evaluate
