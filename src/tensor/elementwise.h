// Element by element: conversion, sums, soft caps.
#pragma once

#include "tensor/tensor.h"

namespace moru::tensor {

/// target[i] := source[i]. One thread.
void widen(const Bf16* source, float* target, int64_t count);
void narrow(const float* source, Bf16* target, int64_t count);

/// out := a + b; all of one type and size. All threads.
void add(const Tensor& a, const Tensor& b, const Tensor& out);
/// target += source, of one type and size. All threads.
void accumulate(const Tensor& source, const Tensor& target);
/// out := p a + q b; all of one type and size (out may be a or b). All threads.
void blend(const Tensor& a, float p, const Tensor& b, float q, const Tensor& out);
/// target *= factor.
void scale(const Tensor& target, float factor);
/// target := cap * tanh(target / cap), the soft cap of Gemma's logits; f32 or bf16. All threads.
void soft_cap(const Tensor& target, float cap);
/// gradient *= 1 - (capped / cap)²: the gradient of what was capped, from that of the result `capped`.
void soft_cap_backward(const Tensor& capped, float cap, const Tensor& gradient);
/// Sum of squares of f32 elements, in an order that depends on the size alone.
double sum_of_squares(const Tensor& tensor);

}  // namespace moru::tensor
