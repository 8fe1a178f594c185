// Which code multiplies. For tests and measurements; everyone else calls matmul().
#pragma once

#include "tensor/matmul.h"

namespace moru::tensor {

enum class Backend {
  best,     ///< as matmul() chooses
  library,  ///< oneDNN
};

/// As matmul(), on the given backend.
void matmul_on(Backend backend, const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate = false);

/// True if matmul() multiplies bf16 (but for products thinner than a tile) with the kernel of matmul_amx.h: the
/// processor has AMX, the system grants it, and oneDNN has not been told to stay below it (ONEDNN_MAX_CPU_ISA,
/// DNNL_MAX_CPU_ISA).
bool amx_available();

}  // namespace moru::tensor
