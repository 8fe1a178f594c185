#include "model/tensor_entry.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/language.h"
#include "core/threads.h"
#include "model/ggml_blocks.h"
#include "tensor/elementwise.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;

[[noreturn]] void damaged(const std::string& place, const std::string& problem) {
  throw Error(place, problem,
              std::string(tr("the file is damaged or made by another tool in another way; get or make it again",
                             "파일이 손상되었거나 다른 방식으로 만들어졌습니다. 다시 받거나 만드세요")));
}

const BlockFormat& readable_format(const TensorEntry& entry, const std::string& place) {
  const BlockFormat* format = block_format(entry.dtype);
  if (format != nullptr && format->readable) return *format;
  throw Error(place,
              fmt::format(fmt::runtime(tr("tensors of type {} are not read here", "{} 형식의 텐서는 읽지 않습니다")),
                          entry.dtype),
              std::string(tr("get the model in F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K",
                             "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K 형식의 모델을 쓰세요")));
}

}  // namespace

int64_t TensorEntry::count() const {
  int64_t n = 1;
  if (std::ranges::find(shape, 0) != shape.end()) return 0;
  for (const int64_t d : shape) n *= d;
  return n;
}

int64_t TensorEntry::rows() const {
  int64_t n = 1;
  if (std::ranges::find(shape, 0) != shape.end()) return 0;
  for (size_t i = 0; i + 1 < shape.size(); ++i) n *= shape[i];
  return n;
}

TensorEntry TensorEntry::part(int64_t begin, int64_t end) const {
  TensorEntry result = *this;
  const size_t whole = shape.empty() || shape[0] == 0 ? 0 : bytes.size() / static_cast<size_t>(shape[0]);
  result.bytes = bytes.subspan(static_cast<size_t>(begin) * whole, static_cast<size_t>(end - begin) * whole);
  result.shape[0] = end - begin;
  const size_t scales = shape.empty() || shape[0] == 0 ? 0 : grouped.scales.size() / static_cast<size_t>(shape[0]);
  result.grouped.scales =
      grouped.scales.subspan(static_cast<size_t>(begin) * scales, static_cast<size_t>(end - begin) * scales);
  return result;
}

TensorEntry TensorEntry::expert(int64_t index) const {
  TensorEntry result = part(index, index + 1);
  result.shape.erase(result.shape.begin());
  return result;
}

uint64_t PlannedTensor::bytes() const {
  const BlockFormat* format = block_format(dtype);
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
  const int64_t cols = shape.empty() ? 1 : shape.back();
  if (format == nullptr || cols % format->elements != 0)
    throw Error(name,
                fmt::format(fmt::runtime(tr("rows of {} elements cannot be written as {}",
                                            "원소 {}개짜리 행을 {} 형식으로 쓸 수 없습니다")),
                            cols, dtype),
                std::string(tr("choose another type", "다른 형식을 고르세요")));
  return static_cast<uint64_t>(rows) * static_cast<uint64_t>(cols / format->elements) * format->bytes;
}

int64_t stored_row(int64_t interleaved_heads, int64_t rows, int64_t row) {
  if (interleaved_heads == 0) return row;
  const int64_t head_rows = rows / interleaved_heads, half = head_rows / 2;
  const int64_t head = row / head_rows, i = row % head_rows;
  return head * head_rows + (i < half ? 2 * i : 2 * (i - half) + 1);
}

void read_rows(const TensorEntry& entry, int64_t first, std::span<float> values, const std::string& place) {
  const auto cols = static_cast<size_t>(entry.cols());
  if (cols == 0 || values.empty()) return;
  if (entry.grouped) {
    for (size_t r = 0; r < values.size() / cols; ++r)
      if (!read_grouped_row(entry.grouped, entry.bytes, first + static_cast<int64_t>(r),
                            values.subspan(r * cols, cols)))
        damaged(place, std::string(tr("a group's scale is not a number", "그룹의 스케일이 수가 아닙니다")));
    return;
  }
  const BlockFormat& format = readable_format(entry, place);
  const size_t rows = values.size() / cols, stride = cols / static_cast<size_t>(format.elements) * format.bytes;
  const int64_t all = entry.rows();
  bool finite = true;
  if (entry.interleaved_heads == 0) {
    finite = dequantize(format, entry.bytes.data() + static_cast<size_t>(first) * stride, values);
  } else {
    for (size_t r = 0; r < rows; ++r) {
      const auto stored =
          static_cast<size_t>(stored_row(entry.interleaved_heads, all, first + static_cast<int64_t>(r)));
      finite = dequantize(format, entry.bytes.data() + stored * stride, values.subspan(r * cols, cols)) && finite;
    }
  }
  if (!finite) damaged(place, std::string(tr("a block's scale is not a number", "블록의 스케일이 수가 아닙니다")));
  if (entry.shift != 0)
    for (float& value : values) value += entry.shift;
}

void copy_into(const TensorEntry& entry, const Tensor& target, const std::string& place) {
  std::vector<int64_t> shape;
  for (int i = 0; i < target.dimensions(); ++i) shape.push_back(target.dim(i));
  if (entry.shape != shape)
    damaged(place, fmt::format(fmt::runtime(tr("a tensor of shape [{}] where the model has [{}]",
                                               "텐서 모양이 [{}]인데 모델은 [{}]입니다")),
                               fmt::join(entry.shape, ", "), fmt::join(shape, ", ")));
  const bool plain = entry.interleaved_heads == 0 && entry.shift == 0;
  const bool same = target.dtype() == DType::i8     ? entry.dtype == "I8"
                    : target.dtype() == DType::bf16 ? entry.dtype == "BF16"
                                                    : entry.dtype == "F32";
  if (target.dtype() != DType::i8) readable_format(entry, place);
  if (target.dtype() == DType::i32 || (target.dtype() == DType::i8 && !(same && plain)))
    damaged(place,
            fmt::format(fmt::runtime(tr("tensors of type {} are not read here", "{} 형식의 텐서는 읽지 않습니다")),
                        entry.dtype));
  // In pieces small enough to stay in the cache between dequantizing and rounding.
  const int64_t rows = entry.rows(), cols = entry.cols();
  if (rows == 0) return;
  const int64_t piece = std::max<int64_t>(1, 16384 / cols);
  const auto width = static_cast<size_t>(cols) * tensor::size_of(target.dtype());
  auto* out = static_cast<std::byte*>(target.raw());
  parallel_for(static_cast<size_t>((rows + piece - 1) / piece), [&](size_t part) {
    const int64_t first = static_cast<int64_t>(part) * piece, count = std::min(piece, rows - first);
    std::byte* to = out + static_cast<size_t>(first) * width;
    if (same && plain) {
      std::memcpy(to, entry.bytes.data() + static_cast<size_t>(first) * width, static_cast<size_t>(count) * width);
      return;
    }
    if (target.dtype() == DType::f32) {
      read_rows(entry, first, {reinterpret_cast<float*>(to), static_cast<size_t>(count * cols)}, place);
      return;
    }
    std::vector<float> values(static_cast<size_t>(count * cols));
    read_rows(entry, first, values, place);
    tensor::narrow(values.data(), reinterpret_cast<tensor::Bf16*>(to), count * cols);
  });
}

void release_mapped_pages(std::span<const std::byte> bytes) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(bytes.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace moru::model
