#include "collect/hwp_records.h"

#include <openssl/evp.h>
#include <zlib.h>

#include "collect/extractor.h"
#include "collect/little_endian.h"

namespace moru::collect {

std::vector<HwpRecord> read_hwp_records(std::string_view stream) {
  std::vector<HwpRecord> records;
  // Fewer than four bytes at the end are padding.
  for (size_t at = 0; at + 4 <= stream.size();) {
    const uint32_t head = read_u32(stream, at);
    at += 4;
    size_t size = head >> 20;
    if (size == 0xFFF) {
      size = read_u32(stream, at);
      at = std::min(at + 4, stream.size());
    }
    if (size > stream.size() - at)
      throw Unreadable("damaged", fmt::format("a record of {} bytes where {} are left", size, stream.size() - at));
    records.push_back(
        {static_cast<HwpTag>(head & 0x3FF), static_cast<uint16_t>(head >> 10 & 0x3FF), stream.substr(at, size)});
    at += size;
  }
  return records;
}

std::string inflate_raw(std::string_view bytes, uint64_t limit) {
  z_stream z{};
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK) throw Unreadable("damaged", "zlib cannot begin");
  const std::unique_ptr<z_stream, void (*)(z_stream*)> end(&z, [](z_stream* s) { inflateEnd(s); });
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write to it
  z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65536> buffer;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = buffer.size();
    status = inflate(&z, Z_NO_FLUSH);
    const size_t got = buffer.size() - z.avail_out;
    if (status != Z_OK && status != Z_STREAM_END)
      throw Unreadable("damaged", fmt::format("a compressed stream breaks off after {} bytes", out.size() + got));
    out.append(buffer.data(), got);
    if (out.size() > limit)
      throw Unreadable("archive-limit",
                       fmt::format("a stream of {} bytes unpacks to more than {}", bytes.size(), limit));
    if (status == Z_OK && got == 0 && z.avail_in == 0)
      throw Unreadable("damaged", fmt::format("a compressed stream breaks off after {} bytes", out.size()));
  }
  return out;
}

std::string decrypt_hwp_distribution(std::string_view stream) {
  const uint32_t head = read_u32(stream, 0);
  constexpr size_t kKeyRecord = 256, kBlock = 16;
  if (static_cast<HwpTag>(head & 0x3FF) != HwpTag::distribution || head >> 20 != kKeyRecord ||
      stream.size() < 4 + kKeyRecord)
    throw Unreadable("damaged", "a distribution document without its key record");
  std::string key(stream.substr(4, kKeyRecord));
  // The record's bytes are masked by runs of Microsoft's rand(), seeded with the first four.
  uint32_t state = read_u32(key, 0);
  const auto next = [&state] {
    state = state * 214013 + 2531011;
    return state >> 16 & 0x7FFF;
  };
  for (size_t at = 0; at < kKeyRecord;) {
    const auto mask = static_cast<char>(next() & 0xFF);
    const size_t run = (next() & 0xF) + 1;
    for (size_t i = 0; i < run && at < kKeyRecord; ++i, ++at)
      if (at >= 4) key[at] = static_cast<char>(key[at] ^ mask);
  }
  const size_t offset = 4 + (static_cast<unsigned char>(stream[4]) & 0xF);
  std::string_view body = stream.substr(4 + kKeyRecord);
  body = body.substr(0, body.size() / kBlock * kBlock);
  std::string out(body.size() + kBlock, '\0');
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  if (!cipher ||
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr,
                         reinterpret_cast<const unsigned char*>(key.data() + offset), nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(cipher.get(), 0) != 1 ||
      EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(out.data()), &written,
                        reinterpret_cast<const unsigned char*>(body.data()), static_cast<int>(body.size())) != 1)
    throw Unreadable("damaged", "a distribution document does not decrypt");
  out.resize(static_cast<size_t>(written));
  return out;
}

}  // namespace moru::collect
