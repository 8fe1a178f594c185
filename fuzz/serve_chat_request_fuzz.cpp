// The body of POST /v1/chat/completions: whatever comes, it is read or refused in the API's shape.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "serve/api_error.h"
#include "serve/chat_request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru;
  try {
    const serve::ChatRequest request =
        serve::parse_chat_request(std::string_view(reinterpret_cast<const char*>(data), size));
    const infer::SamplingParameters parameters = serve::sampling_of(request, {}, 1);
    const bool good = !request.model.empty() && !request.messages.empty() && parameters.max_tokens >= 1 &&
                      parameters.temperature >= 0 && parameters.temperature <= 2 && parameters.top_p >= 0 &&
                      parameters.top_p <= 1 && parameters.stop.size() <= 4;
    if (!good) std::abort();
  } catch (const serve::ApiError& error) {
    if (error.status() != 400 || error.json().empty()) std::abort();
  }
  return 0;
}
