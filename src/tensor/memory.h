// Memory for tensors: freed blocks are kept and given out again, since the same sizes recur at every training step and
// fresh pages cost more than the arithmetic on them.
#pragma once

#include <cstddef>
#include <memory>

namespace moru::tensor {

/// 64-byte aligned, uninitialised. Thread-safe.
std::shared_ptr<std::byte> allocate(size_t bytes);

/// Gives kept blocks back to the system.
void release_kept_memory();

}  // namespace moru::tensor
