// Tensor: a dense row-major array whose storage is shared between copies.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

#include "tensor/dtype.h"

namespace moru::tensor {

/// A handle: copying shares the elements, clone() copies them. One to three dimensions. Memory is 64-byte aligned and
/// uninitialised unless zeros() made it.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType type, std::initializer_list<int64_t> shape);
  static Tensor zeros(DType type, std::initializer_list<int64_t> shape);
  /// As `like`, without its elements.
  static Tensor empty_like(const Tensor& like);

  explicit operator bool() const { return storage_ != nullptr; }
  DType dtype() const { return dtype_; }
  int dimensions() const { return dimensions_; }
  int64_t dim(int i) const { return shape_[static_cast<size_t>(i)]; }
  /// Product of all dimensions but the last, and the last.
  int64_t rows() const { return size() / cols(); }
  int64_t cols() const { return shape_[static_cast<size_t>(dimensions_ - 1)]; }
  int64_t size() const {
    int64_t n = dimensions_ == 0 ? 0 : 1;
    for (int i = 0; i < dimensions_; ++i) n *= shape_[static_cast<size_t>(i)];
    return n;
  }
  size_t bytes() const { return static_cast<size_t>(size()) * size_of(dtype_); }

  void* raw() const { return storage_.get() + offset_; }
  template <class T>
  T* data() const {
    assert(dtype_ == dtype_of<T>);
    return reinterpret_cast<T*>(storage_.get() + offset_);
  }
  template <class T>
  std::span<T> span() const {
    return {data<T>(), static_cast<size_t>(size())};
  }
  /// Rows [begin, end) of the first dimension, sharing the storage.
  Tensor slice(int64_t begin, int64_t end) const;
  Tensor clone() const;
  /// True if no other tensor shares the storage.
  bool unique() const { return storage_.use_count() == 1; }
  void fill_zero() const;

 private:
  std::shared_ptr<std::byte> storage_;
  size_t offset_ = 0;
  std::array<int64_t, 3> shape_{};
  int dimensions_ = 0;
  DType dtype_ = DType::f32;
};

/// The elements as floats, whatever the type (f32 or bf16).
Tensor to_f32(const Tensor& tensor);
/// target := source, rounding if target is bf16. Same number of elements.
void convert(const Tensor& source, const Tensor& target);

}  // namespace moru::tensor
