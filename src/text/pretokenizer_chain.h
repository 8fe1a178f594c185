// The pre-tokenizer of a tokenizer file: its steps, one after the other.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/pretokenizer.h"
#include "text/tokenizer_parts.h"

namespace moru::text {

/// Cuts text into pieces as the steps say. Immutable: any number of threads may cut, each with its own Work.
class PretokenizerChain {
 public:
  /// Throws Error for a pattern that Pattern refuses.
  explicit PretokenizerChain(std::vector<PretokenizerStep> steps);
  ~PretokenizerChain();

  /// Memory that one thread lends.
  class Work {
   public:
    explicit Work(const PretokenizerChain& chain);
    ~Work();

   private:
    friend class PretokenizerChain;
    struct State;
    std::unique_ptr<State> state_;
  };

  /// Calls use(piece) for each piece in order. `is_first`: the text begins what is encoded (Metaspace's "first").
  /// O(n) for the known patterns.
  template <class Use>
  void for_each(std::string_view text, bool is_first, Work& work, Use&& use) const {
    if (known_ != KnownPattern::none) {
      for_each_pretoken(known_, text, use);
    } else if (steps_.empty()) {
      if (!text.empty()) use(text);
    } else {
      cut(text, is_first, work);
      for (size_t i = 0; i < piece_count(work); ++i) use(piece(work, i));
    }
  }

 private:
  struct Step;
  void cut(std::string_view text, bool is_first, Work& work) const;
  void cut_step(size_t step, bool is_first, Work::State& state) const;
  static size_t piece_count(const Work& work);
  static std::string_view piece(const Work& work, size_t index);

  KnownPattern known_ = KnownPattern::none;  ///< All the steps in one.
  std::vector<Step> steps_;
};

}  // namespace moru::text
