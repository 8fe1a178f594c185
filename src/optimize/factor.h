// Cholesky's factorisation, as calibration needs it.
#pragma once

#include "tensor/tensor.h"

namespace moru::optimize {

/// Overwrites the symmetric positive definite f32 matrix `a` ([K, K], the lower half is read) with its lower factor L,
/// a = L Lᵀ; the upper half becomes zero. Returns false if a pivot is not positive (`a` is spoilt then). Blocked: all
/// but a few columns' work is a matrix product.
bool cholesky(const tensor::Tensor& a);

/// The inverse of a lower triangular f32 matrix, lower triangular too.
tensor::Tensor inverse_of_lower(const tensor::Tensor& lower);

/// Upper U with inverse(h) = Uᵀ U, for h f32 [K, K] symmetric positive definite; empty if it is not.
tensor::Tensor upper_factor_of_inverse(const tensor::Tensor& h);

}  // namespace moru::optimize
