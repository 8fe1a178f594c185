#include <cmath>

#include "tensor/quantized_kernel.h"

namespace moru::tensor {
namespace {

/// The sums over one group of a row's codes times the weights' unsigned codes, for 16 rows of the weight.
void sum_group(const QuantizedProduct& p, const uint8_t* step, const int8_t* codes, int32_t* sums) {
  if (p.bits == 8) {
    for (int64_t k = 0; k < p.group; k += 4, step += 64)
      for (int c = 0; c < kPanelRows; ++c)
        for (int i = 0; i < 4; ++i) sums[c] += int32_t{step[4 * c + i]} * codes[k + i];
    return;
  }
  for (int64_t k = 0; k < p.group; k += 8, step += 64)
    for (int c = 0; c < kPanelRows; ++c)
      for (int i = 0; i < 4; ++i)
        sums[c] += int32_t{step[4 * c + i] & 15} * codes[k + i] + int32_t{step[4 * c + i] >> 4} * codes[k + 4 + i];
}

}  // namespace

void panel_portable(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  const int64_t group_bytes = kPanelRows * p.group * p.bits / 8;
  const int32_t offset = -least_code(p.bits);
  const int64_t columns = std::min(kPanelRows, p.n - panel * kPanelRows);
  for (int64_t row = begin; row < end; ++row) {
    float out[kPanelRows] = {};
    for (int64_t g = 0; g < p.groups; ++g) {
      int32_t sums[kPanelRows];
      std::fill_n(sums, kPanelRows, -offset * p.sums[row * p.groups + g]);
      sum_group(p, p.weights + (panel * p.groups + g) * group_bytes, p.codes + row * p.k + g * p.group, sums);
      const uint16_t* scales = p.weight_scales + (panel * p.groups + g) * kPanelRows;
      for (int c = 0; c < kPanelRows; ++c)
        out[c] =
            std::fma(static_cast<float>(sums[c]) * p.scales[row * p.groups + g], to_float(Bf16{scales[c]}), out[c]);
    }
    std::copy_n(out, columns, p.out + row * p.n + panel * kPanelRows);
  }
}

}  // namespace moru::tensor
