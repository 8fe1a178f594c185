// Any bytes as a chat template: it renders, or is an Error; within its limits.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "text/jinja.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const nlohmann::ordered_json variables = nlohmann::ordered_json::parse(
      R"({"messages": [{"role": "user", "content": "안녕 hello"}, {"role": "assistant", "content": null,
          "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]}], "tools": [{"name": "f"}], "n": 3, "x": 2.5,
          "s": "text", "l": [3, 1, 2], "t": true, "add_generation_prompt": true})");
  moru::text::JinjaLimits limits;
  limits.steps = 20'000;
  limits.bytes = 1 << 20;
  limits.time = std::chrono::milliseconds(500);
  try {
    const moru::text::JinjaTemplate parsed({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (parsed.render(variables, limits).size() > limits.bytes) std::abort();
  } catch (const moru::Error&) {
  }
  return 0;
}
