// The machine that a build runs on, as the ledger and the bill of materials name it.
#pragma once

#include "core/json.h"

namespace moru::pipeline {

/// {"processor", "threads", "memory_gib", "system"}: the same at every call on one machine.
Json machine();

}  // namespace moru::pipeline
