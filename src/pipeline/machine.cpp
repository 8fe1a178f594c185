#include "pipeline/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/threads.h"

namespace moru::pipeline {

Json machine() {
  std::string processor = "unknown";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) processor = line.substr(colon + 2);
    break;
  }
  utsname system{};
  ::uname(&system);
  const auto memory = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {{"processor", processor},
          {"threads", processor_count()},
          {"memory_gib", static_cast<uint64_t>(memory / (1 << 30) + 0.5)},
          {"system", fmt::format("{} {}", system.sysname, system.machine)}};
}

}  // namespace moru::pipeline
