#include "tensor/amx_pack.h"

#if defined(__x86_64__) && defined(__linux__)

#include "tensor/amx_tiles.h"

#define MORU_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

namespace moru::tensor::amx {
namespace {

constexpr int64_t kFarApart = 1024;  // elements: from 2 KiB on, 32 rows overfill their places (12 lines) in the cache

using Pack = void (*)(const uint16_t* in, int64_t stride, uint16_t* out);

/// Four runs of 16 bytes, `stride` elements apart: a lane each.
MORU_AVX512 inline __m512i gather_lanes(const uint16_t* in, int64_t stride) {
  const auto lane = [in, stride](int64_t i) { return reinterpret_cast<const __m128i*>(in + i * stride); };
  __m512i v = _mm512_castsi128_si512(_mm_loadu_si128(lane(0)));
  v = _mm512_inserti32x4(v, _mm_loadu_si128(lane(1)), 1);
  v = _mm512_inserti32x4(v, _mm_loadu_si128(lane(2)), 2);
  return _mm512_inserti32x4(v, _mm_loadu_si128(lane(3)), 3);
}

/// Left tile, in memory line by line: as it is.
MORU_AVX512 void left_by_lines(const uint16_t* in, int64_t stride, uint16_t* out) {
  for (int64_t r = 0; r < kTile; ++r) _mm512_store_si512(out + r * kDepth, _mm512_loadu_si512(in + r * stride));
}

/// Left tile, in memory depth by depth: 16 lines side by side in each of 32 rows. Each lane transposes 8 x 8 words.
MORU_AVX512 void left_by_depth(const uint16_t* in, int64_t stride, uint16_t* out) {
  for (int64_t line = 0; line < kTile; line += 8) {
    __m512i word[8], pair[8], quad[8];
    MORU_UNROLL
    for (int64_t j = 0; j < 8; ++j) word[j] = gather_lanes(in + line + j * stride, 8 * stride);
    MORU_UNROLL
    for (int j = 0; j < 8; j += 2) {
      pair[j] = _mm512_unpacklo_epi16(word[j], word[j + 1]);
      pair[j + 1] = _mm512_unpackhi_epi16(word[j], word[j + 1]);
    }
    MORU_UNROLL
    for (int j = 0; j < 8; j += 4) MORU_UNROLL
    for (int k = 0; k < 2; ++k) {
      quad[j + 2 * k] = _mm512_unpacklo_epi32(pair[j + k], pair[j + 2 + k]);
      quad[j + 2 * k + 1] = _mm512_unpackhi_epi32(pair[j + k], pair[j + 2 + k]);
    }
    MORU_UNROLL
    for (int k = 0; k < 4; ++k) {
      uint16_t* row = out + (line + 2 * k) * kDepth;
      _mm512_store_si512(row, _mm512_unpacklo_epi64(quad[k], quad[4 + k]));
      _mm512_store_si512(row + kDepth, _mm512_unpackhi_epi64(quad[k], quad[4 + k]));
    }
  }
}

/// Right tile, in memory line by line: 16 rows of 16 pairs, transposed. Each lane transposes 4 x 4 pairs.
MORU_AVX512 void right_by_lines(const uint16_t* in, int64_t stride, uint16_t* out) {
  for (int64_t pair = 0; pair < kDepth / 2; pair += 4) {
    __m512i v[4];
    MORU_UNROLL
    for (int64_t j = 0; j < 4; ++j) v[j] = gather_lanes(in + 2 * pair + j * stride, 4 * stride);
    const __m512i low01 = _mm512_unpacklo_epi32(v[0], v[1]), high01 = _mm512_unpackhi_epi32(v[0], v[1]);
    const __m512i low23 = _mm512_unpacklo_epi32(v[2], v[3]), high23 = _mm512_unpackhi_epi32(v[2], v[3]);
    uint16_t* row = out + pair * kDepth;
    _mm512_store_si512(row, _mm512_unpacklo_epi64(low01, low23));
    _mm512_store_si512(row + kDepth, _mm512_unpackhi_epi64(low01, low23));
    _mm512_store_si512(row + 2 * kDepth, _mm512_unpacklo_epi64(high01, high23));
    _mm512_store_si512(row + 3 * kDepth, _mm512_unpackhi_epi64(high01, high23));
  }
}

/// Right tile, in memory depth by depth: two rows of 16 interleaved make a row of pairs.
MORU_AVX512 void right_by_depth(const uint16_t* in, int64_t stride, uint16_t* out) {
  alignas(64) static constexpr uint16_t kOrder[32] = {0, 32, 1, 33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
                                                      8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47};
  const __m512i order = _mm512_load_si512(kOrder);
  for (int64_t pair = 0; pair < kDepth / 2; ++pair) {
    const uint16_t* row = in + 2 * pair * stride;
    const __m256i even = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
    const __m256i odd = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + stride));
    const __m512i both = _mm512_permutex2var_epi16(_mm512_castsi256_si512(even), order, _mm512_castsi256_si512(odd));
    _mm512_store_si512(out + pair * kDepth, both);
  }
}

/// A tile of which memory has only some lines or some depth: completed with zeros, never read past its end.
void pack_part(const uint16_t* in, int64_t stride, int64_t rows, int64_t cols, int64_t width, Pack tile,
               uint16_t* out) {
  alignas(64) std::array<uint16_t, kTileWords> whole{};
  for (int64_t r = 0; r < rows; ++r)
    std::memcpy(whole.data() + r * width, in + r * stride, static_cast<size_t>(cols) * sizeof(uint16_t));
  tile(whole.data(), width, out);
}

/// 32 rows of a cache line each, side by side. Where they lie a large power of two apart they share so few places of
/// the first-level cache that they would be fetched anew for each of the panel's tiles.
MORU_AVX512 void gather_rows(const uint16_t* in, int64_t stride, uint16_t* out) {
  for (int64_t r = 0; r < kDepth; ++r) _mm512_store_si512(out + r * kPanel, _mm512_loadu_si512(in + r * stride));
}

/// A panel's two right tiles at a step, in memory depth by depth: as right_by_depth, whole cache lines at a time.
MORU_AVX512 void right_step_by_depth(const uint16_t* in, int64_t stride, uint16_t* out) {
  alignas(64) static constexpr uint16_t kLow[32] = {0, 32, 1, 33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
                                                    8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47};
  const __m512i low = _mm512_load_si512(kLow), high = _mm512_add_epi16(low, _mm512_set1_epi16(kTile));
  for (int64_t pair = 0; pair < kDepth / 2; ++pair) {
    const __m512i even = _mm512_loadu_si512(in + 2 * pair * stride);
    const __m512i odd = _mm512_loadu_si512(in + (2 * pair + 1) * stride);
    _mm512_store_si512(out + pair * kDepth, _mm512_permutex2var_epi16(even, low, odd));
    _mm512_store_si512(out + kTileWords + pair * kDepth, _mm512_permutex2var_epi16(even, high, odd));
  }
}

struct Region {
  const Operand& operand;
  bool by_lines;
  Pack tile;
  int64_t line, lines, from, depth;
  uint16_t* out;

  /// A panel's two tiles at a step, from memory depth by depth.
  void pack_step(int64_t panel, int64_t step) const {
    const int64_t stride = operand.depth_stride, l = panel * kPanel, d = step * kDepth;
    uint16_t* to = out + (panel * steps_of(depth) + step) * kStepWords;
    const bool whole = lines - l >= kPanel && depth - d >= kDepth;
    fetch_next(panel, d);
    if (whole && tile == right_by_depth)
      return right_step_by_depth(operand.data + (from + d) * stride + line + l, stride, to);
    if (stride < kFarApart || !whole) {
      pack_tile(panel, 0, step);
      return pack_tile(panel, 1, step);
    }
    alignas(64) std::array<uint16_t, kStepWords> near;
    gather_rows(operand.data + (from + d) * stride + line + l, stride, near.data());
    tile(near.data(), kPanel, to);
    tile(near.data() + kTile, kPanel, to + kTileWords);
  }

  /// Of the next step's rows as many cache lines as a panel takes, in the order of memory: then the processor foresees
  /// what follows, which it does not from panels' short runs.
  void fetch_next(int64_t panel, int64_t d) const {
    const int64_t across = panels_of(lines), rows = std::min(kDepth, depth - d - kDepth);
    int64_t row = panel * kDepth / across, at = panel * kDepth % across;
    const uint16_t* next = operand.data + (from + d + kDepth) * operand.depth_stride + line;
    for (int64_t i = 0; i < kDepth && row < rows; ++i) {
      _mm_prefetch(reinterpret_cast<const char*>(next + row * operand.depth_stride + at * kPanel), _MM_HINT_T1);
      if (++at < across) continue;
      at = 0;
      ++row;
    }
  }

  void pack_tile(int64_t panel, int64_t half, int64_t step) const {
    uint16_t* to = out + ((panel * steps_of(depth) + step) * 2 + half) * kTileWords;
    const int64_t l = panel * kPanel + half * kTile, d = step * kDepth;
    const int64_t have_lines = std::clamp<int64_t>(lines - l, 0, kTile);
    const int64_t have_depth = std::min(depth - d, kDepth);
    const int64_t stride = by_lines ? operand.line_stride : operand.depth_stride;
    const uint16_t* in = operand.data;
    in += by_lines ? (line + l) * stride + from + d : (from + d) * stride + line + l;
    if (have_lines == 0) {
      std::memset(to, 0, kTileWords * sizeof(uint16_t));
    } else if (have_lines == kTile && have_depth == kDepth) {
      tile(in, stride, to);
    } else if (by_lines) {
      pack_part(in, stride, have_lines, have_depth, kDepth, tile, to);
    } else {
      pack_part(in, stride, have_depth, have_lines, kTile, tile, to);
    }
  }
};

}  // namespace

void pack(const Operand& operand, Side side, int64_t line, int64_t lines, int64_t from, int64_t depth, uint16_t* out) {
  const bool by_lines = operand.depth_stride == 1;
  const Pack tile =
      side == Side::left ? (by_lines ? left_by_lines : left_by_depth) : (by_lines ? right_by_lines : right_by_depth);
  const Region region{operand, by_lines, tile, line, lines, from, depth, out};
  // In the order of the memory read, which the processor then fetches ahead.
  if (by_lines) {
    for (int64_t panel = 0; panel < panels_of(lines); ++panel)
      for (int64_t half = 0; half < 2; ++half)
        for (int64_t step = 0; step < steps_of(depth); ++step) region.pack_tile(panel, half, step);
  } else {
    for (int64_t step = 0; step < steps_of(depth); ++step)
      for (int64_t panel = 0; panel < panels_of(lines); ++panel) region.pack_step(panel, step);
  }
}

}  // namespace moru::tensor::amx

#endif
