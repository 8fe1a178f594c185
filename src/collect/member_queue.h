// Members of containers on their way to other workers, many small ones together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collect/answer.h"
#include "collect/extractor.h"
#include "core/sandbox.h"

namespace moru::collect {

/// Gathers a container's members into batches and spawns a request for each. What the container itself gave by then
/// goes before it as a piece.
class MemberQueue : public MemberSink {
 public:
  /// `file`: its number in the plan.
  MemberQueue(SandboxStream& stream, size_t file, const PlannedFile& planned, const Extractor* extractor,
              Output& output);
  void add(const Member& member, std::string_view inside, int depth, const Unpacked& unpacked) override;
  /// Sends what is left.
  void flush();

 private:
  SandboxStream& stream_;
  const PlannedFile& planned_;
  const Extractor* extractor_;
  Output& output_;
  std::string head_, batch_;
  size_t members_ = 0;
};

/// A batch as the worker that gets it sees it.
class MemberBatch {
 public:
  struct Entry {
    Member member;
    std::string_view inside;
    int depth = 0;
    Unpacked unpacked;
  };
  /// Throws std::runtime_error for a text that no MemberQueue wrote. The views point into it.
  explicit MemberBatch(std::string_view request);
  static bool is_one(std::string_view request);

  size_t file() const { return file_; }
  std::string hash() const { return std::string(hash_); }
  const std::vector<Entry>& entries() const { return entries_; }
  /// As data::Source::member has it.
  static std::string path_in_file(const Entry& entry);
  /// The request for the members from `first` on.
  std::string rest(size_t first) const;

 private:
  std::string_view request_;
  size_t file_ = 0;
  std::string_view hash_;
  std::vector<Entry> entries_;
  std::vector<size_t> begins_;
};

}  // namespace moru::collect
