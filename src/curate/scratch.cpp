#include "curate/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

#include "core/error.h"
#include "core/language.h"

namespace moru::curate {
namespace {

constexpr size_t kWriteBytes = size_t{1} << 20;

}  // namespace

ScratchFile::ScratchFile(std::filesystem::path folder, uint64_t memory)
    : folder_(folder.empty() ? std::filesystem::temp_directory_path() : std::move(folder)), memory_(memory) {}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      memory_(other.memory_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      written_(std::exchange(other.written_, 0)),
      buffer_(std::exchange(other.buffer_, {})) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(memory_, other.memory_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(written_, other.written_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ScratchFile::fail(int code) const {
  throw system_error(folder_.string(), std::string(tr("cannot use a temporary file", "임시 파일을 쓸 수 없습니다")),
                     code);
}

uint64_t ScratchFile::append(std::string_view bytes) {
  const uint64_t offset = size();
  const size_t limit = spilled() ? kWriteBytes : memory_;
  if (buffer_.size() + bytes.size() > limit) write_out();
  // Growing by doubling would need half as much again; pages that are not touched cost nothing.
  if (buffer_.size() + bytes.size() > buffer_.capacity() && buffer_.capacity() >= kWriteBytes)
    buffer_.reserve(std::max<size_t>(spilled() ? kWriteBytes : memory_, buffer_.size() + bytes.size()));
  buffer_ += bytes;
  return offset;
}

void ScratchFile::write_out() {
  if (descriptor_ < 0) {
    descriptor_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {  // not every file system has files without a name
      std::string path = (folder_ / "moru-scratch-XXXXXX").string();
      descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
      if (descriptor_ < 0) fail(errno);
      ::unlink(path.c_str());
    }
  }
  for (size_t done = 0; done < buffer_.size();) {
    const ssize_t n = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(errno);
    done += static_cast<size_t>(n);
  }
  written_ += buffer_.size();
  if (buffer_.capacity() > 2 * kWriteBytes) {
    buffer_ = {};
  } else {
    buffer_.clear();
  }
}

void ScratchFile::read(uint64_t offset, char* to, size_t size) const {
  assert(offset + size <= this->size());
  while (size > 0 && offset < written_) {
    const ssize_t n = ::pread(descriptor_, to, std::min<uint64_t>(size, written_ - offset), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(n < 0 ? errno : EIO);
    to += n;
    offset += static_cast<uint64_t>(n);
    size -= static_cast<size_t>(n);
  }
  if (size > 0) std::memcpy(to, buffer_.data() + (offset - written_), size);
}

void ScratchTexts::add(std::string_view text) {
  bytes_.append(text);
  const uint64_t end = bytes_.size();
  ends_.append({reinterpret_cast<const char*>(&end), sizeof end});
}

std::string ScratchTexts::at(uint64_t number) const {
  std::array<uint64_t, 2> range{};
  if (number == 0) {
    ends_.read(0, reinterpret_cast<char*>(&range[1]), sizeof range[1]);
  } else {
    ends_.read((number - 1) * sizeof(uint64_t), reinterpret_cast<char*>(range.data()), sizeof range);
  }
  std::string text(range[1] - range[0], '\0');
  bytes_.read(range[0], text.data(), text.size());
  return text;
}

ScratchReader::ScratchReader(const ScratchFile& file, uint64_t begin, uint64_t end, size_t buffer)
    : file_(&file), next_(begin), end_(std::min(end, file.size())), capacity_(buffer) {}

bool ScratchReader::read(char* to, size_t size) {
  if (at_ == buffer_.size() && next_ == end_) return size == 0;
  while (size > 0) {
    if (at_ == buffer_.size()) {
      assert(next_ < end_);
      buffer_.resize(std::min<uint64_t>(capacity_, end_ - next_));
      file_->read(next_, buffer_.data(), buffer_.size());
      next_ += buffer_.size();
      at_ = 0;
    }
    const size_t n = std::min(size, buffer_.size() - at_);
    std::memcpy(to, buffer_.data() + at_, n);
    at_ += n;
    to += n;
    size -= n;
  }
  return true;
}

}  // namespace moru::curate
