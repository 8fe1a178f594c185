#include "data/dataset.h"

#include <zstd.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::data {
namespace {

// Uncompressed: small enough to inspect, large enough for zstd's window.
constexpr uint64_t kShardBytes = uint64_t{64} << 20;
constexpr int kLevel = 3;                         // zstd's default: past it, time grows faster than size shrinks
constexpr int kJobBytes = 4 << 20;                // what one thread compresses; the bytes depend on it
constexpr uint64_t kMaxLine = uint64_t{1} << 30;  // a longer record is damage, not data

struct FreeCompressor {
  void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
};

Error damaged(const std::string& place, std::string_view problem) {
  return Error(place, std::string(problem),
               std::string(tr("the dataset is damaged; delete its folder and run again",
                              "데이터셋이 손상되었습니다. 폴더를 지우고 다시 실행하세요")));
}

/// The manifest's list of shards. Throws Error.
const Json& shards_of(const Json& manifest, const std::string& place) {
  const auto shards = manifest.find("shards");
  if (shards == manifest.end() || !shards->is_array())
    throw damaged(place, tr("names no shards", "샤드 목록이 없습니다"));
  return *shards;
}

}  // namespace

/// Kept from shard to shard, with its threads. What it writes is the same for any number of them, but not the same as
/// without: so there is always one, which also lets the caller go on meanwhile.
struct DatasetWriter::Compressor {
  Compressor() : context(ZSTD_createCCtx()), buffer(ZSTD_CStreamOutSize()) {
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_nbWorkers, static_cast<int>(std::min<size_t>(processor_count(), 8)));
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_jobSize, kJobBytes);
  }
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context;
  std::vector<char> buffer;
};

class DatasetWriter::Shard {
 public:
  Shard(const fs::path& path, Compressor& compressor) : file_(path), compressor_(compressor) {
    ZSTD_CCtx_reset(compressor.context.get(), ZSTD_reset_session_only);
  }
  void write(std::string_view bytes) {
    raw_ += bytes.size();
    compress(bytes, ZSTD_e_continue);
  }
  void commit() {
    compress({}, ZSTD_e_end);
    file_.commit();
  }
  uint64_t raw() const { return raw_; }
  void count_record() { ++records_; }
  uint64_t records() const { return records_; }
  std::string hash() { return hash_.hex(); }

 private:
  void compress(std::string_view bytes, ZSTD_EndDirective end) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
      ZSTD_outBuffer out{compressor_.buffer.data(), compressor_.buffer.size(), 0};
      const size_t left = ZSTD_compressStream2(compressor_.context.get(), &out, &in, end);
      if (ZSTD_isError(left)) throw std::runtime_error(fmt::format("zstd: {}", ZSTD_getErrorName(left)));
      const std::string_view written(compressor_.buffer.data(), out.pos);
      file_.write(written);
      hash_.update(written);
      if (end == ZSTD_e_continue ? in.pos == in.size : left == 0) break;
    }
  }
  AtomicFile file_;
  Compressor& compressor_;
  Sha256 hash_;
  uint64_t raw_ = 0, records_ = 0;
};

DatasetWriter::DatasetWriter(fs::path folder, std::string schema)
    : folder_(std::move(folder)), schema_(std::move(schema)), compressor_(std::make_unique<Compressor>()) {
  make_directories(folder_);
}

DatasetWriter::~DatasetWriter() = default;

void DatasetWriter::add(const Json& record) {
  add_line(dump_json(record));
}

void DatasetWriter::add_line(std::string_view line) {
  if (!shard_) shard_ = std::make_unique<Shard>(folder_ / fmt::format("{:05}.jsonl.zst", shard_count_), *compressor_);
  shard_->write(line);
  shard_->write("\n");
  shard_->count_record();
  ++count_;
  if (shard_->raw() >= kShardBytes) close_shard();
}

void DatasetWriter::close_shard() {
  if (!shard_) return;
  shard_->commit();
  const Json facts = {{"file", fmt::format("{:05}.jsonl.zst", shard_count_)},
                      {"records", shard_->records()},
                      {"sha256", shard_->hash()}};
  shards_json_ += (shards_json_.empty() ? "" : ",") + dump_json(facts);
  ++shard_count_;
  shard_.reset();
}

void DatasetWriter::finish(const Json& facts) {
  close_shard();
  const Json manifest = {
      {"schema", schema_}, {"count", count_}, {"shards", Json::parse("[" + shards_json_ + "]")}, {"facts", facts}};
  write_file_atomic(folder_ / "manifest.json", dump_json(manifest, 1) + "\n");
}

DatasetReader::DatasetReader(fs::path folder, std::string_view schema) : folder_(std::move(folder)) {
  const std::string place = (folder_ / "manifest.json").string();
  const Json manifest = read_json_file(place);
  const std::string found = json_text(manifest, "schema", place);
  if (found != schema)
    throw damaged(place, fmt::format(fmt::runtime(tr("holds \"{}\" records, not \"{}\"",
                                                     "\"{}\" 레코드가 들어 있습니다. \"{}\"이(가) 아닙니다")),
                                     found, schema));
  count_ = static_cast<uint64_t>(json_integer(manifest, "count", place));
}

Json DatasetReader::manifest() const {
  return read_json_file(folder_ / "manifest.json");
}

std::string RecordPlace::text() const {
  return fmt::format("{}:{}", shard.string(), line);
}

void DatasetReader::for_each_line(const std::function<void(std::string_view, const RecordPlace&)>& use) const {
  const Json manifest_json = manifest();
  const std::string manifest_place = (folder_ / "manifest.json").string();
  uint64_t total = 0;
  for (const Json& shard : shards_of(manifest_json, manifest_place)) {
    const fs::path path = folder_ / fs::path(json_text(shard, "file", manifest_place)).filename();
    const MappedFile file(path);
    const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
    ZSTD_inBuffer in{file.bytes().data(), file.bytes().size(), 0};
    std::vector<char> buffer(ZSTD_DStreamOutSize());
    std::string begun;  // a line that goes on in the next piece
    RecordPlace place{path};
    size_t left = 1;
    for (;;) {
      ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
      left = ZSTD_decompressStream(context.get(), &out, &in);
      if (ZSTD_isError(left)) throw damaged(path.string(), fmt::format("zstd: {}", ZSTD_getErrorName(left)));
      std::string_view piece(buffer.data(), out.pos);
      while (!piece.empty()) {
        const size_t end = piece.find('\n');
        if (begun.size() + std::min(end, piece.size()) > kMaxLine)
          throw damaged(path.string(), tr("a record is larger than 1 GiB", "1 GiB보다 큰 레코드가 있습니다"));
        if (end == std::string_view::npos) {
          begun += piece;
          break;
        }
        ++place.line;
        if (begun.empty()) {
          use(piece.substr(0, end), place);
        } else {
          begun += piece.substr(0, end);
          use(begun, place);
          begun.clear();
        }
        piece.remove_prefix(end + 1);
      }
      if (out.pos < out.size && in.pos == in.size) break;
    }
    if (left != 0) throw damaged(path.string(), tr("the file is cut short", "파일이 중간에 끊겼습니다"));
    total += place.line;
  }
  if (total != count_)
    throw damaged(folder_.string(),
                  fmt::format(fmt::runtime(tr("{} records found, the manifest says {}",
                                              "레코드 {}개를 찾았는데 목록에는 {}개로 되어 있습니다")),
                              total, count_));
}

void DatasetReader::for_each(const std::function<void(const Json&, std::string_view)>& use) const {
  for_each_line([&](std::string_view line, const RecordPlace& place) {
    const std::string text = place.text();
    use(parse_json(line, text), text);
  });
}

void DatasetReader::verify() const {
  const Json manifest_json = manifest();
  const std::string place = (folder_ / "manifest.json").string();
  for (const Json& shard : shards_of(manifest_json, place)) {
    const fs::path path = folder_ / fs::path(json_text(shard, "file", place)).filename();
    if (sha256_file(path) != json_text(shard, "sha256", place))
      throw damaged(path.string(), tr("its bytes are not those that were written", "기록된 내용과 다릅니다"));
  }
}

}  // namespace moru::data
