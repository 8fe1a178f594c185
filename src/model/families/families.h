// The families: one file each here, one line each in the list of family.cpp.
#pragma once

#include "model/family.h"

namespace moru::model {

Family exaone_family();      ///< EXAONE 3.5
Family exaone4_family();     ///< EXAONE 4.0
Family exaone_moe_family();  ///< K-EXAONE 1.0 and 2.0
Family gemma3_family();      ///< Gemma 3, its text part
Family llama_family();       ///< Llama 2 and 3, SmolLM2
Family qwen3_family();
Family qwen3_moe_family();

}  // namespace moru::model
