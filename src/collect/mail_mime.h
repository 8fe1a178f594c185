// Internet messages: header fields (RFC 5322), encoded words (RFC 2047), parameters (RFC 2231) and the tree of parts
// (RFC 2045, 2046).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// A header field's value as it is read: lines joined, "=?euc-kr?B?…?=" decoded, bytes that are no UTF-8 decoded by
/// guess.
std::string decode_mail_header(std::string_view value);

/// "text/plain; charset=utf-8": what comes first in lower case, and its parameters, decoded, by name in lower case.
struct MailValue {
  std::string value;
  std::map<std::string, std::string> parameters;
};
MailValue parse_mail_value(std::string_view field);

/// "2024-03-01T00:00:00Z" of "Fri, 1 Mar 2024 09:00:00 +0900", or empty.
std::string mail_date(std::string_view field);

struct MailPart {
  /// Names in lower case; of several fields of one name the first. Undecoded, lines joined.
  std::map<std::string, std::string> fields;
  MailValue type;               ///< "text/plain" where the part says nothing.
  std::string file_name;        ///< As the disposition or type says, without folders; else empty.
  bool attached = false;        ///< Is its disposition "attachment"?
  std::string_view body;        ///< As it is transported.
  std::vector<MailPart> parts;  ///< Of a multipart.
};

/// The message's tree. Parts nested deeper than 16, and those past the first 10,000, stay in their parent's body.
MailPart parse_mail(std::string_view bytes);

/// The body's bytes: base64 and quoted-printable undone; what is wrong in them is passed over.
std::string mail_body(const MailPart& part);

}  // namespace moru::collect
