// Addresses on the web, as RFC 3986 splits, resolves and normalises them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moru::collect {

/// An http or https address in its normal form: lower-case scheme and host, no default port, no user, no fragment, "/"
/// for an empty path, no dot segments, percent-encoding in upper case and of nothing that needs none.
struct Url {
  std::string scheme, host;
  int port = 0;            ///< 0: the scheme's own.
  std::string path = "/";  ///< Percent-encoded.
  std::string query;       ///< Without "?"; has_query tells an empty one from none.
  bool has_query = false;

  std::string text() const;
  /// "https://host" or "https://host:8443": whom one is polite to, and whose robots.txt holds.
  std::string origin() const;
  /// The path with its query, as it stands in a request.
  std::string target() const;
};

/// Nothing for another scheme, a missing host, a user or password, control characters, or more than 4,096 bytes.
std::optional<Url> parse_url(std::string_view text);

/// A link on the page `base`; nothing where it leads to no web address (mailto:, javascript:).
std::optional<Url> resolve_url(const Url& base, std::string_view link);

/// "%41" in upper case, what is unreserved decoded, what may not stand in an address encoded.
std::string normal_percent(std::string_view text);

/// All but what is unreserved as "%XX", for one component of an address.
std::string percent_encoded(std::string_view text);

/// Percent-decoded; a "%" that begins no code stays.
std::string percent_decoded(std::string_view text);

}  // namespace moru::collect
