#include "collect/member_queue.h"

#include <cstring>

#include "collect/plan.h"

namespace moru::collect {
namespace {

constexpr char kMark = 'M';
constexpr size_t kBatchBytes = 256 << 10;  // tens of milliseconds of work: enough to keep all workers busy to the end
constexpr size_t kBatchMembers = 64;

void put(std::string& out, uint64_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void put(std::string& out, std::string_view text) {
  put(out, uint64_t{text.size()});
  out += text;
}

/// Takes a request apart; what runs past its end is no request of ours.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  size_t at() const { return at_; }
  bool done() const { return at_ == text_.size(); }
  std::string_view bytes(uint64_t size) {
    if (size > text_.size() - at_) throw std::runtime_error("a damaged request");
    const std::string_view found = text_.substr(at_, size);
    at_ += size;
    return found;
  }
  uint64_t number() {
    uint64_t value = 0;
    std::memcpy(&value, bytes(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return bytes(number()); }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

MemberQueue::MemberQueue(SandboxStream& stream, size_t file, const PlannedFile& planned, const Extractor* extractor,
                         Output& output)
    : stream_(stream), planned_(planned), extractor_(extractor), output_(output), head_(1, kMark) {
  put(head_, uint64_t{file});
  put(head_, planned.hash);
}

void MemberQueue::add(const Member& member, std::string_view inside, int depth, const Unpacked& unpacked) {
  if (batch_.size() + member.bytes.size() > kBatchBytes) flush();
  put(batch_, inside);
  put(batch_, static_cast<uint64_t>(depth));
  put(batch_, unpacked.packed);
  put(batch_, unpacked.entries);
  put(batch_, unpacked.bytes);
  put(batch_, member.name);
  put(batch_, member.format_name);
  put(batch_, member.modified);
  put(batch_, member.licence.id);
  put(batch_, member.licence.evidence);
  put(batch_, uint64_t{member.metadata.size()});
  for (const auto& [key, value] : member.metadata) {
    put(batch_, key);
    put(batch_, value);
  }
  put(batch_, member.bytes);
  if (++members_ == kBatchMembers) flush();
}

void MemberQueue::flush() {
  AnswerWriter answer;
  answer.take(planned_, extractor_, output_);
  if (!answer.empty()) stream_.piece(answer.finish());
  if (members_ > 0) stream_.spawn(head_ + batch_);
  members_ = 0;
  batch_.clear();
}

bool MemberBatch::is_one(std::string_view request) {
  return request.starts_with(kMark);
}

MemberBatch::MemberBatch(std::string_view request) : request_(request) {
  Cursor cursor(request);
  cursor.bytes(1);
  file_ = cursor.number();
  hash_ = cursor.text();
  while (!cursor.done()) {
    begins_.push_back(cursor.at());
    Entry& entry = entries_.emplace_back();
    entry.inside = cursor.text();
    entry.depth = static_cast<int>(cursor.number());
    entry.unpacked.packed = cursor.number();
    entry.unpacked.entries = cursor.number();
    entry.unpacked.bytes = cursor.number();
    entry.member.name = cursor.text();
    entry.member.format_name = cursor.text();
    entry.member.modified = cursor.text();
    entry.member.licence.id = cursor.text();
    entry.member.licence.evidence = cursor.text();
    for (uint64_t left = cursor.number(); left > 0; --left) {
      const std::string_view key = cursor.text();
      entry.member.metadata.emplace(key, cursor.text());
    }
    entry.member.bytes = cursor.text();
  }
}

std::string MemberBatch::path_in_file(const Entry& entry) {
  return entry.inside.empty() ? std::string(entry.member.name) : fmt::format("{}!/{}", entry.inside, entry.member.name);
}

std::string MemberBatch::rest(size_t first) const {
  if (first >= entries_.size()) return "";
  return std::string(request_.substr(0, begins_.front())) + std::string(request_.substr(begins_[first]));
}

}  // namespace moru::collect
