// Records on their way from one pass over the collection to the next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "curate/scratch.h"

namespace moru::curate {

/// Written once, then read once, in order. Held in memory up to a limit, then in an unnamed temporary file.
class Spool {
 public:
  explicit Spool(Resources resources) : resources_(std::move(resources)), file_(resources_) {}

  void add(std::string_view record);
  uint64_t count() const { return count_; }

  /// Reads what a spool holds, which must outlive it and not grow.
  class Reader {
   public:
    explicit Reader(const Spool& spool) : reader_(spool.file_) {}
    /// False at the end.
    bool next(std::string& record);

   private:
    ScratchReader reader_;
  };

 private:
  Resources resources_;
  ScratchFile file_;
  uint64_t count_ = 0;
};

}  // namespace moru::curate
