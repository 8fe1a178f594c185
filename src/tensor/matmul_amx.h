// bf16 products on the tiles of AMX (Intel 64 Architectures Software Developer's Manual, volume 1, chapter 18).
#pragma once

#include "tensor/matmul.h"

namespace moru::tensor {

/// True if the processor has AMX for bf16 and the system lets this process use it (asked for once).
bool amx_supported();

/// c := a·b or c += a·b as matmul() promises, for bf16 a and b; c bf16 or f32. Only where amx_supported().
/// The same bits for any number of threads.
void matmul_amx(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate);

}  // namespace moru::tensor
