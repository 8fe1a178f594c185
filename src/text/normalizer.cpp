#include "text/normalizer.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include "text/char_class.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

using Kind = NormalizerStep::Kind;

constexpr size_t kMostAtOnce = 1 << 24;  // ICU counts in 32 bits.

const icu::Normalizer2& form(Kind kind) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* made = kind == Kind::nfd    ? icu::Normalizer2::getNFDInstance(status)
                                 : kind == Kind::nfkc ? icu::Normalizer2::getNFKCInstance(status)
                                                      : icu::Normalizer2::getNFKDInstance(status);
  if (U_FAILURE(status)) throw std::runtime_error(fmt::format("ICU: {}", u_errorName(status)));
  return *made;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Calls use(stretch, is_valid) for the stretches of valid UTF-8 and the bytes between them.
template <class Use>
void for_each_stretch(std::string_view text, Use&& use) {
  while (!text.empty()) {
    const size_t valid = valid_utf8_length(text);
    if (valid > 0) use(text.substr(0, valid), true);
    text.remove_prefix(valid);
    if (text.empty()) return;
    use(text.substr(0, 1), false);
    text.remove_prefix(1);
  }
}

std::string_view normal_form(Kind kind, std::string_view text, std::string& storage) {
  if (is_ascii(text)) return text;
  const icu::Normalizer2& normalizer = form(kind);
  storage.clear();
  icu::StringByteSink<std::string> sink(&storage, static_cast<int32_t>(std::min(text.size(), kMostAtOnce)));
  for_each_stretch(text, [&](std::string_view stretch, bool is_valid) {
    while (!stretch.empty()) {
      size_t size = stretch.size();
      if (size > kMostAtOnce) {  // Cut where no character joins the one before it, if there is such a place.
        for (size = kMostAtOnce; size > kMostAtOnce / 2; --size) {
          size_t next = size;
          if ((static_cast<unsigned char>(stretch[size]) & 0xC0) != 0x80 &&
              normalizer.hasBoundaryBefore(static_cast<UChar32>(next_code_point(stretch, next)))) {
            break;
          }
        }
      }
      const std::string_view part = stretch.substr(0, size);
      stretch.remove_prefix(size);
      if (!is_valid) {
        storage += part;
        continue;
      }
      UErrorCode status = U_ZERO_ERROR;
      normalizer.normalizeUTF8(0, icu::StringPiece(part.data(), static_cast<int32_t>(part.size())), sink, nullptr,
                               status);
      if (U_FAILURE(status)) throw std::runtime_error(fmt::format("ICU: {}", u_errorName(status)));
    }
  });
  return storage;
}

/// Character by character, without regard to what stands beside it (Unicode 15, section 3.13; SpecialCasing.txt has one
/// such mapping to more than one character).
std::string_view lower_case(std::string_view text, std::string& storage) {
  storage.clear();
  storage.reserve(text.size());
  for_each_stretch(text, [&](std::string_view stretch, bool is_valid) {
    if (!is_valid) {
      storage += stretch;
      return;
    }
    for (size_t at = 0; at < stretch.size();) {
      const char32_t code = next_code_point(stretch, at);
      if (code == 0x130) {
        storage += "i\u0307";
      } else if (code < 0x80) {
        storage += static_cast<char>(code >= 'A' && code <= 'Z' ? code + 32 : code);
      } else {
        append_utf8(storage, static_cast<char32_t>(u_tolower(static_cast<UChar32>(code))));
      }
    }
  });
  return storage;
}

std::string_view without_accents(std::string_view text, std::string& storage) {
  storage.clear();
  for_each_stretch(text, [&](std::string_view stretch, bool is_valid) {
    for (size_t at = 0; at < stretch.size();) {
      const size_t begin = at;
      const char32_t code = next_code_point(stretch, at);
      if (is_valid && is_mark(code)) continue;
      storage += stretch.substr(begin, at - begin);
    }
  });
  return storage;
}

std::string_view stripped(std::string_view text, bool left, bool right) {
  const std::string_view trimmed = trim(text);
  if (left && right) return trimmed;
  const auto begin = static_cast<size_t>(trimmed.data() - text.data());
  if (left) return text.substr(begin);
  return right ? text.substr(0, begin + trimmed.size()) : text;
}

}  // namespace

std::string_view replace_all(std::string_view text, const Pattern* pattern, std::string_view wanted,
                             std::string_view content, std::string& storage) {
  storage.clear();
  size_t copied = 0;
  const auto put = [&](size_t begin, size_t end) {
    storage += text.substr(copied, begin - copied);
    storage += content;
    copied = end;
  };
  if (pattern != nullptr) {
    Pattern::Search search(*pattern);
    size_t at = 0;
    for_each_stretch(text, [&](std::string_view stretch, bool is_valid) {
      if (is_valid) for_each_match(search, stretch, [&](size_t begin, size_t end) { put(at + begin, at + end); });
      at += stretch.size();
    });
  } else if (!wanted.empty()) {
    for (size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, copied)) {
      put(at, at + wanted.size());
    }
  }
  if (copied == 0 && storage.empty()) return text;
  storage += text.substr(copied);
  return storage;
}

Normalizer::Normalizer(std::vector<NormalizerStep> steps) : steps_(std::move(steps)) {
  for (const NormalizerStep& step : steps_) {
    const bool has_pattern = step.kind == Kind::replace && step.pattern.is_regex;
    patterns_.push_back(has_pattern ? std::make_unique<const Pattern>(step.pattern.text) : nullptr);
  }
}

std::string_view Normalizer::apply(std::string_view text, std::string& storage) const {
  std::string other;
  for (size_t i = 0; i < steps_.size(); ++i) {
    // A step may not write where its text stands.
    const bool stands_in_storage =
        !storage.empty() && text.data() >= storage.data() && text.data() <= storage.data() + storage.size();
    if (!stands_in_storage) {
      text = apply_step(i, text, storage);
      continue;
    }
    const std::string_view changed = apply_step(i, text, other);
    if (changed.data() == other.data()) {
      storage.swap(other);
      text = std::string_view(storage).substr(0, changed.size());
    } else {
      text = changed;
    }
  }
  return text;
}

std::string_view Normalizer::apply_step(size_t index, std::string_view text, std::string& storage) const {
  const NormalizerStep& step = steps_[index];
  switch (step.kind) {
    case Kind::nfc:
      return normalized_nfc(text, storage);
    case Kind::nfd:
    case Kind::nfkc:
    case Kind::nfkd:
      return normal_form(step.kind, text, storage);
    case Kind::lowercase:
      return lower_case(text, storage);
    case Kind::strip:
      return stripped(text, step.left, step.right);
    case Kind::strip_accents:
      return without_accents(text, storage);
    case Kind::prepend:
      if (text.empty()) return text;
      storage = step.content;
      storage += text;
      return storage;
    case Kind::replace:
      break;
  }
  return replace_all(text, patterns_[index].get(), step.pattern.text, step.content, storage);
}

}  // namespace moru::text
