#include "curate/spool.h"

#include <zstd.h>

#include <stdexcept>

#include "data/document_record.h"

namespace moru::curate {
namespace {

// Faster than a disk writes, and a third of the bytes.
constexpr int kLevel = 1;

size_t checked(size_t code) {
  if (ZSTD_isError(code)) throw std::runtime_error(fmt::format("zstd: {}", ZSTD_getErrorName(code)));
  return code;
}

}  // namespace

void SpoolBlock::add(std::string_view record) {
  bytes_ += record;
  ends_.push_back(bytes_.size());
}

std::string SpoolBlock::pack() {
  std::string whole;
  whole.reserve(bytes_.size() + 10 * (ends_.size() + 1));
  data::append_number(ends_.size(), whole);
  uint64_t begin = 0;
  for (const uint64_t end : ends_) {
    data::append_number(end - begin, whole);
    begin = end;
  }
  whole += bytes_;
  std::string packed(ZSTD_compressBound(whole.size()), '\0');
  packed.resize(checked(ZSTD_compress(packed.data(), packed.size(), whole.data(), whole.size(), kLevel)));
  packed.shrink_to_fit();  // it may wait for its turn
  bytes_ = {};
  ends_.clear();
  return packed;
}

std::vector<std::string> SpoolBlock::unpack(std::string_view packed) {
  std::string whole(ZSTD_getFrameContentSize(packed.data(), packed.size()), '\0');
  checked(ZSTD_decompress(whole.data(), whole.size(), packed.data(), packed.size()));
  std::string_view rest = whole;
  std::vector<uint64_t> sizes(data::take_number(rest));
  for (uint64_t& size : sizes) size = data::take_number(rest);
  std::vector<std::string> records;
  records.reserve(sizes.size());
  for (const uint64_t size : sizes) {
    records.emplace_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return records;
}

void Spool::add(std::string_view packed, size_t records) {
  const uint64_t size = packed.size();
  file_.append({reinterpret_cast<const char*>(&size), sizeof size});
  file_.append(packed);
  count_ += records;
}

bool Spool::Reader::next(std::string& packed) {
  uint64_t size = 0;
  if (!reader_.read(reinterpret_cast<char*>(&size), sizeof size)) return false;
  packed.resize(size);
  reader_.read(packed.data(), size);
  return true;
}

}  // namespace moru::curate
