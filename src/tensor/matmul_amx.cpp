#include "tensor/matmul_amx.h"

#include "tensor/amx_tiles.h"
#include "tensor/memory.h"
#include "tensor/parallel.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own header reads what _mm512_undefined_epi32() gives (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace moru::tensor {
namespace amx {
namespace {

// One product's working memory: half of a core's 2 MiB of second-level cache, within one huge page.
constexpr int64_t kMostDepth = 384;     // depth summed at a time: a left panel (24 KiB) stays in the first-level cache
constexpr int64_t kBlockDepth = 256;    // the same where more depth follows: sums then pass through the cache as well
constexpr int64_t kMostColumns = 1024;  // columns packed at a time: 384 x 1024 bf16 = 768 KiB
constexpr int64_t kMostRows = 512;      // rows and columns whose sums wait for more depth:
constexpr int64_t kSumColumns = 256;    // 512 x 256 floats = 512 KiB

constexpr int64_t kFetched = 4;  // cache lines fetched ahead at each step of a panel: a panel has twice as many
                                 // as tiles, and is multiplied by 8 others or more

constexpr int64_t kRightBytes = kMostDepth * kMostColumns * 2;
constexpr int64_t kLeftBytes = kMostDepth * kPanel * 2;
constexpr int64_t kSumBytes = kMostRows * kSumColumns * 4;

struct Memory {
  std::shared_ptr<std::byte> block = allocate(kRightBytes + kLeftBytes + kSumBytes);
  uint16_t* right() const { return reinterpret_cast<uint16_t*>(block.get()); }
  uint16_t* left() const { return reinterpret_cast<uint16_t*>(block.get() + kRightBytes); }
  float* sums() const { return reinterpret_cast<float*>(block.get() + kRightBytes + kLeftBytes); }
};

/// Sums of two panels on their way to c.
struct Output {
  const float* sums = nullptr;  // four tiles: upper left, upper right, lower left, lower right
  std::byte* c = nullptr;
  int64_t row_bytes = 0;
  int64_t rows = 0;
  __mmask32 columns = 0;
  bool bf16 = false, accumulate = false;
};

MORU_AMX inline __m512 widen16(__m256i v) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(v), 16));
}

MORU_AMX inline void write_row(const Output& o, int64_t row) {
  const float* sums = o.sums + row / kTile * (2 * kTile * kTile) + row % kTile * kTile;
  __m512 low = _mm512_load_ps(sums), high = _mm512_load_ps(sums + kTile * kTile);
  const __mmask16 low_mask = static_cast<__mmask16>(o.columns), high_mask = static_cast<__mmask16>(o.columns >> 16);
  std::byte* c = o.c + row * o.row_bytes;
  if (o.bf16) {
    if (o.accumulate) {
      const __m512i old = _mm512_maskz_loadu_epi16(o.columns, c);
      low = _mm512_add_ps(low, widen16(_mm512_castsi512_si256(old)));
      high = _mm512_add_ps(high, widen16(_mm512_extracti64x4_epi64(old, 1)));
    }
    _mm512_mask_storeu_epi16(c, o.columns, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    return;
  }
  float* out = reinterpret_cast<float*>(c);
  if (o.accumulate) {
    low = _mm512_add_ps(low, _mm512_maskz_loadu_ps(low_mask, out));
    high = _mm512_add_ps(high, _mm512_maskz_loadu_ps(high_mask, out + kTile));
  }
  _mm512_mask_storeu_ps(out, low_mask, low);
  _mm512_mask_storeu_ps(out + kTile, high_mask, high);
}

MORU_AMX void write(const Output& o) {
  for (int64_t row = 0; row < o.rows; ++row) write_row(o, row);
}

/// Memory that the next panel is packed from, fetched while this one is multiplied. Its rows are too short for the
/// processor to foresee where the next one begins.
struct Ahead {
  const char* row = nullptr;
  int64_t row_bytes = 0, rows = 0, lines = 0;  // `lines` cache lines of each row
  int64_t line = 0;

  void fetch(int64_t count) {
    for (; count > 0 && rows > 0; --count) {
      _mm_prefetch(row + line * 64, _MM_HINT_T1);
      if (++line < lines) continue;
      line = 0;
      row += row_bytes;
      --rows;
    }
  }
};

/// sums := (resume ? sums : 0) + left panel · right panel. Meanwhile `last`, what the call before has summed, is
/// written.
MORU_AMX void multiply(const uint16_t* left, const uint16_t* right, int64_t steps, float* sums, bool resume,
                       const Output& last, Ahead& ahead) {
  // GCC does not tell its optimiser that tile loads read memory.
  asm volatile("" ::: "memory");
  constexpr int64_t kRow = 64;
  constexpr int64_t kSums = kTile * kTile;
  if (resume) {
    _tile_loadd(0, sums, kRow);
    _tile_loadd(1, sums + kSums, kRow);
    _tile_loadd(2, sums + 2 * kSums, kRow);
    _tile_loadd(3, sums + 3 * kSums, kRow);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  const int64_t rows_a_step = (kPanel + steps - 1) / std::max<int64_t>(steps, 1);
  int64_t row = 0;
  for (int64_t s = 0; s < steps; ++s, left += kStepWords, right += kStepWords) {
    _tile_loadd(4, left, kRow);
    _tile_loadd(6, right, kRow);
    _tile_loadd(7, right + kTileWords, kRow);
    _tile_loadd(5, left + kTileWords, kRow);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    const int64_t end = std::min(row + rows_a_step, last.rows);
    for (; row < end; ++row) write_row(last, row);
    ahead.fetch(kFetched);
  }
  for (; row < last.rows; ++row) write_row(last, row);
  _tile_stored(0, sums, kRow);
  _tile_stored(1, sums + kSums, kRow);
  _tile_stored(2, sums + 2 * kSums, kRow);
  _tile_stored(3, sums + 3 * kSums, kRow);
  asm volatile("" ::: "memory");
}

/// A product on one thread, block by block.
class Product {
 public:
  Product(const Operand& left, const Operand& right, const Matrix& c, bool accumulate, const Memory& memory)
      : left_(left),
        right_(right),
        c_(c),
        accumulate_(accumulate),
        memory_(memory),
        blocks_(left.depth <= kMostDepth ? 1 : (left.depth + kBlockDepth - 1) / kBlockDepth),
        block_depth_(steps_of((left.depth + blocks_ - 1) / blocks_) * kDepth),
        most_columns_(blocks_ == 1 ? kMostColumns : kSumColumns) {}

  void run() {
    const TilesInUse tiles;
    for (int64_t n = 0; n < right_.lines; n += most_columns_)
      for (int64_t m = 0; m < left_.lines; m += kMostRows)
        for (int64_t block = 0; block < blocks_; ++block) run_block(m, n, block);
    write(last_);
  }

 private:
  void run_block(int64_t m, int64_t n, int64_t block) {
    const int64_t rows = std::min(kMostRows, left_.lines - m), columns = std::min(most_columns_, right_.lines - n);
    const int64_t from = block * block_depth_, depth = std::min(block_depth_, left_.depth - from);
    const int64_t steps = steps_of(depth), step_words = steps * kStepWords;
    if (blocks_ > 1 || m == 0) pack(right_, Side::right, n, columns, from, depth, memory_.right());
    for (int64_t i = 0; i < panels_of(rows); ++i) {
      pack(left_, Side::left, m + i * kPanel, std::min(kPanel, rows - i * kPanel), from, depth, memory_.left());
      Ahead ahead = i + 1 < panels_of(rows)
                        ? after(m + (i + 1) * kPanel, from, depth)
                        : after(m, from + depth, std::min(block_depth_, left_.depth - from - depth));
      for (int64_t j = 0; j < panels_of(columns); ++j) {
        float* sums = blocks_ > 1 ? memory_.sums() + (i * panels_of(columns) + j) * kBlockFloats : next_sums();
        multiply(memory_.left(), memory_.right() + j * step_words, steps, sums, block > 0, last_, ahead);
        last_ = block + 1 == blocks_ ? output(sums, m + i * kPanel, n + j * kPanel) : Output{};
      }
    }
  }

  Ahead after(int64_t line, int64_t from, int64_t depth) const {
    const bool by_lines = left_.depth_stride == 1;
    const int64_t lines = std::min(kPanel, left_.lines - line);
    const uint16_t* at = left_.data + line * left_.line_stride + from * left_.depth_stride;
    return {reinterpret_cast<const char*>(at), (by_lines ? left_.line_stride : left_.depth_stride) * 2,
            by_lines ? lines : depth, ((by_lines ? depth : lines) * 2 + 63) / 64};
  }

  /// Two blocks in turn: one is summed while the other is written.
  float* next_sums() {
    turn_ = 1 - turn_;
    return sums_.data() + turn_ * kBlockFloats;
  }

  Output output(const float* sums, int64_t row, int64_t column) const {
    const int64_t bytes = static_cast<int64_t>(size_of(c_.type));
    const int64_t columns = std::min(kPanel, c_.cols - column);
    return {sums,
            static_cast<std::byte*>(c_.data) + (row * c_.row_stride + column) * bytes,
            c_.row_stride * bytes,
            std::min(kPanel, c_.rows - row),
            static_cast<__mmask32>(columns == kPanel ? 0xFFFFFFFFU : (1U << columns) - 1),
            c_.type == DType::bf16,
            accumulate_};
  }

  const Operand left_, right_;
  const Matrix c_;
  const bool accumulate_;
  const Memory& memory_;
  const int64_t blocks_, block_depth_, most_columns_;
  Output last_;
  int64_t turn_ = 0;
  alignas(64) std::array<float, 2 * kBlockFloats> sums_;
};

void product(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  thread_local const Memory memory;
  const Operand left{static_cast<const uint16_t*>(a.data), a.rows, a.cols, a.row_stride, a.col_stride};
  const Operand right{static_cast<const uint16_t*>(b.data), b.cols, b.rows, b.col_stride, b.row_stride};
  Product(left, right, c, accumulate, memory).run();
}

bool processor_has_amx() {
  constexpr unsigned kAmxBf16 = 1U << 22, kAmxTile = 1U << 24, kAvx512Bf16 = 1U << 5;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & kAmxBf16) == 0 || (d & kAmxTile) == 0) return false;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & kAvx512Bf16) != 0;
}

/// Linux gives a process the tiles' 8 KiB of registers on request only (Documentation/x86/xstate.rst).
bool ask_for_tiles() {
  constexpr int kRequest = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;     // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
}

}  // namespace
}  // namespace amx

bool amx_supported() {
  static const bool supported = amx::processor_has_amx() && amx::ask_for_tiles();
  return supported;
}

void matmul_amx(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  // Products of two numbers: about five microseconds, what waking a thread costs.
  constexpr int64_t kLeastShare = 8 << 20;
  const bool by_rows = c.rows >= c.cols;
  const int64_t lines = by_rows ? c.rows : c.cols;
  const int64_t panel_work = amx::kPanel * (by_rows ? c.cols : c.rows) * std::max<int64_t>(a.cols, 1);
  share_rows(amx::panels_of(lines), (kLeastShare + panel_work - 1) / panel_work, [&](int64_t from, int64_t to, int) {
    const int64_t begin = from * amx::kPanel, end = std::min(to * amx::kPanel, lines);
    if (by_rows) return amx::product(a.row_range(begin, end), b, c.row_range(begin, end), accumulate);
    amx::product(a, b.col_range(begin, end), c.col_range(begin, end), accumulate);
  });
}

}  // namespace moru::tensor

#else

namespace moru::tensor {

bool amx_supported() {
  return false;
}

void matmul_amx(const Matrix&, const Matrix&, const Matrix&, bool) {
  assert(false);
}

}  // namespace moru::tensor

#endif
