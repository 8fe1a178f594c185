// Signatures of requests to S3 storage: AWS Signature Version 4 with the signature in the Authorization header.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

struct S3Credentials {
  std::string access_key, secret_key, session_token;
};

struct S3Request {
  std::string host;                              ///< As in the Host header, with a port that is not the usual one.
  std::string path = "/";                        ///< Percent-encoded once, "/" as it is.
  std::map<std::string, std::string> query;      ///< Not encoded.
  std::map<std::string, std::string> headers{};  ///< Further ones to sign; names in lower case.
  std::string method = "GET";
  std::string body_sha256{};  ///< Empty: there is no body.
};

/// The query in its canonical form, as it must be sent: sorted, encoded by RFC 3986.
std::string s3_query(const std::map<std::string, std::string>& query);

/// Headers that sign a request at `now` (seconds since 1970): Authorization, x-amz-date, x-amz-content-sha256 and,
/// with a session token, x-amz-security-token. "Name: value".
std::vector<std::string> sign_s3_request(const S3Request& request, const std::string& region,
                                         const S3Credentials& credentials, int64_t now);

/// The credentials of a profile in a file as AWS tools write it ("[default]", "aws_access_key_id = …"); nothing in it
/// where the profile is not there.
S3Credentials parse_s3_credentials(std::string_view text, std::string_view profile);

/// A page of a listing (ListObjectsV2, encoding-type=url).
struct S3Object {
  std::string key, etag, modified;  ///< The time as the server writes it (ISO 8601).
  uint64_t size = 0;
};
struct S3Listing {
  std::vector<S3Object> objects;
  std::string next;           ///< Continuation token; empty on the last page.
  std::string code, message;  ///< Of an error answer.
  bool whole = false;         ///< The XML was complete.
};
S3Listing parse_s3_listing(std::string_view xml);

}  // namespace moru::collect
