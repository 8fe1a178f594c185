// What servers and pages send, as far as we read it ourselves: addresses, links, sitemaps, listings, the index.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "collect/fetch_store.h"
#include "collect/http_client.h"
#include "collect/page_signals.h"
#include "collect/s3_signature.h"
#include "collect/sitemap.h"
#include "collect/url.h"
#include "core/error.h"
#include "core/json.h"

using namespace moru::collect;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Url base = *parse_url("https://example.org/a/b?c");
  if (const auto url = resolve_url(base, text)) {
    const auto again = parse_url(url->text());
    if (!again || again->text() != url->text()) std::abort();  // the normal form is one
  }
  PageSignals signals = read_page_signals(text);
  for (const std::string& link : signals.links) resolve_url(base, link);
  add_header_signals({{"x-robots-tag", std::string(text)}, {"tdm-reservation", "1"}}, "moru", signals);
  const Sitemap sitemap = read_sitemap(text);
  if (sitemap.pages.size() + sitemap.sitemaps.size() > 50'000) std::abort();
  parse_s3_listing(text);
  parse_s3_credentials(text, "default");
  retry_after(text, 0);
  try {
    const moru::Json json = moru::parse_json(text, "index");
    if (json.is_object()) {
      const Fetched fetched = fetched_from_json(json);
      if (!fetched.sha256.empty() && fetched.sha256.find('/') != std::string::npos) std::abort();
    }
  } catch (const moru::Error&) {
  }
  return 0;
}
