// Records on their way from one pass over the collection to the next.
#pragma once

#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace moru::curate {

/// Written once, then read once, in order. Held in memory up to a limit, the rest in an unnamed temporary file.
class Spool {
 public:
  explicit Spool(size_t memory_limit = size_t{256} << 20) : memory_limit_(memory_limit) {}

  void add(std::string record);
  uint64_t count() const { return count_; }
  /// Calls use(record) for every record and lets go of it.
  void drain(const std::function<void(std::string)>& use);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  size_t memory_limit_;
  size_t memory_ = 0;
  uint64_t count_ = 0;
  std::deque<std::string> held_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace moru::curate
