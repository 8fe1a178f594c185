#include "text/piece_runs.h"

#include <cstdio>
#include <queue>

#include "core/error.h"
#include "core/language.h"

namespace moru::text {
namespace {

constexpr size_t kBufferBytes = 1 << 18;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw Error(path.string(), std::string(tr("cannot be written or read back", "쓰거나 다시 읽을 수 없습니다")),
              std::string(tr("make room on the disk of temporary files (TMPDIR)",
                             "임시 파일이 있는 디스크(TMPDIR)에 자리를 만드세요")));
}

File open(const std::filesystem::path& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  if (file == nullptr || std::setvbuf(file.get(), nullptr, _IOFBF, kBufferBytes) != 0) fail(path);
  return file;
}

struct Header {
  uint64_t count = 0;
  uint32_t size = 0;
};

/// One run, piece by piece.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path), file_(open(path, "rb")) { next(); }
  bool has_piece() const { return has_piece_; }
  const std::string& piece() const { return piece_; }
  uint64_t count() const { return header_.count; }
  void next() {
    has_piece_ = std::fread(&header_, sizeof header_, 1, file_.get()) == 1;
    if (!has_piece_) {
      if (std::ferror(file_.get()) != 0) fail(path_);
      return;
    }
    piece_.resize(header_.size);
    if (std::fread(piece_.data(), 1, piece_.size(), file_.get()) != piece_.size()) fail(path_);
  }

 private:
  std::filesystem::path path_;
  File file_;
  Header header_;
  std::string piece_;
  bool has_piece_ = false;
};

}  // namespace

void PieceRuns::write(const PieceTable& table) {
  if (table.size() == 0) return;
  if (folder_ == nullptr) folder_ = std::make_unique<TemporaryDirectory>();
  std::vector<PieceCount> entries = table.entries();
  std::ranges::sort(entries, {}, &PieceCount::piece);
  const std::filesystem::path path = folder_->path() / fmt::format("run-{}", runs_.size());
  File file = open(path, "wb");
  for (const PieceCount& entry : entries) {
    const Header header{entry.count, static_cast<uint32_t>(entry.piece.size())};
    if (std::fwrite(&header, sizeof header, 1, file.get()) != 1 ||
        std::fwrite(entry.piece.data(), 1, entry.piece.size(), file.get()) != entry.piece.size()) {
      fail(path);
    }
  }
  if (std::fclose(file.release()) != 0) fail(path);
  runs_.push_back(path);
}

void PieceRuns::for_each(const std::function<void(std::string_view, uint64_t)>& use) const {
  std::vector<std::unique_ptr<Reader>> readers;
  for (const auto& path : runs_) readers.push_back(std::make_unique<Reader>(path));
  const auto later = [&](size_t a, size_t b) { return readers[a]->piece() > readers[b]->piece(); };
  std::priority_queue<size_t, std::vector<size_t>, decltype(later)> heads(later);
  for (size_t i = 0; i < readers.size(); ++i) {
    if (readers[i]->has_piece()) heads.push(i);
  }
  std::string piece;
  uint64_t count = 0;
  while (!heads.empty()) {
    const size_t head = heads.top();
    heads.pop();
    if (count > 0 && readers[head]->piece() == piece) {
      count += readers[head]->count();
    } else {
      if (count > 0) use(piece, count);
      piece = readers[head]->piece();
      count = readers[head]->count();
    }
    readers[head]->next();
    if (readers[head]->has_piece()) heads.push(head);
  }
  if (count > 0) use(piece, count);
}

}  // namespace moru::text
