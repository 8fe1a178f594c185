#include "text/pretokenizer_chain.h"

#include "text/char_class.h"
#include "text/pattern.h"
#include "text/unicode.h"

namespace moru::text {

using Kind = PretokenizerStep::Kind;

struct PretokenizerChain::Step {
  PretokenizerStep step;
  KnownPattern known = KnownPattern::none;
  std::optional<Pattern> pattern;
};

namespace {

struct Stretch {
  size_t begin = 0, end = 0;
  bool is_match = false;
};
struct Range {
  size_t begin = 0, end = 0;
};

/// All steps in one, if a matcher by hand does what they do.
KnownPattern known_chain(const std::vector<PretokenizerStep>& steps) {
  if (steps.empty() || steps.back().kind != Kind::byte_level || steps.back().add_prefix_space) {
    return KnownPattern::none;
  }
  const bool use_regex = steps.back().use_regex;
  if (steps.size() == 1) return use_regex ? KnownPattern::gpt2 : KnownPattern::none;
  if (steps.size() > 2) return KnownPattern::none;
  const PretokenizerStep& first = steps[0];
  if (first.kind == Kind::digits && first.individual && use_regex) return KnownPattern::gpt2_digits;
  if (first.kind != Kind::split || use_regex || !first.pattern.is_regex || first.behavior != SplitBehavior::isolated ||
      first.invert) {
    return KnownPattern::none;
  }
  return known_pattern(first.pattern.text);
}

bool is_punctuation_or_ascii_symbol(char32_t code) {
  if (code >= 0x80) return is_punctuation(code);
  return code > ' ' && code < 0x7F && !(code >= '0' && code <= '9') && !((code | 32) >= 'a' && (code | 32) <= 'z');
}

/// Appends the stretches of [begin, end): each character for which is_match holds, and what lies between.
template <class IsMatch>
void characters(std::string_view text, Range range, std::vector<Stretch>& out, IsMatch&& is_match) {
  const std::string_view part = text.substr(0, range.end);
  size_t last = range.begin;
  for (size_t at = range.begin; at < range.end;) {
    const size_t begin = at;
    const char32_t code = next_code_point(part, at);
    if (!is_match(code)) continue;
    if (last < begin) out.push_back({last, begin, false});
    out.push_back({begin, at, true});
    last = at;
  }
  if (last < range.end) out.push_back({last, range.end, false});
}

/// Appends the runs of characters of one kind: word characters, others, white space; white space is no match.
void words(std::string_view text, Range range, std::vector<Stretch>& out) {
  const std::string_view part = text.substr(0, range.end);
  const auto kind_of = [](char32_t code) { return is_word_character(code) ? 2 : is_space(code) ? 0 : 1; };
  size_t begin = range.begin;
  int kind = -1;
  for (size_t at = range.begin; at < range.end;) {
    const size_t here = at;
    const int next = kind_of(next_code_point(part, at));
    if (next != kind && here > begin) out.push_back({begin, here, kind != 0});
    if (next != kind) begin = here;
    kind = next;
  }
  if (begin < range.end) out.push_back({begin, range.end, kind != 0});
}

void find_text(std::string_view text, Range range, std::string_view wanted, std::vector<Stretch>& out) {
  size_t last = range.begin;
  const std::string_view part = text.substr(0, range.end);
  while (!wanted.empty()) {
    const size_t at = part.find(wanted, last);
    if (at == std::string_view::npos) break;
    if (last < at) out.push_back({last, at, false});
    last = at + wanted.size();
    out.push_back({at, last, true});
  }
  if (last < range.end) out.push_back({last, range.end, false});
}

/// Bytes that are not UTF-8 match no pattern.
void find_pattern(std::string_view text, Range range, Pattern::Search& search, std::vector<Stretch>& out) {
  size_t last = range.begin;
  for (size_t at = range.begin; at < range.end;) {
    const std::string_view part = text.substr(at, range.end - at);
    const std::string_view valid = part.substr(0, valid_utf8_length(part));
    for_each_match(search, valid, [&](size_t begin, size_t end) {
      if (last < at + begin) out.push_back({last, at + begin, false});
      out.push_back({at + begin, at + end, true});
      last = at + end;
    });
    at += valid.size();
    while (at < range.end && valid_utf8_length(text.substr(at, std::min<size_t>(4, range.end - at))) == 0) ++at;
  }
  if (last < range.end) out.push_back({last, range.end, false});
}

/// What the behaviour makes of the stretches; nothing that is empty.
void apply(SplitBehavior behavior, bool invert, std::vector<Stretch>& stretches, std::vector<Range>& out) {
  const size_t first = out.size();
  if (behavior == SplitBehavior::merged_with_next) std::ranges::reverse(stretches);
  bool previous = false;
  for (size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& s = stretches[i];
    const bool is_match = s.is_match != invert;
    const bool has_previous = out.size() > first;
    switch (behavior) {
      case SplitBehavior::isolated:
        out.push_back({s.begin, s.end});
        break;
      case SplitBehavior::removed:
        if (!is_match) out.push_back({s.begin, s.end});
        break;
      case SplitBehavior::contiguous:
        if (has_previous && is_match == previous) {
          out.back().end = s.end;
        } else {
          out.push_back({s.begin, s.end});
        }
        break;
      case SplitBehavior::merged_with_previous:
        if (is_match && !previous && has_previous) {
          out.back().end = s.end;
        } else {
          out.push_back({s.begin, s.end});
        }
        break;
      case SplitBehavior::merged_with_next:
        if (is_match && !previous && has_previous) {
          out.back().begin = s.begin;
        } else {
          out.push_back({s.begin, s.end});
        }
        break;
    }
    previous = is_match;
  }
  if (behavior == SplitBehavior::merged_with_next) {
    std::reverse(out.begin() + static_cast<ptrdiff_t>(first), out.end());
  }
}

}  // namespace

struct PretokenizerChain::Work::State {
  std::vector<std::unique_ptr<Pattern::Search>> searches;  ///< By step; nullptr where none is needed.
  std::string buffer, next_buffer;                         ///< The text, once a step has changed it.
  std::string_view text;
  std::vector<Range> pieces, next;
  std::vector<Stretch> stretches;
};

PretokenizerChain::PretokenizerChain(std::vector<PretokenizerStep> steps) : known_(known_chain(steps)) {
  for (PretokenizerStep& step : steps) {
    Step& made = steps_.emplace_back();
    if (step.kind == Kind::split && step.pattern.is_regex) {
      made.known = known_pattern(step.pattern.text);
      if (made.known == KnownPattern::none) made.pattern.emplace(step.pattern.text);
    }
    made.step = std::move(step);
  }
}

PretokenizerChain::~PretokenizerChain() = default;

PretokenizerChain::Work::Work(const PretokenizerChain& chain) : state_(std::make_unique<State>()) {
  for (const Step& step : chain.steps_) {
    state_->searches.push_back(step.pattern ? std::make_unique<Pattern::Search>(*step.pattern) : nullptr);
  }
}

PretokenizerChain::Work::~Work() = default;

size_t PretokenizerChain::piece_count(const Work& work) {
  return work.state_->pieces.size();
}

std::string_view PretokenizerChain::piece(const Work& work, size_t index) {
  const Range range = work.state_->pieces[index];
  return work.state_->text.substr(range.begin, range.end - range.begin);
}

void PretokenizerChain::cut(std::string_view text, bool is_first, Work& work) const {
  Work::State& state = *work.state_;
  state.text = text;
  state.pieces.clear();
  if (!text.empty()) state.pieces.push_back({0, text.size()});
  for (size_t i = 0; i < steps_.size(); ++i) {
    cut_step(i, is_first, state);
    std::erase_if(state.pieces, [](Range range) { return range.begin == range.end; });
  }
}

namespace {

/// Writes the pieces anew, with `mark` for each space if it is not empty, and `prefix` before those that ask for it.
template <class NeedsPrefix>
void rewrite(std::string_view text, std::vector<Range>& pieces, std::string_view mark, std::string_view prefix,
             std::string& out, NeedsPrefix&& needs_prefix) {
  out.clear();
  out.reserve(text.size() + pieces.size() * prefix.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string_view piece = text.substr(pieces[i].begin, pieces[i].end - pieces[i].begin);
    const size_t begin = out.size();
    if (needs_prefix(i, piece)) out += prefix;
    if (mark.empty()) {
      out += piece;
    } else {
      for (const char c : piece) {
        if (c == ' ') {
          out += mark;
        } else {
          out += c;
        }
      }
    }
    pieces[i] = {begin, out.size()};
  }
}

}  // namespace

void PretokenizerChain::cut_step(size_t index, bool is_first, Work::State& state) const {
  const PretokenizerStep& step = steps_[index].step;
  const auto rewritten = [&] {
    state.buffer.swap(state.next_buffer);
    state.text = state.buffer;
  };
  KnownPattern known = steps_[index].known;
  SplitBehavior behavior = step.behavior;
  bool invert = step.invert;
  if (step.kind == Kind::byte_level) {
    if (step.add_prefix_space) {
      rewrite(state.text, state.pieces, {}, " ", state.next_buffer,
              [](size_t, std::string_view piece) { return !piece.starts_with(' '); });
      rewritten();
    }
    if (!step.use_regex) return;
    known = KnownPattern::gpt2;
    behavior = SplitBehavior::isolated;
  } else if (step.kind == Kind::metaspace) {
    const auto begins = [&](std::string_view piece) {
      return piece.starts_with(' ') || piece.starts_with(step.replacement);
    };
    rewrite(state.text, state.pieces, step.replacement, step.replacement, state.next_buffer,
            [&](size_t i, std::string_view piece) {
              return step.prepend != PretokenizerStep::Prepend::never && !begins(piece) &&
                     (step.prepend == PretokenizerStep::Prepend::always || (is_first && i == 0));
            });
    rewritten();
    if (!step.split) return;
    behavior = SplitBehavior::merged_with_next;
  } else if (step.kind == Kind::digits) {
    behavior = step.individual ? SplitBehavior::isolated : SplitBehavior::contiguous;
  } else if (step.kind == Kind::whitespace) {
    behavior = SplitBehavior::removed;
    invert = true;
  } else if (step.kind == Kind::whitespace_split) {
    behavior = SplitBehavior::removed;
  }
  state.next.clear();
  for (const Range range : state.pieces) {
    std::vector<Stretch>& stretches = state.stretches;
    stretches.clear();
    if (known != KnownPattern::none) {
      size_t at = range.begin;
      for_each_pretoken(known, state.text.substr(range.begin, range.end - range.begin), [&](std::string_view piece) {
        stretches.push_back({at, at + piece.size(), true});
        at += piece.size();
      });
    } else if (steps_[index].pattern) {
      find_pattern(state.text, range, *state.searches[index], stretches);
    } else if (step.kind == Kind::split) {
      find_text(state.text, range, step.pattern.text, stretches);
    } else if (step.kind == Kind::metaspace) {
      find_text(state.text, range, step.replacement, stretches);
    } else if (step.kind == Kind::digits) {
      characters(state.text, range, stretches, is_number);
    } else if (step.kind == Kind::whitespace_split) {
      characters(state.text, range, stretches, is_space);
    } else if (step.kind == Kind::punctuation) {
      characters(state.text, range, stretches, is_punctuation_or_ascii_symbol);
    } else {
      words(state.text, range, stretches);
    }
    apply(behavior, invert, stretches, state.next);
  }
  state.pieces.swap(state.next);
}

}  // namespace moru::text
