// Errors that a user can mend. What only we can mend is an assertion.
#pragma once

#include <stdexcept>
#include <string>

namespace moru {

/// A problem that a user can mend. what() reads "PLACE: PROBLEM" and, on a second line, the mend.
class Error : public std::runtime_error {
 public:
  /// `place`: the file, and line or byte where one is known ("recipe.yaml:12"); may be empty.
  /// `problem`: what is wrong, in one sentence. `mend`: what the user can do about it.
  Error(std::string place, std::string problem, std::string mend);

  const std::string& place() const { return place_; }
  const std::string& problem() const { return problem_; }
  const std::string& mend() const { return mend_; }

 private:
  std::string place_, problem_, mend_;
};

/// The error of a failed system call on a path, with a mend for the usual causes (no such file, no right, no space).
Error system_error(const std::string& path, const std::string& action, int errno_value);

}  // namespace moru
