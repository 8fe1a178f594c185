// WARC files of web crawls: every response that a server gave, by its own format.
#include <xxhash.h>

#include <unordered_set>

#include "collect/archive_file.h"
#include "collect/media_type.h"
#include "collect/warc_reader.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kChunk = 128 << 10;

std::string field(const HeaderFields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

/// WARC 1.0 writers put the address in angle brackets.
std::string target_of(const HeaderFields& fields) {
  std::string target = field(fields, "warc-target-uri");
  if (target.starts_with('<') && target.ends_with('>')) target = target.substr(1, target.size() - 2);
  return target;
}

/// What the path of an address would be called as a file.
std::string file_name(std::string_view url, std::string_view media_type, std::string_view body) {
  url = url.substr(0, url.find_first_of("?#"));
  const size_t host = url.find("://");
  const size_t path = host == std::string_view::npos ? 0 : url.find('/', host + 3);
  std::string name = name_for_media_type(path == std::string_view::npos ? "/" : url.substr(path), media_type);
  if (extractor_for(name) != nullptr) return name;
  const std::string begin = text::lower(text::repair_utf8(body.substr(0, 256)));
  if (begin.find("<!doctype html") != std::string::npos || begin.find("<html") != std::string::npos)
    return name + ".html";
  return media_type.starts_with("text/plain") ? name + ".txt" : name;
}

bool is_wanted(const HeaderFields& fields) {
  const std::string type = field(fields, "warc-type");
  const std::string target = target_of(fields);
  return (type == "response" || type == "resource") &&
         (target.starts_with("http://") || target.starts_with("https://") || target.starts_with("file:"));
}

class Reading {
 public:
  Reading(const Input& input, Output& output)
      : input_(input), output_(output), file_(input, ArchiveFile::Formats::stream) {
    if (input.unpacked == nullptr) {
      std::error_code code;
      const bool on_disk = input.bytes.empty() && !input.real.empty();
      own_.packed = on_disk ? std::filesystem::file_size(std::string(input.real), code) : input.bytes.size();
      inner_.unpacked = &own_;
    }
  }

  void all() {
    ArchiveFile::Entry entry;
    if (!file_.next(entry)) throw Unreadable("no-text", "an empty file");
    WarcReader reader([this](std::string& out) { more(out); }, input_.source.extract.member_bytes);
    WarcRecord record;
    while (reader.next(record, is_wanted)) one(record);
    if (reader.records() == 0) throw Unreadable("damaged", "WARC: no record");
  }

 private:
  void more(std::string& out) {
    const size_t n = file_.read(buffer_.data(), buffer_.size());
    count_unpacked(input_, *inner_.unpacked, n, 0);
    out.append(buffer_.data(), n);
    output_.alive();
  }

  void set_aside(const std::string& name, std::string reason, const std::string& detail) {
    output_.set_aside.emplace_back(std::move(reason), detail.empty() ? name : name + ": " + detail).set_member(name);
  }

  void one(const WarcRecord& record) {
    count_unpacked(input_, *inner_.unpacked, 0, 1);
    const std::string url = target_of(record.fields);
    std::string name = url;
    // A page that was fetched again is another document.
    for (int copy = 2; !names_.insert(XXH3_64bits(name.data(), name.size())).second; ++copy)
      name = fmt::format("{}#{}", url, copy);
    try {
      if (record.too_large) throw Unreadable("too-large", field(record.fields, "content-length") + " bytes");
      Member member{.name = name, .bytes = record.block};
      HttpMessage message;
      std::string media_type = field(record.fields, "content-type");
      if (media_type.starts_with("application/http") || record.block.starts_with("HTTP/")) {
        message = parse_http_response(record.block, input_.source.extract.member_bytes);
        // What a server says instead of a page is no document; a redirection says where that is.
        if (message.status != 200 && message.status != 203) return;
        media_type = field(message.fields, "content-type");
        member.bytes = message.body;
      }
      if (member.bytes.empty()) return;
      member.format_name = file_name(url, media_type, member.bytes);
      member.modified = field(record.fields, "warc-date");
      member.metadata = {{"url", url}};
      if (!member.modified.empty()) member.metadata["warc_date"] = member.modified;
      if (!media_type.empty()) member.metadata["media_type"] = media_type;
      extract_member(inner_, member, output_);
    } catch (const TooMuchUnpacked&) {
      throw;
    } catch (const Unreadable& problem) {
      set_aside(name, problem.reason(), problem.what());
    }
  }

  const Input& input_;
  Output& output_;
  Unpacked own_;
  Input inner_ = input_;
  ArchiveFile file_;
  std::unordered_set<uint64_t> names_;  // hashes; never gone through
  std::vector<char> buffer_ = std::vector<char>(kChunk);
};

}  // namespace

void extract_warc(const Input& input, Output& output) {
  Reading(input, output).all();
}

}  // namespace moru::collect
