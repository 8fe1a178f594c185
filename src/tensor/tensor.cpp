#include "tensor/tensor.h"

#include "tensor/elementwise.h"
#include "tensor/memory.h"
#include "tensor/parallel.h"

namespace moru::tensor {

std::string_view name_of(DType type) {
  switch (type) {
    case DType::f32:
      return "f32";
    case DType::bf16:
      return "bf16";
    case DType::i8:
      return "i8";
    case DType::i32:
      return "i32";
  }
  return "";
}

Tensor::Tensor(DType type, std::initializer_list<int64_t> shape)
    : dimensions_(static_cast<int>(shape.size())), dtype_(type) {
  assert(shape.size() >= 1 && shape.size() <= 3);
  std::ranges::copy(shape, shape_.begin());
  storage_ = allocate(bytes());
}

Tensor Tensor::zeros(DType type, std::initializer_list<int64_t> shape) {
  Tensor t(type, shape);
  t.fill_zero();
  return t;
}

Tensor Tensor::empty_like(const Tensor& like) {
  Tensor t = like;
  t.offset_ = 0;
  t.storage_ = allocate(like.bytes());
  return t;
}

Tensor Tensor::slice(int64_t begin, int64_t end) const {
  assert(begin >= 0 && begin <= end && end <= shape_[0]);
  Tensor t = *this;
  const int64_t row = shape_[0] == 0 ? 0 : size() / shape_[0];
  t.offset_ += static_cast<size_t>(begin * row) * size_of(dtype_);
  t.shape_[0] = end - begin;
  return t;
}

Tensor Tensor::clone() const {
  Tensor t = empty_like(*this);
  std::memcpy(t.raw(), raw(), bytes());
  return t;
}

void Tensor::fill_zero() const {
  std::memset(raw(), 0, bytes());
}

Tensor to_f32(const Tensor& tensor) {
  if (tensor.dtype() == DType::f32) return tensor;
  Tensor result = tensor.dimensions() == 1   ? Tensor(DType::f32, {tensor.dim(0)})
                  : tensor.dimensions() == 2 ? Tensor(DType::f32, {tensor.dim(0), tensor.dim(1)})
                                             : Tensor(DType::f32, {tensor.dim(0), tensor.dim(1), tensor.dim(2)});
  convert(tensor, result);
  return result;
}

}  // namespace moru::tensor
