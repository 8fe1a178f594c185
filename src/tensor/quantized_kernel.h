// The kernels behind matmul_quantized, one file for each instruction set. For tests and measurements; everyone else
// calls matmul_quantized().
#pragma once

#include <string_view>
#include <vector>

#include "tensor/quantized.h"

namespace moru::tensor {

/// A product of rows of 8-bit codes and a packed weight.
struct QuantizedProduct {
  int bits = 0;
  int64_t m = 0, n = 0, k = 0, group = 0, groups = 0;
  const uint8_t* weights = nullptr;         ///< QuantizedWeight::codes
  const uint16_t* weight_scales = nullptr;  ///< QuantizedWeight::scales
  const int8_t* codes = nullptr;            ///< [m, k]: x = code * scale, code in -127 … 127
  const float* scales = nullptr;            ///< [m, groups]
  const int32_t* sums = nullptr;            ///< [m, groups]: of a group's codes
  float* out = nullptr;                     ///< [m, n]
};

constexpr int64_t kPanelRows = 16;

/// out[row, 16 panel … 16 panel + 15] for rows [begin, end): for each group in order
/// out = fma(float(sum of products) * scale of x, scale of w, out).
using PanelKernel = void (*)(const QuantizedProduct& product, int64_t panel, int64_t begin, int64_t end);

enum class QuantizedKernel { portable, avx2, avx512, amx };

std::string_view name_of(QuantizedKernel kernel);
/// Those that this processor can run, slowest first.
std::vector<QuantizedKernel> quantized_kernels();
/// As matmul_quantized, on the given kernel, which the processor must have.
void matmul_quantized_on(QuantizedKernel kernel, const Tensor& x, const QuantizedWeight& weight, const Tensor& out);

/// The codes, scales and sums of QuantizedProduct for the rows of x. A group with an infinity or a NaN has no number for
/// its scale and zeros for codes: what is computed with it is NaN.
struct QuantizedInput {
  Tensor codes;   ///< i8 [m, k]
  Tensor scales;  ///< f32 [m, k / group]
  Tensor sums;    ///< i32 [m, k / group]
};
QuantizedInput quantize_input(const Tensor& x, int64_t group);

void panel_portable(const QuantizedProduct& product, int64_t panel, int64_t begin, int64_t end);
bool has_panel_avx2();
void panel_avx2(const QuantizedProduct& product, int64_t panel, int64_t begin, int64_t end);
/// AVX-512 with VNNI.
bool has_panel_avx512();
void panel_avx512(const QuantizedProduct& product, int64_t panel, int64_t begin, int64_t end);

}  // namespace moru::tensor
