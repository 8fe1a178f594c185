#include "curate/spool.h"

#include <cerrno>

#include "core/error.h"
#include "core/language.h"

namespace moru::curate {
namespace {

[[noreturn]] void fail() {
  throw system_error(std::filesystem::temp_directory_path().string(),
                     std::string(tr("cannot use a temporary file", "임시 파일을 쓸 수 없습니다")), errno);
}

}  // namespace

void Spool::add(std::string record) {
  ++count_;
  if (!file_ && memory_ + record.size() <= memory_limit_) {
    memory_ += record.size();
    held_.push_back(std::move(record));
    return;
  }
  if (!file_) {
    // Unnamed, so that a killed run leaves nothing behind.
    std::string path = (std::filesystem::temp_directory_path() / "moru-curate-XXXXXX").string();
    const int descriptor = ::mkstemp(path.data());
    if (descriptor < 0) fail();
    std::filesystem::remove(path);
    file_.reset(::fdopen(descriptor, "w+b"));
    if (!file_) fail();
  }
  const uint64_t size = record.size();
  if (std::fwrite(&size, sizeof size, 1, file_.get()) != 1 || std::fwrite(record.data(), 1, size, file_.get()) != size)
    fail();
}

void Spool::drain(const std::function<void(std::string)>& use) {
  while (!held_.empty()) {
    std::string record = std::move(held_.front());
    held_.pop_front();
    use(std::move(record));
  }
  memory_ = 0;
  if (!file_) return;
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) fail();
  uint64_t size = 0;
  while (std::fread(&size, sizeof size, 1, file_.get()) == 1) {
    std::string record(size, '\0');
    if (std::fread(record.data(), 1, size, file_.get()) != size) fail();
    use(std::move(record));
  }
  if (std::ferror(file_.get())) fail();
  file_.reset();
}

}  // namespace moru::curate
