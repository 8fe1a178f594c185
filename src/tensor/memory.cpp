#include "tensor/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <new>

namespace moru::tensor {
namespace {

constexpr size_t kAlignment = 64;              // a cache line, and the widest vector
constexpr size_t kHugePage = size_t{2} << 20;  // blocks of this size and more ask for huge pages
constexpr size_t kKept = size_t{4} << 30;      // past this, freed blocks go back to the system

/// Blocks that are free, by size. Part of the allocator, as malloc's own lists are: it changes no result.
class Pool {
 public:
  std::byte* take(size_t size) {
    {
      const std::lock_guard lock(mutex_);
      const auto it = free_.find(size);
      if (it != free_.end() && !it->second.empty()) {
        std::byte* block = it->second.back();
        it->second.pop_back();
        kept_ -= size;
        return block;
      }
    }
    const bool huge = size >= kHugePage;
    void* block = std::aligned_alloc(huge ? kHugePage : kAlignment, size);
    if (block == nullptr) throw std::bad_alloc();
    if (huge) ::madvise(block, size, MADV_HUGEPAGE);
    return static_cast<std::byte*>(block);
  }
  void give(std::byte* block, size_t size) {
    {
      const std::lock_guard lock(mutex_);
      if (kept_ + size <= kKept) {
        free_[size].push_back(block);
        kept_ += size;
        return;
      }
    }
    std::free(block);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    for (auto& [size, blocks] : free_) {
      for (std::byte* block : blocks) std::free(block);
      blocks.clear();
    }
    kept_ = 0;
  }

 private:
  std::mutex mutex_;
  std::map<size_t, std::vector<std::byte*>> free_;
  size_t kept_ = 0;
};

Pool& pool() {
  static Pool* const instance = new Pool;  // never destroyed: tensors may outlive any static's destructor
  return *instance;
}

size_t rounded(size_t bytes) {
  const size_t unit = bytes >= kHugePage ? kHugePage : bytes >= 4096 ? 4096 : kAlignment;
  return std::max(unit, (bytes + unit - 1) / unit * unit);
}

}  // namespace

std::shared_ptr<std::byte> allocate(size_t bytes) {
  const size_t size = rounded(bytes);
  return {pool().take(size), [size](std::byte* block) { pool().give(block, size); }};
}

void release_kept_memory() {
  pool().release();
}

}  // namespace moru::tensor
