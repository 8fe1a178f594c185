// E-mail: one message, its text as a document, its attachments by their own formats.
#include "collect/builder.h"
#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/mail_mime.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

std::string field(const MailPart& part, const char* name) {
  const auto it = part.fields.find(name);
  return it == part.fields.end() ? std::string() : decode_mail_header(it->second);
}

/// Lines that were broken for transport are joined again (RFC 3676).
std::string unflowed(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(' ')) line.remove_prefix(1);
    out += line;
    if (!line.ends_with(' ') || line == "-- ") out += '\n';
  }
  return out;
}

/// A title before all else, if the document has none.
void put_title(data::Document& document, std::string_view title) {
  if (!document.title.empty() || title.empty()) return;
  DocumentBuilder builder;
  builder.title(title);
  data::Document head = builder.finish();
  if (head.title.empty()) return;
  head.text += document.text.empty() ? "" : "\n";
  for (data::Block& block : document.blocks) {
    block.range.begin += head.text.size();
    block.range.end += head.text.size();
    head.blocks.push_back(std::move(block));
  }
  head.text += document.text;
  document.title = std::move(head.title);
  document.text = std::move(head.text);
  document.blocks = std::move(head.blocks);
}

bool says_nothing(const data::Document& document) {
  return std::ranges::all_of(document.blocks, [](const data::Block& b) { return b.kind == data::BlockKind::title; });
}

class Message {
 public:
  Message(const Input& input, Output& output) : input_(input), output_(output), root_(parse_mail(input.bytes)) {}

  void read() {
    if (root_.fields.empty()) throw Unreadable("damaged", "no header fields where a message begins");
    std::string subject = field(root_, "subject");
    data::Document document;
    bool has_text = false;
    std::vector<const MailPart*> bodies, attachments;
    sort_parts(root_, bodies, attachments);
    for (const MailPart* part : bodies) {
      data::Document text = text_of(*part, has_text ? std::string_view() : std::string_view(subject));
      if (!has_text || says_nothing(document))
        document = std::move(text);
      else
        append(document, text);
      has_text = true;
    }
    if (!has_text || says_nothing(document)) put_title(document, subject);
    static constexpr std::pair<const char*, const char*> kNames[] = {{"from", "from"},
                                                                     {"to", "to"},
                                                                     {"cc", "cc"},
                                                                     {"subject", "subject"},
                                                                     {"message-id", "message_id"},
                                                                     {"in-reply-to", "in_reply_to"}};
    for (const auto& [theirs, ours] : kNames)
      if (std::string value = field(root_, theirs); !value.empty() && value.size() <= 4096)
        document.metadata[ours] = std::move(value);
    if (std::string date = mail_date(field(root_, "date")); !date.empty()) document.metadata["date"] = std::move(date);
    document.source.range = {0, input_.bytes.size()};
    // A message that only carries something is what it carries.
    if (!says_nothing(document) || attachments.empty()) output_.documents.push_back(std::move(document));
    size_t number = 0;
    for (const MailPart* part : attachments) attach(*part, ++number);
  }

 private:
  void sort_parts(const MailPart& part, std::vector<const MailPart*>& bodies,
                  std::vector<const MailPart*>& attachments) {
    if (!part.parts.empty()) {
      if (part.type.value == "multipart/alternative") {
        alternatives(part, bodies, attachments);
      } else {
        for (const MailPart& inner : part.parts) sort_parts(inner, bodies, attachments);
      }
      return;
    }
    const bool text = part.type.value == "text/plain" || part.type.value == "text/html";
    const bool attached = part.attached || (!part.file_name.empty() && &part != &root_);
    if (text && !attached)
      bodies.push_back(&part);
    else if (!part.type.value.starts_with("multipart/"))
      attachments.push_back(&part);
    else if (!text::trim(part.body).empty())
      bodies.push_back(&part);  // a multipart without its parts
  }

  /// Of several forms of one text: the plain one, unless the other says much more.
  void alternatives(const MailPart& part, std::vector<const MailPart*>& bodies,
                    std::vector<const MailPart*>& attachments) {
    std::vector<std::vector<const MailPart*>> ways;
    for (const MailPart& inner : part.parts) sort_parts(inner, ways.emplace_back(), attachments);
    size_t best = ways.size(), most = 0;
    for (size_t i = 0; i < ways.size(); ++i) {
      size_t length = 0;
      for (const MailPart* body : ways[i]) length += text_of(*body, {}).text.size();
      if (length > 0 && (best == ways.size() || length > 2 * most)) {
        best = i;
        most = length;
      }
    }
    if (best < ways.size()) std::ranges::move(ways[best], std::back_inserter(bodies));
  }

  data::Document text_of(const MailPart& part, std::string_view title) const {
    const auto charset = part.type.parameters.find("charset");
    const Decoded decoded = decode(mail_body(part), charset == part.type.parameters.end() ? "" : charset->second);
    data::Document document;
    if (part.type.value == "text/html") {
      Output inner;
      extract_html({input_.path, decoded.text, {0, decoded.text.size()}, input_.source, input_.depth}, inner);
      if (!inner.documents.empty()) document = std::move(inner.documents.front());
      document.metadata.clear();
      put_title(document, title);
    } else {
      const auto format = part.type.parameters.find("format");
      const bool flowed = format != part.type.parameters.end() && format->second == "flowed";
      document = plain_text_document(flowed ? unflowed(decoded.text) : decoded.text, title);
    }
    if (decoded.encoding != "utf-8") document.metadata["encoding"] = decoded.encoding;
    return document;
  }

  static void append(data::Document& to, data::Document& from) {
    if (from.text.empty()) return;
    if (!to.text.empty()) to.text += '\n';
    for (data::Block& block : from.blocks) {
      block.range.begin += to.text.size();
      block.range.end += to.text.size();
      if (block.kind == data::BlockKind::title) {
        block.kind = data::BlockKind::heading;
        block.level = 1;
      }
      to.blocks.push_back(std::move(block));
    }
    to.text += from.text;
  }

  void attach(const MailPart& part, size_t number) {
    std::string name = part.file_name;
    if (part.type.value == "message/rfc822" && !text::lower(name).ends_with(".eml"))
      name = (name.empty() ? fmt::format("message-{}", number) : name) + ".eml";
    if (name.empty()) {
      // What has no name is known by its type.
      const std::string kind = part.type.value.substr(part.type.value.find('/') + 1);
      name = fmt::format("part-{}.{}", number, kind == "plain" ? "txt" : kind);
    }
    try {
      extract_member(input_, name, mail_body(part), output_);
    } catch (const TooMuchUnpacked&) {
      throw;
    } catch (const Unreadable& problem) {  // messages in messages, too deep: the other attachments are read
      output_.set_aside.push_back(problem);
    }
  }

  const Input& input_;
  Output& output_;
  MailPart root_;
};

}  // namespace

bool recognise_eml(std::string_view head) {
  const size_t colon = head.find(':');
  if (colon == std::string_view::npos || colon > 40) return false;
  static constexpr std::string_view kFirst[] = {"Return-Path", "Received",       "Delivered-To", "X-Original-To",
                                                "From",        "Date",           "Message-ID",   "MIME-Version",
                                                "Subject",     "DKIM-Signature", "Message-Id"};
  if (std::ranges::find(kFirst, head.substr(0, colon)) == std::end(kFirst)) return false;
  const auto has = [&](std::string_view name) {
    return head.starts_with(name.substr(1)) || head.find(name) != std::string_view::npos;
  };
  return has("\nFrom:") && has("\nDate:") && (has("\nMessage-ID:") || has("\nMessage-Id:"));
}

void extract_eml(const Input& input, Output& output) {
  Message(input, output).read();
}

}  // namespace moru::collect
