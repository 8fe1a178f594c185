#include <unistd.h>

#include <cstdlib>

#include "cli/commands.h"

namespace {

/// OpenMP's threads spin for milliseconds before they sleep. Where another process wants the core too (a busy desktop, a
/// container with a quota), that spinning is what the other thread waits for: measured on 2 cores under load, training
/// took 20 times as long. A short spin costs nothing where the machine is free. libgomp reads its settings before main,
/// so the program starts itself once more with them.
void spin_briefly(char** argv) {
  for (const char* name : {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"})
    if (std::getenv(name) != nullptr) return;
  if (::setenv("GOMP_SPINCOUNT", "2000", 1) == 0) ::execv("/proc/self/exe", argv);
  // Without /proc it goes on as it is.
}

}  // namespace

int main(int argc, char** argv) {
  spin_briefly(argv);
  return moru::cli::run(argc, argv);
}
