// Operands of a bf16 product, laid out as the tiles of AMX.
#pragma once

#include <cstdint>

namespace moru::tensor::amx {

constexpr int64_t kTile = 16;   ///< rows and columns of a tile of sums (16 x 16 floats)
constexpr int64_t kDepth = 32;  ///< products that one tile instruction sums for each (32 bf16 = 64 bytes, a row)
constexpr int64_t kPanel =
    2 * kTile;  ///< rows or columns of a panel: two tiles, so that each tile loaded is used twice
constexpr int64_t kTileWords = kTile * kDepth;     ///< bf16 in a tile of an operand (1 KiB)
constexpr int64_t kStepWords = kPanel * kDepth;    ///< bf16 in one step of a panel
constexpr int64_t kBlockFloats = kPanel * kPanel;  ///< floats in the sums of two panels (4 KiB)

constexpr int64_t steps_of(int64_t depth) {
  return (depth + kDepth - 1) / kDepth;
}
constexpr int64_t panels_of(int64_t count) {
  return (count + kPanel - 1) / kPanel;
}

/// One side of a product a·b: the rows of a, or the columns of b ("lines"), each with `depth` elements to sum over.
/// bf16; one of the strides (in elements) is 1.
struct Operand {
  const uint16_t* data = nullptr;
  int64_t lines = 0, depth = 0;
  int64_t line_stride = 0, depth_stride = 0;
};

enum class Side { left, right };

/// Lines [line, line + lines) and depth [from, from + depth) of `operand` as panels of 32 lines. A panel is a tile of
/// its first 16 lines and one of the others for each 32 of the depth; a left tile holds a line in a row, a right tile
/// pairs of the depth in its rows (VNNI). Past the operand's ends zeros. `out`: panels_of(lines) * steps_of(depth) *
/// kStepWords elements, 64-byte aligned. Only where amx_supported().
void pack(const Operand& operand, Side side, int64_t line, int64_t lines, int64_t from, int64_t depth, uint16_t* out);

}  // namespace moru::tensor::amx
