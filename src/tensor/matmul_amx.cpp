#include "tensor/matmul_amx.h"

#include "tensor/amx_output.h"
#include "tensor/amx_tiles.h"
#include "tensor/memory.h"
#include "tensor/parallel.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace moru::tensor {
namespace amx {
namespace {

// One product's working memory, most of a core's 2 MiB of second-level cache. Of a b the right side is packed first and
// stays ("resident"); panels of the left stream past it. Tiles of the resident side come from the second-level cache,
// which gives a tile in the time of two multiplications; those of the stream should come from the first, and sums
// should seldom go through either.
constexpr int64_t kMostDepth = 640;     // depth of a panel of the stream (40 KiB) while it is multiplied
constexpr int64_t kChunkDepth = 512;    // the same where more depth follows
constexpr int64_t kPackedDepth = 2048;  // depth of the resident side; where more follows kBlockDepth,
constexpr int64_t kBlockDepth = 512;    // and sums of kMostRows x kSumColumns wait for it
constexpr int64_t kMostRows = 512;
constexpr int64_t kSumColumns = 640;
constexpr int64_t kMostColumns = 1024;  // columns of the resident side, as far as kResidentWords has room for them
constexpr int64_t kResidentWords = 640 << 10;

constexpr int64_t kFetched = 4;  // cache lines fetched ahead at each step of a panel: a panel has twice as many
                                 // as tiles, and is multiplied by 8 others or more

// A stream that passes several times, or that lies depth by depth, is packed ahead of its first pass, as far as this:
// panels one after the other are what the processor fetches best, and the third-level cache has room for 8 MiB.
constexpr int64_t kAheadWords = 4 << 20;

// A result of this size would push out of the second-level cache what the product works with, and is gone from there
// before it is read: it goes past the caches, which spares reading the memory that it overwrites.
constexpr int64_t kPastCachesBytes = 1 << 20;

constexpr int64_t kResidentBytes = kResidentWords * 2;
constexpr int64_t kStreamBytes = kMostDepth * kPanel * 2;
constexpr int64_t kSumBytes = kMostRows * kSumColumns * 4;
static_assert(kPanel * kMostColumns * 4 <= kSumBytes);

struct Memory {
  std::shared_ptr<std::byte> block = allocate(kResidentBytes + kStreamBytes + kSumBytes);
  uint16_t* resident() const { return reinterpret_cast<uint16_t*>(block.get()); }
  uint16_t* stream() const { return reinterpret_cast<uint16_t*>(block.get() + kResidentBytes); }
  float* sums() const { return reinterpret_cast<float*>(block.get() + kResidentBytes + kStreamBytes); }

  /// Room for a stream that is packed ahead, grown to what was asked for.
  uint16_t* packed(int64_t words) {
    if (words > packed_words_) {
      packed_block_ = {};
      packed_block_ = allocate(static_cast<size_t>(words) * 2);
      packed_words_ = words;
    }
    return reinterpret_cast<uint16_t*>(packed_block_.get());
  }

 private:
  std::shared_ptr<std::byte> packed_block_;
  int64_t packed_words_ = 0;
};

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

constexpr int64_t kLaterLines = 4;  // of the 64 of the sums that the next call goes on with

/// sums := (resume ? sums : 0) + left panel · right panel. Meanwhile `last`, what the call before has summed, is
/// written, and what `next` adds to is fetched.
template <bool kResidentLeft>
MORU_AMX void multiply(const uint16_t* left, const uint16_t* right, int64_t steps, float* sums, bool resume,
                       const Output& last, const Output& next, Ahead& ahead, const float* later = nullptr) {
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
  if (last.transposed) transpose_sums(last.sums);
  const int64_t rows_a_step = (kPanel + steps - 1) / std::max<int64_t>(steps, 1);
  const int64_t fetched_rows = next.accumulate ? next.rows : 0;
  int64_t row = 0, fetched = 0;
  for (int64_t s = 0; s < steps; ++s, left += kStepWords, right += kStepWords) {
    // What is used once must not push out of the first-level cache what is used again.
    if constexpr (kResidentLeft) {
      _tile_stream_loadd(4, left, kRow);
      _tile_loadd(6, right, kRow);
      _tile_loadd(7, right + kTileWords, kRow);
      _tile_stream_loadd(5, left + kTileWords, kRow);
    } else {
      _tile_loadd(4, left, kRow);
      _tile_stream_loadd(6, right, kRow);
      _tile_stream_loadd(7, right + kTileWords, kRow);
      _tile_loadd(5, left + kTileWords, kRow);
    }
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    const int64_t end = std::min(row + rows_a_step, last.rows);
    for (; row < end; ++row) write_row(last, row);
    for (; fetched < std::min(fetched_rows, (s + 1) * rows_a_step); ++fetched) {
      const auto* line = reinterpret_cast<const char*>(next.c + fetched * next.row_bytes);
      _mm_prefetch(line, _MM_HINT_T0);
      _mm_prefetch(line + 64, _MM_HINT_T0);
    }
    ahead.fetch(kFetched);
    if (later != nullptr && s * kLaterLines < 64) {
      MORU_UNROLL
      for (int64_t i = 0; i < kLaterLines; ++i)
        _mm_prefetch(reinterpret_cast<const char*>(later) + (s * kLaterLines + i) * 64, _MM_HINT_T0);
    }
  }
  for (; row < last.rows; ++row) write_row(last, row);
  _tile_stored(0, sums, kRow);
  _tile_stored(1, sums + kSums, kRow);
  _tile_stored(2, sums + 2 * kSums, kRow);
  _tile_stored(3, sums + 3 * kSums, kRow);
  asm volatile("" ::: "memory");
}

/// The most of `whole` that are worked on at once if no more than `most` may be: equal shares, in whole panels.
int64_t share_of(int64_t whole, int64_t most) {
  const int64_t shares = std::max<int64_t>(1, (whole + most - 1) / most);
  return std::max<int64_t>(1, panels_of((whole + shares - 1) / shares)) * kPanel;
}

/// A product on one thread, block by block. `stream`: the lines of a, rows of c; `resident`: the lines of b, columns of
/// c. The stream is the left side of the tiles' products, or, if its memory lies so that a right tile is packed sooner,
/// the right.
class Product {
 public:
  Product(const Operand& stream, const Operand& resident, const Matrix& c, bool accumulate, Memory& memory)
      : stream_(stream),
        resident_(resident),
        c_(c),
        accumulate_(accumulate),
        swapped_(stream.depth_stride != 1),
        memory_(memory),
        depth_(stream.depth <= kPackedDepth ? stream.depth : kBlockDepth),
        chunk_(stream.depth <= (swapped_ ? kChunkDepth : kMostDepth) ? stream.depth : share_of(depth_, kChunkDepth)),
        columns_(
            share_of(resident.lines, std::clamp<int64_t>(kResidentWords / (steps_of(depth_) * kDepth) / kPanel * kPanel,
                                                         kPanel, depth_ == stream.depth ? kMostColumns : kSumColumns))),
        ahead_(swapped_ || columns_ < resident.lines),
        rows_(depth_ != stream.depth ? kMostRows
              : ahead_               ? share_of(stream.lines, kAheadWords / (steps_of(depth_) * kDepth))
                                     : stream.lines) {}

  void run() {
    const TilesInUse tiles;
    const bool whole = ahead_ && rows_ * steps_of(stream_.depth) * kDepth <= kAheadWords;
    for (int64_t m = 0; m < stream_.lines; m += rows_) {
      if (whole) pack_ahead(m, 0, stream_.depth);
      for (int64_t n = 0; n < resident_.lines; n += columns_)
        for (int64_t from = 0; from < stream_.depth; from += depth_) {
          const int64_t depth = std::min(depth_, stream_.depth - from);
          if (ahead_ && !whole) pack_ahead(m, from, depth);
          if (m == 0 || columns_ < resident_.lines || depth_ < stream_.depth)  // else it is there
            pack(resident_, swapped_ ? Side::left : Side::right, n, std::min(columns_, resident_.lines - n), from,
                 depth, memory_.resident());
          run_block(m, n, from, depth);
        }
    }
    write(last_);
    _mm_sfence();  // what went past the caches is seen by whoever is told that the product is done
  }

 private:
  void run_block(int64_t m, int64_t n, int64_t from, int64_t depth) {
    const int64_t rows = std::min(rows_, stream_.lines - m), columns = std::min(columns_, resident_.lines - n);
    const int64_t panel_words = steps_of(depth) * kStepWords;
    for (int64_t g = 0; g < rows; g += kPanel) {
      for (int64_t at = 0; at < depth; at += chunk_) {
        const Chunk chunk{from + at, std::min(chunk_, depth - at)};
        const uint16_t* resident = memory_.resident() + at / kDepth * kStepWords;
        if (ahead_) {
          const int64_t step = g / kPanel * packed_steps_ + (chunk.from - packed_from_) / kDepth;
          Ahead nothing;
          run_panel(m, n, g / kPanel, columns, packed_ + step * kStepWords, resident, panel_words, chunk, nothing);
          continue;
        }
        const int64_t lines = std::min(kPanel, rows - g);
        pack(stream_, Side::left, m + g, lines, chunk.from, chunk.depth, memory_.stream());
        Ahead next = at + chunk_ < depth ? after(m + g, chunk.from + chunk_, std::min(chunk_, depth - at - chunk_))
                                         : after(m + g + lines, from, std::min(chunk_, depth));
        run_panel(m, n, g / kPanel, columns, memory_.stream(), resident, panel_words, chunk, next);
      }
    }
  }

  void pack_ahead(int64_t m, int64_t from, int64_t depth) {
    const int64_t rows = std::min(rows_, stream_.lines - m);
    packed_steps_ = steps_of(depth);
    packed_from_ = from;
    packed_ = memory_.packed(panels_of(rows) * packed_steps_ * kStepWords);
    pack(stream_, swapped_ ? Side::right : Side::left, m, rows, from, depth, packed_);
  }

  struct Chunk {
    int64_t from, depth;
  };

  /// Panel i of the stream past all of the resident side.
  void run_panel(int64_t m, int64_t n, int64_t i, int64_t columns, const uint16_t* stream, const uint16_t* resident,
                 int64_t panel_words, const Chunk& chunk, Ahead& ahead) {
    const bool resume = chunk.from > 0, final = chunk.from + chunk.depth == stream_.depth;
    const bool deep = depth_ < stream_.depth;  // sums come from the second-level cache
    for (int64_t j = 0; j < panels_of(columns); ++j, resident += panel_words) {
      float* sums = sums_of(i, j, panels_of(columns));
      const Output next = final ? output(sums, m + i * kPanel, n + j * kPanel) : Output{};
      const float* later = deep && j + 1 < panels_of(columns) ? sums + kBlockFloats : nullptr;
      if (swapped_) {
        multiply<true>(resident, stream, steps_of(chunk.depth), sums, resume, last_, next, ahead, later);
      } else {
        multiply<false>(stream, resident, steps_of(chunk.depth), sums, resume, last_, next, ahead, later);
      }
      last_ = next;
    }
  }

  /// Sums that wait for more depth of the resident side: a block each. For more of the stream: those of a panel. In one
  /// go: two in turn, one is summed while the other is written.
  float* sums_of(int64_t i, int64_t j, int64_t across) {
    if (depth_ < stream_.depth) return memory_.sums() + (i * across + j) * kBlockFloats;
    if (chunk_ < depth_) return memory_.sums() + j * kBlockFloats;
    turn_ = 1 - turn_;
    return memory_.sums() + turn_ * kBlockFloats;
  }

  /// The stream's memory at a panel that is packed by lines.
  Ahead after(int64_t line, int64_t from, int64_t depth) const {
    const int64_t lines = std::min(kPanel, stream_.lines - line);
    if (lines <= 0) return {};
    return {reinterpret_cast<const char*>(stream_.data + line * stream_.line_stride + from), stream_.line_stride * 2,
            lines, (depth * 2 + 63) / 64};
  }

  Output output(float* sums, int64_t row, int64_t column) const {
    const int64_t bytes = static_cast<int64_t>(size_of(c_.type));
    const int64_t columns = std::min(kPanel, c_.cols - column);
    std::byte* const c = static_cast<std::byte*>(c_.data) + (row * c_.row_stride + column) * bytes;
    const bool whole_lines =
        columns == kPanel && reinterpret_cast<uintptr_t>(c) % 64 == 0 && c_.row_stride * bytes % 64 == 0;
    return {sums,
            c,
            c_.row_stride * bytes,
            std::min(kPanel, c_.rows - row),
            static_cast<__mmask32>(columns == kPanel ? 0xFFFFFFFFU : (1U << columns) - 1),
            c_.type == DType::bf16,
            accumulate_,
            swapped_,
            !accumulate_ && whole_lines && c_.rows * c_.cols * bytes >= kPastCachesBytes};
  }

  const Operand stream_, resident_;
  const Matrix c_;
  const bool accumulate_, swapped_;
  Memory& memory_;
  const int64_t depth_, chunk_, columns_;  // at once: of the resident side, of the stream, of c
  const bool ahead_;
  const int64_t rows_;
  uint16_t* packed_ = nullptr;
  int64_t packed_steps_ = 0, packed_from_ = 0;
  Output last_;
  int64_t turn_ = 0;
};

void product(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  thread_local Memory memory;
  const Operand stream{static_cast<const uint16_t*>(a.data), a.rows, a.cols, a.row_stride, a.col_stride};
  const Operand resident{static_cast<const uint16_t*>(b.data), b.cols, b.rows, b.col_stride, b.row_stride};
  Product(stream, resident, c, accumulate, memory).run();
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
