#include "core/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/language.h"

namespace moru {
namespace {

constexpr size_t kWriteBuffer = size_t{1} << 20;  // one system call a megabyte: past that, the disk is the limit

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : value_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  explicit operator bool() const { return value_ >= 0; }

 private:
  int value_;
};

std::string cannot(std::string_view english, std::string_view korean) {
  return std::string(tr(english, korean));
}

void write_all(int descriptor, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      throw system_error(path.string(), cannot("cannot write", "쓸 수 없습니다"), errno);
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

fs::path parent_or_here(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

std::string read_file(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0)
    throw system_error(path.string(), cannot("cannot read", "읽을 수 없습니다"), errno);
  if (S_ISDIR(info.st_mode)) throw system_error(path.string(), cannot("cannot read", "읽을 수 없습니다"), EISDIR);
  std::string bytes(static_cast<size_t>(std::max<off_t>(info.st_size, 0)), '\0');
  size_t done = 0;
  for (;;) {
    if (done == bytes.size()) bytes.resize(bytes.size() + 4096);  // also files that give no size, as in /proc
    const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0) {
      if (errno == EINTR) continue;
      throw system_error(path.string(), cannot("cannot read", "읽을 수 없습니다"), errno);
    }
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

void write_file_atomic(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void make_directories(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code)
    throw system_error(path.string(), cannot("cannot make the folder", "폴더를 만들 수 없습니다"), code.value());
}

void sync_directory(const fs::path& path) {
  const Descriptor directory(path, O_RDONLY | O_DIRECTORY);
  if (!directory || ::fsync(directory.get()) != 0)
    throw system_error(path.string(), cannot("cannot sync the folder", "폴더를 디스크에 쓸 수 없습니다"), errno);
}

void sync_tree(const fs::path& path) {
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.is_directory() && !entry.is_symlink()) {
      sync_tree(entry.path());
    } else if (entry.is_regular_file()) {
      const Descriptor file(entry.path(), O_RDONLY);
      if (!file || ::fsync(file.get()) != 0)
        throw system_error(entry.path().string(), cannot("cannot sync", "디스크에 쓸 수 없습니다"), errno);
    }
  }
  sync_directory(path);
}

std::vector<fs::path> list_files(const fs::path& root) {
  std::error_code code;
  std::vector<fs::path> files;
  fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, code);
  if (code) throw system_error(root.string(), cannot("cannot list the folder", "폴더를 열 수 없습니다"), code.value());
  for (; it != fs::recursive_directory_iterator(); it.increment(code)) {
    if (code)
      throw system_error(root.string(), cannot("cannot list the folder", "폴더를 열 수 없습니다"), code.value());
    if (it->is_regular_file(code)) files.push_back(it->path().lexically_relative(root));
  }
  std::ranges::sort(files, {}, [](const fs::path& p) -> const std::string& { return p.native(); });
  return files;
}

MappedFile::MappedFile(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0)
    throw system_error(path.string(), cannot("cannot read", "읽을 수 없습니다"), errno);
  if (!S_ISREG(info.st_mode)) throw system_error(path.string(), cannot("cannot map", "매핑할 수 없습니다"), EINVAL);
  size_ = static_cast<size_t>(info.st_size);
  if (size_ == 0) return;
  void* map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (map == MAP_FAILED) throw system_error(path.string(), cannot("cannot map", "매핑할 수 없습니다"), errno);
  data_ = static_cast<const std::byte*>(map);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  temporary_ = path_;
  temporary_ += fmt::format(".{}.partial", ::getpid());
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw system_error(path_.string(), cannot("cannot write", "쓸 수 없습니다"), errno);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      buffer_(std::move(other.buffer_)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() <= kWriteBuffer) {
    buffer_.append(bytes);
    return;
  }
  flush();
  if (bytes.size() >= kWriteBuffer) {
    write_all(descriptor_, bytes, path_);
  } else {
    buffer_.append(bytes);
  }
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void AtomicFile::flush() {
  write_all(descriptor_, buffer_, path_);
  buffer_.clear();
}

void AtomicFile::commit() {
  flush();
  if (::fsync(descriptor_) != 0) throw system_error(path_.string(), cannot("cannot write", "쓸 수 없습니다"), errno);
  ::close(std::exchange(descriptor_, -1));
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int code = errno;
    ::unlink(temporary_.c_str());
    throw system_error(path_.string(), cannot("cannot rename into place", "제자리로 옮길 수 없습니다"), code);
  }
  sync_directory(parent_or_here(path_));
}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent) {
  std::string pattern = ((parent.empty() ? fs::temp_directory_path() : parent) / "moru-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw system_error(pattern, cannot("cannot make the folder", "폴더를 만들 수 없습니다"), errno);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace moru
