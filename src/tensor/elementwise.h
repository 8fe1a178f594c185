// Element by element: conversion, sums, SwiGLU.
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
/// Sum of squares of f32 elements, in an order that depends on the size alone.
double sum_of_squares(const Tensor& tensor);

/// SwiGLU (Shazeer, "GLU variants improve transformer", 2020): out := silu(gate) * up.
/// gate_up: [T, 2 I] with the gate first; out: [T, I].
void swiglu(const Tensor& gate_up, const Tensor& out);
/// Gradient of gate_up from that of out: overwrites gate_up_gradient ([T, 2 I]).
void swiglu_backward(const Tensor& gate_up, const Tensor& out_gradient, const Tensor& gate_up_gradient);

}  // namespace moru::tensor
