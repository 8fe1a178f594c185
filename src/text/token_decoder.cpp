#include "text/token_decoder.h"

#include "text/byte_level.h"
#include "text/normalizer.h"

namespace moru::text {
namespace {

using Kind = DecoderStep::Kind;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// <0x0A> and its like become their byte.
std::string fallback(std::string text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') return text;
  const int high = hex_digit(text[3]), low = hex_digit(text[4]);
  return high < 0 || low < 0 ? text : std::string(1, static_cast<char>(high * 16 + low));
}

std::string stripped(std::string_view text, const DecoderStep& step) {
  for (uint32_t i = 0; i < step.start && text.starts_with(step.content); ++i) text.remove_prefix(step.content.size());
  for (uint32_t i = 0; i < step.stop && text.ends_with(step.content); ++i) text.remove_suffix(step.content.size());
  return std::string(text);
}

}  // namespace

TokenDecoder::TokenDecoder(const TokenizerParts& parts) : steps_(parts.pipeline.decoder) {
  of_token_ = steps_.size();
  for (size_t i = 0; i < steps_.size(); ++i) {
    const DecoderStep& step = steps_[i];
    const bool has_pattern = step.kind == Kind::replace && step.pattern.is_regex;
    patterns_.push_back(has_pattern ? std::make_unique<const Pattern>(step.pattern.text) : nullptr);
    if (step.kind == Kind::fuse) of_token_ = std::min(of_token_, i);
    if (step.kind == Kind::metaspace && i < of_token_) {
      first_differs_ = step.prepend != PretokenizerStep::Prepend::never;
    }
  }
  if (steps_.size() == 1 && steps_[0].kind == Kind::byte_level && parts.pipeline.is_byte_level()) {
    bytes_ = parts.bytes;
    return;
  }
  bytes_.reserve(parts.bytes.size());
  for (size_t id = 0; id < parts.bytes.size(); ++id) {
    std::string name = parts.name(static_cast<Token>(id));
    bytes_.push_back(apply_to_token(name, false));
    if (first_differs_) names_.push_back(std::move(name));
  }
}

std::string TokenDecoder::apply(size_t index, std::string text, bool is_first) const {
  const DecoderStep& step = steps_[index];
  std::string storage;
  switch (step.kind) {
    case Kind::byte_level: {
      std::optional<std::string> bytes = from_byte_level(text);
      return bytes ? *std::move(bytes) : text;
    }
    case Kind::replace:
      return std::string(replace_all(text, patterns_[index].get(), step.pattern.text, step.content, storage));
    case Kind::byte_fallback:
      return fallback(std::move(text));
    case Kind::strip:
      return stripped(text, step);
    case Kind::metaspace: {
      const bool drops = is_first && step.prepend != PretokenizerStep::Prepend::never;
      return std::string(replace_all(text, nullptr, step.replacement, drops ? "" : " ", storage));
    }
    case Kind::fuse:
      break;
  }
  return text;
}

std::string TokenDecoder::apply_to_token(std::string name, bool is_first) const {
  for (size_t i = 0; i < of_token_; ++i) name = apply(i, std::move(name), is_first);
  return name;
}

std::string TokenDecoder::decode(std::span<const Token> tokens) const {
  std::string text;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (steps_.empty() && i > 0) text += ' ';
    if (i == 0 && first_differs_) {
      text = apply_to_token(names_[static_cast<size_t>(tokens[0])], true);
    } else {
      text += bytes(tokens[i]);
    }
  }
  for (size_t i = of_token_; i < steps_.size(); ++i) text = apply(i, std::move(text), true);
  return text;
}

}  // namespace moru::text
