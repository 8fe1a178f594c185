#include "collect/s3_signature.h"

#include <openssl/hmac.h>

#include <charconv>
#include <ctime>

#include "collect/url.h"
#include "collect/xml_scan.h"
#include "core/hash.h"

namespace moru::collect {
namespace {

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// A key of a listing with encoding-type=url; "+" is a space there.
std::string decoded_key(std::string text) {
  for (char& c : text)
    if (c == '+') c = ' ';
  return percent_decoded(text);
}

}  // namespace

std::string s3_query(const std::map<std::string, std::string>& query) {
  std::string out;
  for (const auto& [name, value] : query)
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", percent_encoded(name), percent_encoded(value));
  return out;
}

std::vector<std::string> sign_s3_request(const S3Request& request, const std::string& region,
                                         const S3Credentials& credentials, int64_t now) {
  const time_t time = now;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  const std::string stamp = text, day = stamp.substr(0, 8);
  const std::string body = request.body_sha256.empty() ? sha256("") : request.body_sha256;

  std::map<std::string, std::string> headers = request.headers;
  headers["host"] = request.host;
  headers["x-amz-date"] = stamp;
  headers["x-amz-content-sha256"] = body;
  if (!credentials.session_token.empty()) headers["x-amz-security-token"] = credentials.session_token;
  std::string canonical_headers, names;
  for (const auto& [name, value] : headers) {
    canonical_headers += fmt::format("{}:{}\n", name, trimmed(value));
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path,
                                            s3_query(request.query), canonical_headers, names, body);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", stamp, scope, sha256(canonical));
  const std::string key = hmac(hmac(hmac(hmac("AWS4" + credentials.secret_key, day), region), "s3"), "aws4_request");

  std::vector<std::string> out;
  for (const auto& [name, value] : headers)
    if (name != "host") out.push_back(name + ": " + value);
  out.push_back(fmt::format("Authorization: AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}",
                            credentials.access_key, scope, names, hex(hmac(key, to_sign))));
  return out;
}

S3Credentials parse_s3_credentials(std::string_view text, std::string_view profile) {
  S3Credentials credentials;
  bool in_profile = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[') && line.ends_with(']')) {
      in_profile = trimmed(line.substr(1, line.size() - 2)) == profile;
      continue;
    }
    const size_t equals = line.find('=');
    if (!in_profile || equals == std::string_view::npos || line.starts_with('#')) continue;
    const std::string_view name = trimmed(line.substr(0, equals)), value = trimmed(line.substr(equals + 1));
    if (name == "aws_access_key_id") credentials.access_key = value;
    if (name == "aws_secret_access_key") credentials.secret_key = value;
    if (name == "aws_session_token") credentials.session_token = value;
  }
  return credentials;
}

S3Listing parse_s3_listing(std::string_view xml) {
  S3Listing listing;
  S3Object object;
  listing.whole = scan_xml(xml, [&](std::span<const std::string_view> path, std::string_view text) {
    const std::string_view name = path.back();
    if (path.size() == 2 && name == "Contents") {
      if (!object.key.empty()) listing.objects.push_back(std::move(object));
      object = S3Object();
    } else if (path.size() == 3 && path[1] == "Contents") {
      if (name == "Key") object.key = decoded_key(std::string(text));
      if (name == "ETag") object.etag = text;
      if (name == "LastModified") object.modified = text.substr(0, 40);
      if (name == "Size") std::from_chars(text.data(), text.data() + text.size(), object.size);
    } else if (path.size() == 2) {
      if (name == "NextContinuationToken") listing.next = text;
      if (name == "Code") listing.code = text.substr(0, 100);
      if (name == "Message") listing.message = text.substr(0, 500);
    }
  });
  return listing;
}

}  // namespace moru::collect
