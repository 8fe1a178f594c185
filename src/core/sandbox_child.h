// The worker's side of the sandbox: what a forked process does, and the frames that it sends.
#pragma once

#include <sys/types.h>

#include "core/sandbox.h"

namespace moru {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MORU_SHADOW_MEMORY 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MORU_SHADOW_MEMORY 1
#endif
// The sanitizers map terabytes of shadow memory, so that RLIMIT_AS would stop the first allocation. There the parent
// watches the resident size instead.
#ifdef MORU_SHADOW_MEMORY
inline constexpr bool kWatchResident = true;
#else
inline constexpr bool kWatchResident = false;
#endif

inline constexpr int kOutOfMemoryStatus = 77;
inline constexpr int kGoneStatus = 78;  // the parent closed the socket or could not be read

/// What a frame from a worker says: this byte, then the length of what follows in 8 bytes of this machine's order.
enum class Frame : char { piece = 'P', spawn = 'S', alive = 'A', done = 'D', failed = 'F', output = 'O' };
inline constexpr size_t kFrameHeader = 9;

bool write_all(int socket, const char* bytes, size_t size);

/// Pages of a process in bytes: column 0 is its address space, column 1 what is resident. 0 if it is gone.
uint64_t process_memory(pid_t pid, int column);

/// Serves requests until the parent closes the socket.
[[noreturn]] void sandbox_child(const Sandbox::StreamWork& work, const SandboxLimits& limits, int socket, pid_t parent);

}  // namespace moru
