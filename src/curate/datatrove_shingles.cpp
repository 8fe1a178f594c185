// The words and shingles of datatrove's MinHash, value for value (datatrove 0.10: utils/text.py, simplify_text).
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <xxhash.h>

#include "curate/shingles.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

/// The punctuation that becomes a space, besides the controls.
constexpr std::u32string_view kPunctuation =
    U"!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»";

bool is_punctuation(char32_t c) {
  if (c < 0x20) return c != '\t' && c != '\n';
  if (c >= 0x7F && c < 0xA0) return true;
  return kPunctuation.find(c) != std::u32string_view::npos;
}

bool is_decimal_mark(char32_t c) {
  return std::u32string_view(U".,،٫⎖⎗⎘").find(c) != std::u32string_view::npos;
}

void append_digits_as_zero(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    const char32_t c = text::next_code_point(text, i);
    if (!text::is_digit(c)) {
      if (is_punctuation(c)) {
        out += ' ';
      } else {
        out += text.substr(begin, i - begin);
      }
      continue;
    }
    const auto digits = [&](size_t at) {
      while (at < text.size()) {
        size_t next = at;
        if (!text::is_digit(text::next_code_point(text, next))) break;
        at = next;
      }
      return at;
    };
    i = digits(i);
    if (i < text.size()) {
      size_t after = i;
      if (is_decimal_mark(text::next_code_point(text, after))) {
        const size_t end = digits(after);
        if (end > after) i = end;
      }
    }
    out += '0';
  }
}

}  // namespace

std::string datatrove_normalised(std::string_view text) {
  std::string replaced;
  replaced.reserve(text.size());
  append_digits_as_zero(text::lower(text), replaced);
  const std::string spaced = text::normalise_space(replaced);
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(code);
  if (U_FAILURE(code) != 0) throw std::runtime_error(u_errorName(code));
  std::string decomposed;
  icu::StringByteSink<std::string> sink(&decomposed);
  nfd->normalizeUTF8(0, spaced, sink, nullptr, code);
  if (U_FAILURE(code) != 0) throw std::runtime_error(u_errorName(code));
  std::string result;
  result.reserve(decomposed.size());
  for (size_t i = 0; i < decomposed.size();) {
    const size_t begin = i;
    const char32_t c = text::next_code_point(decomposed, i);
    if (c < 0x80 || u_charType(static_cast<UChar32>(c)) != U_NON_SPACING_MARK)
      result.append(decomposed, begin, i - begin);
  }
  return std::string(text::trim(result));
}

void append_datatrove_shingles(std::string_view normalised, size_t ngram, std::vector<uint64_t>& hashes) {
  std::vector<std::pair<size_t, size_t>> words;
  std::string joined;
  joined.reserve(normalised.size());
  text::for_each_word(normalised, [&](std::string_view word) {
    if (!joined.empty()) joined += ' ';
    words.emplace_back(joined.size(), joined.size() + word.size());
    joined += word;
  });
  for (size_t i = 0; i + ngram <= words.size(); ++i) {
    const size_t begin = words[i].first;
    hashes.push_back(XXH64(joined.data() + begin, words[i + ngram - 1].second - begin, 0));
  }
}

}  // namespace moru::curate
