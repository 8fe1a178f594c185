// Tensors from one element type to another, piece by piece: memory does not grow with the tensor.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "model/tensor_entry.h"

namespace moru::model {

/// What became of the values of one or more tensors.
struct RecodeLoss {
  double squared_error = 0, squares = 0;
  uint64_t kept = 0;  ///< Weights of few bits whose codes and scales went over as they are.
  /// Root of the mean squared error over that of the mean square.
  double relative() const;
  RecodeLoss& operator+=(const RecodeLoss& other);
};

struct RecodeTarget {
  std::string dtype;              ///< A writable type, of whose blocks a row holds a whole number.
  int64_t interleaved_heads = 0;  ///< Above 0: rows are written as rotary pairs side by side, by head.
  float shift = 0;                ///< Added to every value.
};

/// The tensor's rows in order, as `target` says, handed to `write` in pieces. All threads. Rows whose type is already
/// the target's are copied bit for bit, and so are codes of few bits that blocks of the target can hold. After each
/// piece `done` is called with the bytes of the source that were read. Throws Error naming `place` for a type that
/// cannot be read, a scale that is no number, and a value that is not finite or beyond the target's range.
RecodeLoss recode(const TensorEntry& source, const RecodeTarget& target, const std::string& place,
                  const std::function<void(std::span<const std::byte>)>& write,
                  const std::function<void(uint64_t)>& done);

}  // namespace moru::model
