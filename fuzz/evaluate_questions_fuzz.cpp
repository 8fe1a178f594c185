// The questions file: JSON that a user writes by hand.
#include "core/error.h"
#include "evaluate/questions.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  try {
    moru::evaluate::parse_questions({reinterpret_cast<const char*>(bytes), size}, "fuzz", "fuzz");
  } catch (const moru::Error&) {
  }
  return 0;
}
